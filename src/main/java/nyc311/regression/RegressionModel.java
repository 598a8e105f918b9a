package nyc311.regression;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Estimates the resolution time of a request from its situation: a type's usual quantiles, and a
 * linear model of how far the situation moves them. Immutable, so thread-safe.
 */
public final class RegressionModel {
  /** No estimate is longer, in hours: eleven years, older than anything in the feed. */
  private static final double MAX_HOURS = 100_000;

  /** Named of one complaint type: the city has used a hundred and thirty of one since 2010. */
  static final int MAX_DESCRIPTORS = 500;

  private final FeatureWeights deviation;
  private final Offsets offsets;
  private final Map<String, String> agencies;
  private final Map<String, List<String>> descriptors;

  /**
   * @param deviation from the offsets, in log1p(hours), with the outputs {@link Quantiles#NAMES}
   * @param offsets of each complaint type
   * @param agencies the agency of each complaint type in normal form, where there is one
   */
  public RegressionModel(FeatureWeights deviation, Offsets offsets, Map<String, String> agencies) {
    this(deviation, offsets, agencies, Map.of());
  }

  RegressionModel(
      FeatureWeights deviation,
      Offsets offsets,
      Map<String, String> agencies,
      Map<String, List<String>> descriptors) {
    this.deviation = deviation;
    this.offsets = offsets;
    this.agencies = Map.copyOf(agencies);
    this.descriptors = Map.copyOf(descriptors);
  }

  /**
   * The same model, with names for people to choose from: those that it {@link #knows}.
   *
   * @param descriptors of each complaint type in normal form, the most frequent first
   */
  public RegressionModel withDescriptors(Map<String, List<String>> descriptors) {
    Map<String, List<String>> known = new HashMap<>();
    descriptors.forEach(
        (type, names) ->
            known.put(
                type,
                names.stream()
                    .filter(
                        name ->
                            knows(
                                new Situation(
                                    type, Optional.of(name), Optional.empty(), Optional.empty())))
                    .limit(MAX_DESCRIPTORS)
                    .toList()));
    return new RegressionModel(deviation, offsets, agencies, known);
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

  public FeatureWeights deviation() {
    return deviation;
  }

  public Offsets offsets() {
    return offsets;
  }

  /**
   * The descriptors that it knows of each complaint type in normal form, as the city spells them,
   * the most frequent first; none of a type that is absent.
   */
  public Map<String, List<String>> descriptors() {
    return descriptors;
  }

  /** The agency of each complaint type in normal form. */
  public Map<String, String> agencies() {
    return agencies;
  }
}
