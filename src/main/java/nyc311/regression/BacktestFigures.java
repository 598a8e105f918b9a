package nyc311.regression;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nyc311.json.DocumentReader;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.RawDay;

/**
 * How a model that was made the same way did on requests that were made after all that it knew, and
 * how simpler estimators did.
 *
 * @param asOf what it knew, and from when on it was tested
 * @param learntFrom how many requests
 * @param tested on how many requests
 * @param capHours the cap of {@link Estimator#mlogCap}
 * @param estimators the model with what it may be asked, and simpler ones
 */
public record BacktestFigures(
    Instant asOf, int learntFrom, int tested, double capHours, List<Estimator> estimators) {
  private static final int MAX_ESTIMATORS = 20;

  /** An error in log1p(hours), or hours: far beyond any. */
  private static final double MAX = 1e9;

  /**
   * What one estimator scored.
   *
   * @param name what it is, for people
   * @param mlog mean absolute error of the median, in log1p(hours)
   * @param mlogCap the same with both sides cut at a cap for which all were followed
   * @param pinballSum mean pinball loss of p10, p50 and p90, in log1p(hours)
   * @param coverage share of the closed requests within p10 and p90: .8 is right
   * @param aboveP90 share of all that are known to have taken longer than p90: .1 is right
   * @param medianErrorHours median absolute error of the closed ones
   */
  public record Estimator(
      String name,
      double mlog,
      double mlogCap,
      double pinballSum,
      double coverage,
      double aboveP90,
      double medianErrorHours) {
    public Estimator {
      ComplaintTypes.requireName(name);
      requireBetween("mlog", mlog, MAX);
      requireBetween("mlog_cap", mlogCap, MAX);
      requireBetween("pinball_sum", pinballSum, MAX);
      requireBetween("coverage", coverage, 1);
      requireBetween("above_p90", aboveP90, 1);
      requireBetween("median_error_hours", medianErrorHours, MAX);
    }

    private void writeTo(JsonGenerator json) throws IOException {
      json.writeStartObject();
      json.writeStringField("estimator", name);
      json.writeNumberField("mlog", mlog);
      json.writeNumberField("mlog_cap", mlogCap);
      json.writeNumberField("pinball_sum", pinballSum);
      json.writeNumberField("coverage", coverage);
      json.writeNumberField("above_p90", aboveP90);
      json.writeNumberField("median_error_hours", medianErrorHours);
      json.writeEndObject();
    }

    private static Estimator read(DocumentReader json) throws IOException {
      String name = "";
      double mlog = Double.NaN;
      double mlogCap = Double.NaN;
      double pinballSum = Double.NaN;
      double coverage = Double.NaN;
      double aboveP90 = Double.NaN;
      double medianErrorHours = Double.NaN;
      for (String field = json.firstField(); field != null; field = json.nextField()) {
        switch (field) {
          case "estimator" -> name = json.text();
          case "mlog" -> mlog = json.number();
          case "mlog_cap" -> mlogCap = json.number();
          case "pinball_sum" -> pinballSum = json.number();
          case "coverage" -> coverage = json.number();
          case "above_p90" -> aboveP90 = json.number();
          case "median_error_hours" -> medianErrorHours = json.number();
          default -> json.skip();
        }
      }
      return new Estimator(name, mlog, mlogCap, pinballSum, coverage, aboveP90, medianErrorHours);
    }
  }

  public BacktestFigures {
    estimators = List.copyOf(estimators);
    RawDay.requireAsOf(asOf);
    if (estimators.size() > MAX_ESTIMATORS) {
      throw new IllegalArgumentException(
          "there must be at most " + MAX_ESTIMATORS + " estimators: " + estimators.size());
    }
    requireBetween("learnt_from", learntFrom, Integer.MAX_VALUE);
    requireBetween("tested", tested, Integer.MAX_VALUE);
    requireBetween("cap_hours", capHours, MAX);
  }

  private static void requireBetween(String field, double value, double max) {
    if (!(0 <= value && value <= max)) {
      throw new IllegalArgumentException(field + " must be between 0 and " + max + ": " + value);
    }
  }

  /** Writes them as one JSON object: so they are published, and so they are told. */
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("as_of", asOf.toString());
    json.writeNumberField("learnt_from", learntFrom);
    json.writeNumberField("tested", tested);
    json.writeNumberField("cap_hours", capHours);
    json.writeArrayFieldStart("estimators");
    for (Estimator estimator : estimators) {
      estimator.writeTo(json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * Reads what {@link #writeTo} has written.
   *
   * @throws IllegalArgumentException when something is missing or out of range
   */
  static BacktestFigures read(DocumentReader json) throws IOException {
    Instant asOf = null;
    int learntFrom = -1;
    int tested = -1;
    double capHours = Double.NaN;
    List<Estimator> estimators = new ArrayList<>();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "as_of" -> asOf = json.instant();
        case "learnt_from" -> learntFrom = json.integer();
        case "tested" -> tested = json.integer();
        case "cap_hours" -> capHours = json.number();
        case "estimators" -> {
          json.enterArray();
          while (json.nextElement()) {
            estimators.add(Estimator.read(json));
          }
        }
        default -> json.skip();
      }
    }
    return new BacktestFigures(
        DocumentReader.require("as_of", asOf), learntFrom, tested, capHours, estimators);
  }
}
