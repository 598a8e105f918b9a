package nyc311.medians;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import nyc311.requests.ComplaintTypes;

/**
 * How long requests of one complaint type take.
 *
 * @param complaintType the spelling that most of them have
 * @param closed how many are closed
 * @param open how many are open
 * @param p10 the hours by which one in ten is closed
 * @param p50 the hours by which half are closed, the median
 * @param p90 the hours by which nine in ten are closed
 * @param atLeast whether too few have closed to know the median: it is at least {@code p50}
 * @param p90AtLeast whether too few have closed to know p90: it is at least {@code p90}
 * @param interval where the median lies
 * @param dayOnly the share, 0 to 1, of closings of which only the day is known
 * @param followUp the hours that the longest was followed, until it was closed or the as-of:
 *     nothing beyond is known
 * @param closedBy the chance, 0 to 1, of being closed by each of {@link Medians#moments}; ends
 *     early where no request was followed for longer
 * @param followed how many were followed until each of these moments, or nearer; as many as {@code
 *     closedBy}, or none, as of medians from before there were any
 * @param patterns how the median changes with when and where requests were created
 */
public record TypeMedians(
    String complaintType,
    int closed,
    int open,
    double p10,
    double p50,
    double p90,
    boolean atLeast,
    boolean p90AtLeast,
    Interval interval,
    double dayOnly,
    double followUp,
    List<Double> closedBy,
    List<Integer> followed,
    Patterns patterns) {
  /** A hundred thousand years. */
  static final double MAX_HOURS = 1e9;

  public TypeMedians {
    ComplaintTypes.requireName(complaintType);
    Objects.requireNonNull(interval, "interval");
    closedBy = List.copyOf(closedBy);
    followed = List.copyOf(followed);
    Objects.requireNonNull(patterns, "patterns");
    if (closed < 0 || open < 0 || closed > Integer.MAX_VALUE - open) {
      throw new IllegalArgumentException(
          complaintType
              + ": closed and open must be between 0 and 2147483647 together: "
              + closed
              + ", "
              + open);
    }
    if (!(0 <= p10 && p10 <= p50 && p50 <= p90 && p90 <= MAX_HOURS)) {
      throw new IllegalArgumentException(
          complaintType
              + ": 0 <= p10 <= p50 <= p90 <= 1e9 must hold: "
              + p10
              + ", "
              + p50
              + ", "
              + p90);
    }
    if (!(p90 <= followUp && followUp <= MAX_HOURS)) {
      throw new IllegalArgumentException(
          complaintType + ": follow_up must be between p90 and 1e9: " + followUp);
    }
    requireShare(complaintType, "day_only", dayOnly);
    closedBy.forEach(chance -> requireShare(complaintType, "closed_by", chance));
    if (!followed.isEmpty() && followed.size() != closedBy.size()) {
      throw new IllegalArgumentException(
          complaintType + ": followed must have as many values as closed_by: " + followed.size());
    }
  }

  private static void requireShare(String complaintType, String field, double share) {
    if (!(0 <= share && share <= 1)) {
      throw new IllegalArgumentException(
          complaintType + ": " + field + " must be between 0 and 1: " + share);
    }
  }

  /** Whether too few have closed to know even p10: it is at least {@code p10}. */
  public boolean p10AtLeast() {
    return atLeast && p10 >= p50;
  }

  /** How many requests the medians rest on. */
  public int requests() {
    return closed + open;
  }

  /**
   * How many were followed for so long, or the few that are sure to have been; empty where medians
   * do not tell.
   *
   * @param moments {@link Medians#moments} of the same publication
   */
  public OptionalInt followedFor(double hours, List<Double> moments) {
    if (followed.isEmpty()) {
      return OptionalInt.empty();
    }
    for (int i = 0; i < followed.size(); i++) {
      if (hours <= moments.get(i)) {
        return OptionalInt.of(followed.get(i));
      }
    }
    return OptionalInt.of(hours <= followUp ? 1 : 0);
  }

  /**
   * Estimates from {@link PackedRequests}.
   *
   * @param closed with their resolution times, ascending in these
   * @param open with their ages, ascending in these
   * @param dayOnly of how many closings only the day is known
   */
  static TypeMedians of(String complaintType, long[] closed, long[] open, int dayOnly) {
    return of(complaintType, seconds(closed), seconds(open), dayOnly, Patterns.of(closed, open));
  }

  /**
   * Estimates without {@link Patterns}.
   *
   * @param closed resolution times in seconds, ascending
   * @param open ages in seconds, ascending
   */
  public static TypeMedians of(String complaintType, long[] closed, long[] open) {
    return of(complaintType, closed, open, 0, Patterns.NONE);
  }

  private static TypeMedians of(
      String complaintType, long[] closed, long[] open, int dayOnly, Patterns patterns) {
    KaplanMeier curve = KaplanMeier.fitAscending(closed, open);
    KaplanMeier.Quantile p50 = curve.quantile(.5);
    KaplanMeier.Quantile p90 = curve.quantile(.9);
    List<Double> closedBy = new ArrayList<>();
    List<Integer> followed = new ArrayList<>();
    for (double hours : Medians.MOMENTS) {
      long moment = Math.round(hours * 3600);
      OptionalDouble chance = curve.endedBy(moment);
      if (chance.isEmpty()) {
        break;
      }
      closedBy.add(rounded(chance.getAsDouble()));
      followed.add(atLeast(closed, moment) + atLeast(open, moment));
    }
    return new TypeMedians(
        complaintType,
        closed.length,
        open.length,
        hours(curve.quantile(.1).seconds()),
        hours(p50.seconds()),
        hours(p90.seconds()),
        p50.atLeast(),
        p90.atLeast(),
        RunningMedian.of(closed, open).interval(),
        closed.length == 0 ? 0 : rounded((double) dayOnly / closed.length),
        hours(curve.longestFollowUp()),
        closedBy,
        followed,
        patterns);
  }

  /** How many of ascending numbers are no less than a bound. */
  private static int atLeast(long[] ascending, long bound) {
    int before = Arrays.binarySearch(ascending, bound);
    if (before < 0) {
      return ascending.length + before + 1;
    }
    while (before > 0 && ascending[before - 1] == bound) {
      before--;
    }
    return ascending.length - before;
  }

  private static long[] seconds(long[] requests) {
    long[] seconds = new long[requests.length];
    for (int i = 0; i < requests.length; i++) {
      seconds[i] = PackedRequests.seconds(requests[i]);
    }
    return seconds;
  }

  static double hours(long seconds) {
    return rounded(seconds / 3600.0);
  }

  /** Four decimals: of an hour, a third of a second, finer than the feed's whole seconds. */
  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
