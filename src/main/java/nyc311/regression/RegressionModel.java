package nyc311.regression;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nyc311.requests.ComplaintTypes;

/**
 * Estimates the resolution time of a request from its situation: how long such requests take as a
 * rule, and a linear model of how far the situation moves that. Immutable, so thread-safe.
 */
public final class RegressionModel {
  /** No estimate is longer, in hours: eleven years, older than anything in the feed. */
  private static final double MAX_HOURS = 100_000;

  /** Named of one complaint type: the city has used a hundred and thirty of one since 2010. */
  static final int MAX_DESCRIPTORS = 500;

  private final QuantileTable deviation;
  private final Offsets offsets;
  private final Map<String, LearntType> types;

  /**
   * @param deviation from the offsets, in log1p(hours), under the names of {@link Features}
   * @param types by complaint type in normal form
   */
  public RegressionModel(QuantileTable deviation, Offsets offsets, Map<String, LearntType> types) {
    this.deviation = deviation;
    this.offsets = offsets;
    this.types = Map.copyOf(types);
  }

  /** The same model, which names of all descriptors only those that it has a feature for. */
  public RegressionModel withFrequentDescriptors() {
    Map<String, LearntType> known = new HashMap<>();
    types.forEach(
        (type, learnt) ->
            known.put(
                type,
                new LearntType(
                    learnt.agency(),
                    learnt.requests(),
                    learnt.drift(),
                    learnt.descriptors().stream()
                        .filter(name -> deviation.contains(descriptor(type, name)))
                        .limit(MAX_DESCRIPTORS)
                        .toList())));
    return new RegressionModel(deviation, offsets, known);
  }

  private static String descriptor(String type, String name) {
    return Features.descriptor(type, ComplaintTypes.normalise(name));
  }

  /** The estimate in hours, never negative. */
  public Quantiles estimate(Situation situation) {
    LearntType type = types.get(situation.complaintType());
    double[] logHours = offsets.of(situation);
    deviation.addTo(
        logHours, Features.of(situation, type == null ? Optional.empty() : type.agency()));
    Arrays.sort(logHours);
    if (type != null) {
      logHours[0] -= type.drift().p10();
      logHours[2] += type.drift().p90();
    }
    return Quantiles.sorted(logHours)
        .map(moved -> Math.min(MAX_HOURS, Math.max(0, Math.expm1(moved))));
  }

  /** Whether it has learnt from requests of a complaint type in normal form. */
  public boolean knowsType(String complaintType) {
    return types.containsKey(complaintType);
  }

  /** Whether it has learnt from requests with the descriptor of a situation, if it has one. */
  public boolean knowsDescriptor(Situation situation) {
    return situation.descriptor().isEmpty() || offsets.knowsDescriptor(situation);
  }

  public QuantileTable deviation() {
    return deviation;
  }

  public Offsets offsets() {
    return offsets;
  }

  /** By complaint type in normal form. */
  public Map<String, LearntType> types() {
    return types;
  }
}
