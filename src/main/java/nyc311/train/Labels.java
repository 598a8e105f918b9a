package nyc311.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nyc311.medians.KaplanMeier;

/**
 * The resolution times to learn from, in log1p(hours). A closed request has its own; what an open
 * one's may turn out to be is drawn from its type's Kaplan–Meier curve, given that it has already
 * lasted for its age.
 */
final class Labels {
  private static final int DRAWS = 5;

  /** A type with fewer closings has no curve worth drawing from: that of all types is taken. */
  private static final int MIN_CLOSED = 20;

  /** How much longer, in log1p(hours), what outlasts the curve is taken to last. */
  private static final double BEYOND = .3;

  private static final double LONGEST = Math.log1p(4000);

  private final KaplanMeier overall;
  private final Map<String, KaplanMeier> byType = new HashMap<>();

  Labels(Observations observations) {
    overall = curve(observations.all());
    observations
        .byType()
        .forEach(
            (type, all) -> {
              if (all.stream().filter(Observation::closed).count() >= MIN_CLOSED) {
                byType.put(type, curve(all));
              }
            });
  }

  /** How many labels {@link #of} gives. */
  static int count(Observation observation) {
    return observation.closed() ? 1 : DRAWS;
  }

  /** Equally likely resolution times in log1p(hours), none below an open request's age. */
  double[] of(Observation observation, SplittableRandom random) {
    double[] labels = new double[count(observation)];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = observation.closed() ? observation.logHours() : draw(observation, random);
    }
    return labels;
  }

  private double draw(Observation open, SplittableRandom random) {
    KaplanMeier.Quantile drawn =
        byType
            .getOrDefault(open.complaintType(), overall)
            .quantileAfter(open.seconds(), random.nextDouble());
    double logHours =
        Math.max(Math.log1p(drawn.seconds() / 3600.0), open.logHours())
            + (drawn.atLeast() ? BEYOND : 0);
    return Math.max(open.logHours(), Math.min(logHours, LONGEST));
  }

  /** The curve of observations that all count the same. */
  static KaplanMeier curve(List<Observation> observations) {
    return KaplanMeier.fit(ascending(observations, true), ascending(observations, false));
  }

  /** The resolution times of those that are closed, or the ages of the others, in seconds. */
  static long[] ascending(List<Observation> observations, boolean closed) {
    return observations.stream()
        .filter(observation -> observation.closed() == closed)
        .mapToLong(Observation::seconds)
        .sorted()
        .toArray();
  }
}
