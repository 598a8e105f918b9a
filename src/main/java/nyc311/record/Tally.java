package nyc311.record;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nyc311.estimate.Estimates;
import nyc311.medians.Curve;

/**
 * How right some answers were, as sums: those of two days add up to those of both. Errors are in
 * log1p(hours). A closed request counts with its resolution time; one that is still open one-sided,
 * with its age as a lower bound.
 *
 * @param requests that were answered and judged
 * @param below how many were closed before the range that they were given
 * @param within how many were closed within it
 * @param above how many took longer, or are open for longer; the rest is still open, within the
 *     range or before it
 * @param mlogCap the sum of the absolute errors of p50, with both sides cut at {@link #CAP_HOURS}
 * @param pinball the sums of the pinball losses of p10, p50 and p90
 * @param closedBy how many of those that were followed until each of the {@link #LEVELS} of their
 *     curve were closed by then
 * @param followed how many were followed until then, closed or not, where the curve knows it
 */
public record Tally(
    int requests,
    int below,
    int within,
    int above,
    double mlogCap,
    List<Double> pinball,
    List<Integer> closedBy,
    List<Integer> followed) {
  /** Of the curves: of requests as they should be, this share is closed by then. */
  public static final List<Double> LEVELS = List.of(.1, .25, .5, .75, .9);

  /** Only requests that were followed for longer are judged. */
  static final double CAP_HOURS = 24;

  private static final double[] ENDS = {.1, .5, .9};

  public Tally {
    pinball = List.copyOf(pinball);
    closedBy = List.copyOf(closedBy);
    followed = List.copyOf(followed);
    if (Math.min(Math.min(below, within), Math.min(above, requests - below - within - above)) < 0) {
      throw new IllegalArgumentException(
          "below, within and above must be parts of all requests: %d, %d, %d of %d"
              .formatted(below, within, above, requests));
    }
    if (pinball.size() != ENDS.length
        || closedBy.size() != LEVELS.size()
        || followed.size() != LEVELS.size()) {
      throw new IllegalArgumentException(
          "pinball must have 3 sums, closed_by and followed 5: " + pinball + closedBy + followed);
    }
  }

  /** What became of a request, counted from when it was asked. */
  record Outcome(boolean closed, double hours, double followedHours) {}

  /** One answer; an end of its range that is a lower bound counts as an end. */
  static Tally of(Estimates.Curves answer, Outcome outcome) {
    double[] range = answer.estimate().hours().toArray();
    double truth = Math.log1p(outcome.hours);
    double cap = Math.log1p(CAP_HOURS);
    boolean below = outcome.closed && outcome.hours < range[0];
    boolean above = outcome.hours > range[2];
    boolean within = outcome.closed && !below && !above;
    Double[] pinball = new Double[ENDS.length];
    for (int i = 0; i < ENDS.length; i++) {
      double residual = truth - Math.log1p(range[i]);
      pinball[i] = Math.max(ENDS[i] * residual, outcome.closed ? (ENDS[i] - 1) * residual : 0);
    }
    Integer[] closedBy = new Integer[LEVELS.size()];
    Integer[] followed = new Integer[LEVELS.size()];
    for (int i = 0; i < closedBy.length; i++) {
      Curve.Quantile moment = answer.asked().quantile(LEVELS.get(i));
      boolean known = !moment.atLeast() && moment.hours() <= outcome.followedHours;
      followed[i] = known ? 1 : 0;
      closedBy[i] = known && outcome.closed && outcome.hours <= moment.hours() ? 1 : 0;
    }
    return new Tally(
        1,
        below ? 1 : 0,
        within ? 1 : 0,
        above ? 1 : 0,
        Math.abs(Math.min(Math.log1p(range[1]), cap) - Math.min(truth, cap)),
        Arrays.asList(pinball),
        Arrays.asList(closedBy),
        Arrays.asList(followed));
  }

  Tally plus(Tally other) {
    return new Tally(
        requests + other.requests,
        below + other.below,
        within + other.within,
        above + other.above,
        mlogCap + other.mlogCap,
        IntStream.range(0, ENDS.length)
            .mapToObj(i -> pinball.get(i) + other.pinball.get(i))
            .toList(),
        sums(closedBy, other.closedBy),
        sums(followed, other.followed));
  }

  private static List<Integer> sums(List<Integer> some, List<Integer> others) {
    return IntStream.range(0, some.size()).mapToObj(i -> some.get(i) + others.get(i)).toList();
  }

  /** The mean of the errors; NaN without a request. */
  public double meanMlogCap() {
    return mlogCap / requests;
  }

  /** The sum of the three mean losses; NaN without a request. */
  public double meanPinballSum() {
    return pinball.stream().mapToDouble(Double::doubleValue).sum() / requests;
  }
}
