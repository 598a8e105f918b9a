package nyc311.train;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nyc311.medians.KaplanMeier;
import nyc311.regression.LearntType.Drift;

/**
 * How much the ends of a type's range move from one fortnight to the next: a fortnight to come
 * differs from what was learnt as those that were learnt from differ from each other.
 */
final class Drifts {
  private static final long PERIOD = Duration.ofDays(14).toSeconds();

  /** With fewer, chance moves the ends. */
  private static final int MIN_REQUESTS = 30;

  private static final int MIN_PERIODS = 3;

  /**
   * Of the standard deviation: part of it is in the range of all fortnights together already. With
   * all of it 83 in 100 requests are within the range, with none of it 78.
   */
  private static final double PART = .7;

  private Drifts() {}

  /** Zero where fewer than three fortnights have enough requests. */
  static Drift of(List<Observation> ofOneType, Instant asOf) {
    Map<Long, List<Observation>> periods =
        ofOneType.stream()
            .collect(
                Collectors.groupingBy(
                    one -> Duration.between(one.created(), asOf).toSeconds() / PERIOD,
                    TreeMap::new,
                    Collectors.toList()));
    List<KaplanMeier> curves =
        periods.values().stream()
            .filter(period -> period.size() >= MIN_REQUESTS)
            .map(Labels::curve)
            .toList();
    return new Drift(spread(curves, .1), spread(curves, .9));
  }

  private static double spread(List<KaplanMeier> curves, double level) {
    double[] ends =
        curves.stream()
            .map(curve -> curve.quantile(level))
            .filter(quantile -> !quantile.atLeast())
            .mapToDouble(quantile -> Math.log1p(quantile.seconds() / 3600.0))
            .toArray();
    if (ends.length < MIN_PERIODS) {
      return 0;
    }
    double mean = Arrays.stream(ends).average().orElseThrow();
    double squares = Arrays.stream(ends).map(end -> (end - mean) * (end - mean)).sum();
    return Math.min(Drift.MAX, PART * Math.sqrt(squares / (ends.length - 1)));
  }
}
