package nyc311.regression;

import java.util.Map;
import java.util.Optional;

/**
 * Estimates the resolution time of a request from its situation: a type's usual quantiles, and a
 * linear model of how far the situation moves them. Immutable, so thread-safe.
 */
public final class RegressionModel {
  /** No estimate is longer, in hours: eleven years, older than anything in the feed. */
  private static final double MAX_HOURS = 100_000;

  private final FeatureWeights deviation;
  private final Offsets offsets;
  private final Map<String, String> agencies;

  /**
   * @param deviation from the offsets, in log1p(hours), with the outputs {@link Quantiles#NAMES}
   * @param offsets of each complaint type
   * @param agencies the agency of each complaint type in normal form, where there is one
   */
  public RegressionModel(FeatureWeights deviation, Offsets offsets, Map<String, String> agencies) {
    this.deviation = deviation;
    this.offsets = offsets;
    this.agencies = Map.copyOf(agencies);
  }

  /** The estimate in hours, never negative. */
  public Quantiles estimate(Situation situation) {
    String type = situation.complaintType();
    double[] logHours = offsets.of(type).toArray();
    deviation.addTo(logHours, Features.of(situation, Optional.ofNullable(agencies.get(type))));
    return Quantiles.sorted(logHours)
        .map(moved -> Math.min(MAX_HOURS, Math.max(0, Math.expm1(moved))));
  }

  /**
   * Whether it has learnt enough of what is asked: the complaint type, and the descriptor if one is
   * given.
   */
  public boolean knows(Situation situation) {
    String type = situation.complaintType();
    return offsets.byType().containsKey(type)
        && situation.descriptor().stream()
            .allMatch(name -> deviation.contains(Features.descriptor(type, name)));
  }

  /** The linear part. */
  public FeatureWeights deviation() {
    return deviation;
  }

  /** The starting points. */
  public Offsets offsets() {
    return offsets;
  }

  /** The agency of each complaint type in normal form. */
  public Map<String, String> agencies() {
    return agencies;
  }
}
