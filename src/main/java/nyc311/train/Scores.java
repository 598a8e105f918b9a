package nyc311.train;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import nyc311.regression.Quantiles;

/**
 * How good estimates were. Errors are in log1p(hours) where not said otherwise. A closed request
 * scores on its resolution time; an open one one-sided, with its age as a lower bound. NaN where
 * there is no request to score.
 *
 * @param requests how many were judged
 * @param closed how many of them were closed
 * @param mlog mean absolute error of the median
 * @param mlogCap the same with both sides cut at a cap: the only proper one where some are open
 * @param pinball10 mean pinball loss of p10
 * @param pinball50 mean pinball loss of p50
 * @param pinball90 mean pinball loss of p90
 * @param coverage share of the closed ones within p10 and p90
 * @param aboveP90 share of all that are known to have taken longer than p90
 * @param meanErrorHours mean absolute error in hours of the closed ones: flatters those who ignore
 *     open requests
 * @param medianErrorHours median absolute error in hours of the closed ones: flatters them, too
 */
public record Scores(
    int requests,
    int closed,
    double mlog,
    double mlogCap,
    double pinball10,
    double pinball50,
    double pinball90,
    double coverage,
    double aboveP90,
    double meanErrorHours,
    double medianErrorHours) {
  private static final double TOLERANCE = 1e-9;

  /**
   * Scores estimates.
   *
   * @param capHours a cap below every open request's age
   */
  static Scores of(List<Judged> judged, double capHours) {
    List<Judged> closed = judged.stream().filter(Judged::closed).toList();
    double cap = Math.log1p(capHours);
    double[] errors =
        closed.stream()
            .mapToDouble(row -> Math.abs(Math.expm1(row.logEstimate().p50()) - row.hours()))
            .sorted()
            .toArray();
    return new Scores(
        judged.size(),
        closed.size(),
        mean(judged, row -> 2 * pinball(row, .5, row.logEstimate().p50())),
        mean(judged, row -> capped(row, cap)),
        mean(judged, row -> pinball(row, .1, row.logEstimate().p10())),
        mean(judged, row -> pinball(row, .5, row.logEstimate().p50())),
        mean(judged, row -> pinball(row, .9, row.logEstimate().p90())),
        share(closed, row -> within(row.logHours(), row.logEstimate())),
        share(judged, row -> row.logHours() > row.logEstimate().p90() + TOLERANCE),
        mean(closed, row -> Math.abs(Math.expm1(row.logEstimate().p50()) - row.hours())),
        median(errors));
  }

  /** The sum over the three levels. */
  public double pinballSum() {
    return pinball10 + pinball50 + pinball90;
  }

  private static double pinball(Judged row, double level, double estimate) {
    return pinball(level, row.logHours(), row.closed(), estimate);
  }

  /** Of a quantile in log1p(hours), one-sided for what is still open. */
  static double pinball(double level, double logHours, boolean closed, double estimate) {
    double residual = logHours - estimate;
    double below = closed ? (level - 1) * residual : 0;
    return Math.max(level * residual, below);
  }

  private static double capped(Judged row, double cap) {
    double truth = row.logHours();
    return row.closed() || truth >= cap - TOLERANCE
        ? Math.abs(Math.min(row.logEstimate().p50(), cap) - Math.min(truth, cap))
        : 0;
  }

  private static boolean within(double truth, Quantiles estimate) {
    return estimate.p10() - TOLERANCE <= truth && truth <= estimate.p90() + TOLERANCE;
  }

  private static double share(List<Judged> rows, Predicate<Judged> condition) {
    return mean(rows, row -> condition.test(row) ? 1 : 0);
  }

  private static double mean(List<Judged> rows, ToDoubleFunction<Judged> score) {
    return rows.stream().mapToDouble(score).average().orElse(Double.NaN);
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
