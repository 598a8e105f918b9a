package nyc311.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nyc311.medians.Curve;
import nyc311.medians.KaplanMeier;

/**
 * Whether curves keep what they say, judged like a {@link Backtest}: of the requests that came
 * later, how many were closed by a quarter's moment, by half's, and so on.
 *
 * <p>Of each request the curve's chance of being closed by the moment when it was closed is taken,
 * and for one that was still open, or open beyond the curve's end, the chance by then as a lower
 * bound. If the curves are right, these chances are uniform between 0 and 1; what they are, their
 * Kaplan–Meier curve says. D. R. Cox, E. J. Snell: A general definition of residuals, J. Roy.
 * Statist. Soc. B 30 (1968), 248–275.
 *
 * @param requests how many were judged
 * @param closedBy the share that was closed by each of the {@link #LEVELS}, which it should be; NaN
 *     where no curve was followed for so long
 * @param pinballSum of the curves' moments for these, in log1p(hours)
 */
public record Calibration(int requests, List<Double> closedBy, double pinballSum) {
  /** Of the moments of a curve, ascending. */
  public static final List<Double> LEVELS = List.of(.1, .25, .5, .75, .9);

  static final String OWN_CURVE = "type's own curve";

  /** That requests had been open for, in hours. */
  private static final List<Integer> WAITED = List.of(0, 1, 6, 24);

  /** Of a chance, as {@link KaplanMeier} takes it. */
  private static final double UNITS = 1e9;

  /**
   * The curve of each request's complaint type, and the same stretched through what an estimator
   * said of it: for what takes its whole time from then, and what is left for those that are still
   * open after some hours. Requests of types that were not learnt from are left out.
   */
  public static Map<String, Calibration> of(Backtest backtest, String estimator) {
    List<Judged> judged =
        backtest.byEstimator().get(estimator).stream()
            .filter(row -> backtest.curves().containsKey(row.complaintType()))
            .toList();
    Function<Judged, Curve> own = row -> backtest.curves().get(row.complaintType());
    Function<Judged, Curve> stretched =
        row ->
            own.apply(row)
                .through(row.estimate().p10(), row.estimate().p50(), row.estimate().p90());
    Map<String, Calibration> calibrations = new LinkedHashMap<>();
    for (int hours : WAITED) {
      List<Judged> open = judged.stream().filter(row -> hours == 0 || row.hours() > hours).toList();
      if (!open.isEmpty()) {
        String after = hours == 0 ? "" : ", after " + hours + " h";
        calibrations.put(OWN_CURVE + after, of(open, own, hours));
        calibrations.put(estimator + after, of(open, stretched, hours));
      }
    }
    return calibrations;
  }

  /**
   * Judges curves.
   *
   * @param open for longer than the hours, at least one
   */
  private static Calibration of(List<Judged> open, Function<Judged, Curve> curve, int hours) {
    List<Long> closed = new ArrayList<>();
    List<Long> atLeast = new ArrayList<>();
    double pinball = 0;
    for (Judged row : open) {
      Curve left = curve.apply(row).after(hours);
      double waited = row.hours() - hours;
      double chance = left.closedBy(Math.min(waited, left.end())).orElseThrow();
      boolean known = row.closed() && (waited <= left.end() || chance == 1);
      (known ? closed : atLeast).add(Math.round(chance * UNITS));
      for (double level : LEVELS) {
        double moment = Math.log1p(left.quantile(level).hours());
        pinball += Scores.pinball(level, Math.log1p(waited), row.closed(), moment);
      }
    }
    KaplanMeier chances = KaplanMeier.fit(toArray(closed), toArray(atLeast));
    return new Calibration(
        open.size(),
        LEVELS.stream()
            .map(level -> chances.endedBy(Math.round(level * UNITS)).orElse(Double.NaN))
            .toList(),
        pinball / open.size());
  }

  private static long[] toArray(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** The share that was closed between p10 and p90. */
  public double coverage() {
    return closedBy.get(LEVELS.size() - 1) - closedBy.get(0);
  }
}
