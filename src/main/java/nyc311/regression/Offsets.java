package nyc311.regression;

import java.util.Map;

/**
 * Where the regression starts from: quantiles per complaint type, in log1p(hours). It learns the
 * deviation from them.
 *
 * @param overall of all requests, for types that it has never seen
 * @param byType by complaint type in normal form
 */
public record Offsets(Quantiles overall, Map<String, Quantiles> byType) {
  public Offsets {
    byType = Map.copyOf(byType);
  }

  /** The quantiles of a complaint type in normal form, in log1p(hours). */
  public Quantiles of(String complaintType) {
    return byType.getOrDefault(complaintType, overall);
  }
}
