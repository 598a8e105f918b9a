package nyc311.medians;

import java.util.List;
import java.util.OptionalDouble;

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
    List<Double> closedBy) {
  /** Checks the order of the quantiles, and copies the list. */
  public TypeMedians {
    closedBy = List.copyOf(closedBy);
    if (!(0 <= p10 && p10 <= p50 && p50 <= p90 && Double.isFinite(p90))) {
      throw new IllegalArgumentException(
          complaintType + ": 0 <= p10 <= p50 <= p90 must hold: " + p10 + ", " + p50 + ", " + p90);
    }
  }

  /** How many requests the medians rest on. */
  public int requests() {
    return closed + open;
  }

  /**
   * Estimates from the resolution times of closed requests and the ages of open ones, in seconds,
   * both ascending.
   */
  static TypeMedians of(String complaintType, long[] resolutionTimes, long[] ages) {
    KaplanMeier curve = KaplanMeier.fitAscending(resolutionTimes, ages);
    KaplanMeier.Quantile p50 = curve.quantile(.5);
    KaplanMeier.Quantile p90 = curve.quantile(.9);
    return new TypeMedians(
        complaintType,
        resolutionTimes.length,
        ages.length,
        hours(curve.quantile(.1)),
        hours(p50),
        hours(p90),
        p50.atLeast(),
        p90.atLeast(),
        Medians.MOMENTS.stream()
            .map(hours -> curve.endedBy(Math.round(hours * 3600)))
            .takeWhile(OptionalDouble::isPresent)
            .map(chance -> rounded(chance.getAsDouble()))
            .toList());
  }

  private static double hours(KaplanMeier.Quantile quantile) {
    return rounded(quantile.seconds() / 3600.0);
  }

  /** Four decimals: of an hour, a third of a second, finer than the feed's whole seconds. */
  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
