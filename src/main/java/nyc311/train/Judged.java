package nyc311.train;

import nyc311.regression.Quantiles;

/**
 * An estimate, and how long the request then took.
 *
 * @param complaintType in normal form
 * @param agency who handles it; null when unknown
 * @param closed whether the resolution time is known
 * @param hours the resolution time, or the age of a request that is still open
 * @param estimate in hours
 */
public record Judged(
    String complaintType, String agency, boolean closed, double hours, Quantiles estimate) {
  double logHours() {
    return Math.log1p(hours);
  }

  /** As score.py takes it, to 100,000 hours. */
  Quantiles logEstimate() {
    return estimate.map(value -> Math.log1p(Math.min(Math.max(value, 0), 1e5)));
  }
}
