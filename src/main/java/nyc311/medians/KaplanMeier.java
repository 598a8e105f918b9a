package nyc311.medians;

import java.util.Arrays;
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
  private static final double TOLERANCE = 1e-12;

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
   * Fits the curve.
   *
   * @param ended the durations that have ended, in seconds, in any order; not changed
   * @param ongoing how long the others have lasted so far, in seconds, in any order; not changed
   * @throws IllegalArgumentException when there is no duration at all, or a negative one
   */
  public static KaplanMeier fit(long[] ended, long[] ongoing) {
    if (ended.length + ongoing.length == 0) {
      throw new IllegalArgumentException("there must be at least one duration");
    }
    long[] events = ended.clone();
    long[] censored = ongoing.clone();
    Arrays.sort(events);
    Arrays.sort(censored);
    if (Math.min(first(events), first(censored)) < 0) {
      throw new IllegalArgumentException(
          "durations must not be negative: " + Math.min(first(events), first(censored)));
    }

    long[] times = new long[events.length];
    double[] survival = new double[events.length];
    int steps = 0;
    double s = 1;
    int gone = 0;
    for (int i = 0; i < events.length; ) {
      long time = events[i];
      int until = i;
      while (until < events.length && events[until] == time) {
        until++;
      }
      // Events come first at ties: one that is censored at this very time is still at risk.
      while (gone < censored.length && censored[gone] < time) {
        gone++;
      }
      int atRisk = events.length - i + censored.length - gone;
      s *= 1 - (until - i) / (double) atRisk;
      times[steps] = time;
      survival[steps] = s;
      steps++;
      i = until;
    }
    return new KaplanMeier(
        Arrays.copyOf(times, steps),
        Arrays.copyOf(survival, steps),
        Math.max(last(events), last(censored)));
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
    for (int i = 0; i < times.length; i++) {
      if (survival[i] <= 1 - q + TOLERANCE) {
        return new Quantile(times[i], false);
      }
    }
    return new Quantile(longestFollowUp, true);
  }

  /**
   * The chance that it has ended by a time; empty where nothing was followed for so long and some
   * had not ended.
   *
   * @param seconds from the beginning, not negative
   */
  public OptionalDouble endedBy(long seconds) {
    int step = Arrays.binarySearch(times, seconds);
    int last = step >= 0 ? step : -step - 2;
    double s = last < 0 ? 1 : survival[last];
    return seconds > longestFollowUp && s > TOLERANCE
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - s);
  }

  private static long first(long[] sorted) {
    return sorted.length == 0 ? Long.MAX_VALUE : sorted[0];
  }

  private static long last(long[] sorted) {
    return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
  }
}
