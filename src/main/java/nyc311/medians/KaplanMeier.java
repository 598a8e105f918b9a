package nyc311.medians;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The Kaplan–Meier (product-limit) estimate of how long something takes, from the durations that
 * have ended and, for those that have not, how long they have lasted so far. Immutable.
 *
 * <p>With d durations ending at time t and n not ended before it (those censored at t included),
 * the chance S of lasting longer than t is S(t−) · (1 − d/n). E. L. Kaplan, P. Meier: Nonparametric
 * estimation from incomplete observations, J. Amer. Statist. Assoc. 53 (1958), 457–481.
 */
public final class KaplanMeier {
  /** Rounding in the product must not move a quantile to the next step. */
  static final double TOLERANCE = 1e-12;

  private final long[] times;
  private final double[] survival;
  private final long longestFollowUp;

  private KaplanMeier(long[] times, double[] survival, long longestFollowUp) {
    this.times = times;
    this.survival = survival;
    this.longestFollowUp = longestFollowUp;
  }

  /**
   * A quantile of the duration.
   *
   * @param seconds the quantile, or the longest follow-up where the curve never gets there
   * @param atLeast whether the true quantile is only known to be no less than that
   */
  public record Quantile(long seconds, boolean atLeast) {}

  /**
   * One duration among others that count more or less.
   *
   * @param seconds how long it lasted, or has lasted so far
   * @param ended whether it has ended
   * @param weight how much it counts, above 0
   */
  public record Weighted(long seconds, boolean ended, double weight) {
    public Weighted {
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weight must be above 0 and finite: " + weight);
      }
    }
  }

  /**
   * Fits the curve of durations that do not all count the same: d and n are sums of weights.
   *
   * @param durations in any order
   * @throws IllegalArgumentException when there is no duration at all, or a negative one
   */
  public static KaplanMeier fit(List<Weighted> durations) {
    List<Weighted> sorted =
        durations.stream().sorted(Comparator.comparingLong(Weighted::seconds)).toList();
    List<Weighted> ended = sorted.stream().filter(Weighted::ended).toList();
    List<Weighted> ongoing = sorted.stream().filter(duration -> !duration.ended()).toList();
    return productLimit(seconds(ended), weights(ended), seconds(ongoing), weights(ongoing));
  }

  private static long[] seconds(List<Weighted> durations) {
    return durations.stream().mapToLong(Weighted::seconds).toArray();
  }

  private static double[] weights(List<Weighted> durations) {
    return durations.stream().mapToDouble(Weighted::weight).toArray();
  }

  /**
   * Fits the curve of durations that all count the same.
   *
   * @param ended the durations that have ended, in seconds, in any order; not changed
   * @param ongoing how long the others have lasted so far, in seconds, in any order; not changed
   * @throws IllegalArgumentException when there is no duration at all, or a negative one
   */
  public static KaplanMeier fit(long[] ended, long[] ongoing) {
    long[] events = ended.clone();
    long[] censored = ongoing.clone();
    Arrays.sort(events);
    Arrays.sort(censored);
    return fitAscending(events, censored);
  }

  /** The same for durations that ascend already. */
  static KaplanMeier fitAscending(long[] ended, long[] ongoing) {
    return productLimit(ended, null, ongoing, null);
  }

  /**
   * From the end on, since n is a sum over what comes later.
   *
   * @param events ascending
   * @param eventWeights null: each is 1
   * @param censored ascending
   * @param censoredWeights null: each is 1
   */
  private static KaplanMeier productLimit(
      long[] events, double[] eventWeights, long[] censored, double[] censoredWeights) {
    if (events.length + censored.length == 0) {
      throw new IllegalArgumentException("there must be at least one duration");
    }
    if (Math.min(first(events), first(censored)) < 0) {
      throw new IllegalArgumentException(
          "durations must not be negative: " + Math.min(first(events), first(censored)));
    }

    int step = events.length;
    long[] times = new long[step];
    double[] survival = new double[step];
    double atRisk = 0;
    int laterCensored = censored.length;
    for (int i = events.length; i > 0; ) {
      long time = events[i - 1];
      double ended = 0;
      while (i > 0 && events[i - 1] == time) {
        ended += weight(eventWeights, --i);
      }
      // Events come first at ties: one that is censored at this very time is still at risk.
      while (laterCensored > 0 && censored[laterCensored - 1] >= time) {
        atRisk += weight(censoredWeights, --laterCensored);
      }
      atRisk += ended;
      times[--step] = time;
      survival[step] = 1 - ended / atRisk;
    }
    double s = 1;
    for (int i = step; i < survival.length; i++) {
      s *= survival[i];
      survival[i] = s;
    }
    return new KaplanMeier(
        Arrays.copyOfRange(times, step, times.length),
        Arrays.copyOfRange(survival, step, survival.length),
        Math.max(last(events), last(censored)));
  }

  private static double weight(double[] weights, int index) {
    return weights == null ? 1 : weights[index];
  }

  /**
   * The smallest time by which at least the share q has ended.
   *
   * @param q between 0 and 1, both exclusive
   */
  public Quantile quantile(double q) {
    if (!(q > 0 && q < 1)) {
      throw new IllegalArgumentException("q must be between 0 and 1: " + q);
    }
    return firstAtMost(1 - q, 0);
  }

  /**
   * The smallest time by which at least the share q of those has ended that have already lasted for
   * an age.
   *
   * @param q between 0 and 1, both exclusive
   * @param age in seconds, not negative; the quantile is later, where the curve goes on
   */
  public Quantile quantileAfter(long age, double q) {
    int step = lastStepAt(age);
    return firstAtMost((1 - q) * survivalAt(step), step + 1);
  }

  private Quantile firstAtMost(double share, int from) {
    int low = from;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (survival[middle] <= share + TOLERANCE) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == times.length
        ? new Quantile(longestFollowUp, true)
        : new Quantile(times[low], false);
  }

  /**
   * The chance that it has ended by a time; empty where nothing was followed for so long and some
   * had not ended.
   *
   * @param seconds from the beginning, not negative
   */
  public OptionalDouble endedBy(long seconds) {
    double s = survivalAt(lastStepAt(seconds));
    return seconds > longestFollowUp && s > TOLERANCE
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - s);
  }

  /** The longest duration, in seconds, ended or not: nothing beyond is known. */
  long longestFollowUp() {
    return longestFollowUp;
  }

  private int lastStepAt(long seconds) {
    int step = Arrays.binarySearch(times, seconds);
    return step >= 0 ? step : -step - 2;
  }

  private double survivalAt(int step) {
    return step < 0 ? 1 : survival[step];
  }

  private static long first(long[] sorted) {
    return sorted.length == 0 ? Long.MAX_VALUE : sorted[0];
  }

  private static long last(long[] sorted) {
    return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
  }
}
