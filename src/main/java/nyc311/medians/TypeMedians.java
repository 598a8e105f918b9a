package nyc311.medians;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
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
 * @param closedBy the chance, 0 to 1, of being closed by each of {@link Medians#moments}; ends
 *     early where no request was followed for longer
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
    List<Double> closedBy,
    Patterns patterns) {
  /** A hundred thousand years. */
  static final double MAX_HOURS = 1e9;

  /** Checks what it is served from, and copies the list. */
  public TypeMedians {
    ComplaintTypes.requireName(complaintType);
    closedBy = List.copyOf(closedBy);
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
    for (double chance : closedBy) {
      if (!(0 <= chance && chance <= 1)) {
        throw new IllegalArgumentException(
            complaintType + ": closed_by must be between 0 and 1: " + chance);
      }
    }
  }

  /** How many requests the medians rest on. */
  public int requests() {
    return closed + open;
  }

  /**
   * Estimates from {@link PackedRequests}.
   *
   * @param closedRequests with their resolution times, ascending in these
   * @param openRequests with their ages, ascending in these
   */
  static TypeMedians of(String complaintType, long[] closedRequests, long[] openRequests) {
    return of(
        complaintType,
        closedRequests.length,
        openRequests.length,
        KaplanMeier.fitAscending(seconds(closedRequests), seconds(openRequests)),
        Patterns.of(closedRequests, openRequests));
  }

  /**
   * Estimates from a curve, without {@link Patterns}.
   *
   * @param closed how many closed requests it has
   * @param open how many open ones
   */
  public static TypeMedians of(String complaintType, int closed, int open, KaplanMeier curve) {
    return of(complaintType, closed, open, curve, Patterns.NONE);
  }

  private static TypeMedians of(
      String complaintType, int closed, int open, KaplanMeier curve, Patterns patterns) {
    KaplanMeier.Quantile p50 = curve.quantile(.5);
    KaplanMeier.Quantile p90 = curve.quantile(.9);
    return new TypeMedians(
        complaintType,
        closed,
        open,
        hours(curve.quantile(.1).seconds()),
        hours(p50.seconds()),
        hours(p90.seconds()),
        p50.atLeast(),
        p90.atLeast(),
        Medians.MOMENTS.stream()
            .map(hours -> curve.endedBy(Math.round(hours * 3600)))
            .takeWhile(OptionalDouble::isPresent)
            .map(chance -> rounded(chance.getAsDouble()))
            .toList(),
        patterns);
  }

  private static long[] seconds(long[] requests) {
    long[] seconds = new long[requests.length];
    for (int i = 0; i < requests.length; i++) {
      seconds[i] = PackedRequests.seconds(requests[i]);
    }
    return seconds;
  }

  /** As published. */
  static double hours(long seconds) {
    return rounded(seconds / 3600.0);
  }

  /** Four decimals: of an hour, a third of a second, finer than the feed's whole seconds. */
  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
