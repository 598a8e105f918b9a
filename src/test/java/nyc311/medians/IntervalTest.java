package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import nyc311.Draw;
import org.junit.jupiter.api.Test;

/**
 * How sure a median is. The expected intervals are those of R 4.2.2's package survival 3.5-3:
 * {@code survfit(Surv(time, status) ~ 1, conf.type = "log-log")}.
 */
class IntervalTest {
  private static final double UNKNOWN = Double.POSITIVE_INFINITY;

  /** Remission in weeks; E. J. Freireich and others, Blood 21 (1963), 699–716. */
  private static final long[] TREATED = {6, 6, 6, 7, 10, 13, 16, 22, 23};

  private static final long[] TREATED_ONGOING = {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};

  @Test
  void theIntervalIsTheOneOfR() {
    assertInterval(TREATED, TREATED_ONGOING, 23, 13, UNKNOWN);
    long[] placebo = {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    assertInterval(placebo, new long[] {}, 8, 4, 11);
    // Acute myelogenous leukemia: R. G. Miller, Survival Analysis (1981); R's data set aml.
    assertInterval(
        new long[] {9, 13, 18, 23, 31, 34, 48}, new long[] {13, 28, 45, 161}, 31, 13, UNKNOWN);
    assertInterval(new long[] {5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45}, new long[] {16}, 23, 5, 33);
    // Half are closed by 2, and the other half at once.
    assertInterval(new long[] {1, 1, 1, 2, 2, 9, 9, 9, 9, 9}, new long[] {}, 2, 1, UNKNOWN);
  }

  @Test
  void whereTooFewHaveClosedTheLowerEndIsWhatIsKnown() {
    assertInterval(new long[] {5, 5, 5, 5}, new long[] {}, 5, 5, UNKNOWN);
    assertInterval(new long[] {}, new long[] {3, 4}, 4, 4, UNKNOWN);
  }

  @Test
  void itIsTheOneOfTheDefinition() {
    Draw.cases(
        1_000,
        draw -> {
          long[] closed = ascending(draw.between(0, 60), () -> draw.between(0, 40));
          long[] open =
              ascending(draw.between(closed.length == 0 ? 1 : 0, 40), () -> draw.between(0, 40));

          Patterns.Group median = RunningMedian.of(closed, open);

          assertThat(median.interval()).isEqualTo(defined(closed, open, median.p50()));
        });
  }

  @Test
  void itIsRoughWhereItIsWideOrEndsNowhere() {
    assertThat(new Interval(1, 3).isRough()).isFalse();
    assertThat(new Interval(1, 3.01).isRough()).isTrue();
    assertThat(new Interval(5, UNKNOWN).isRough()).isTrue();
    assertThatThrownBy(() -> new Interval(3, 2))
        .hasMessage("0 <= lower <= upper, and lower <= 1e9, must hold: 3.0, 2.0");
  }

  private static long[] ascending(int count, java.util.function.LongSupplier number) {
    return LongStream.generate(number).limit(count).map(hours -> hours * 3600).sorted().toArray();
  }

  private static void assertInterval(
      long[] closed, long[] open, double median, double lower, double upper) {
    Patterns.Group found = RunningMedian.of(hours(closed), hours(open));
    assertThat(found.p50()).isEqualTo(median);
    assertThat(found.interval()).isEqualTo(new Interval(lower, upper));
  }

  private static long[] hours(long... numbers) {
    return Arrays.stream(numbers).map(number -> number * 3600).toArray();
  }

  /** Step by step, with the bands themselves. */
  private static Interval defined(long[] closed, long[] open, double median) {
    double survival = 1;
    double sum = 0;
    double lower = Double.NaN;
    double upper = UNKNOWN;
    for (long time : Arrays.stream(closed).distinct().toArray()) {
      double n = count(closed, time, Long.MAX_VALUE) + count(open, time, Long.MAX_VALUE);
      double d = count(closed, time, time);
      survival *= 1 - d / n;
      sum += d / (n * (n - d));
      if (survival > 1e-12) {
        double error = 1.959963984540054 * Math.sqrt(sum) / Math.log(survival);
        if (Double.isNaN(lower) && Math.pow(survival, Math.exp(-error)) <= .5 + 1e-12) {
          lower = time / 3600.;
        }
        if (upper == UNKNOWN && Math.pow(survival, Math.exp(error)) <= .5 + 1e-12) {
          upper = time / 3600.;
        }
      }
    }
    return new Interval(Double.isNaN(lower) ? median : lower, upper);
  }

  private static long count(long[] values, long from, long to) {
    return Arrays.stream(values).filter(value -> from <= value && value <= to).count();
  }
}
