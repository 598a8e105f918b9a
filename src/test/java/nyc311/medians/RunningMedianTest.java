package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import nyc311.Draw;
import org.junit.jupiter.api.Test;

/** The median of each group is the one that its own curve would have. */
class RunningMedianTest {
  private static final List<Integer> HOURS = List.of(0, 23);

  /** Few numbers of hours, so that many are the same, and requests of the first and last hour. */
  @Test
  void itIsTheCurvesMedian() {
    Draw.cases(
        1_000,
        draw ->
            assertMediansAreTheCurves(
                packed(draw.list(0, 40, () -> draw.between(0, 19))),
                packed(draw.list(0, 40, () -> draw.between(0, 19)))));
  }

  private static void assertMediansAreTheCurves(long[] closed, long[] open) {
    Patterns patterns = Patterns.of(closed, open);

    for (int hour : HOURS) {
      long[] resolutionTimes = seconds(closed, hour);
      long[] ages = seconds(open, hour);
      int requests = resolutionTimes.length + ages.length;
      if (requests == 0) {
        assertThat(patterns.byHour()).doesNotContainKey(hour);
      } else {
        KaplanMeier.Quantile median = KaplanMeier.fit(resolutionTimes, ages).quantile(.5);
        assertThat(patterns.byHour().get(hour))
            .isEqualTo(
                new Patterns.Group(
                    TypeMedians.hours(median.seconds()),
                    median.atLeast(),
                    requests,
                    RunningMedian.of(resolutionTimes, ages).interval()));
      }
    }
  }

  private static long[] packed(List<Integer> numbers) {
    return numbers.stream()
        .mapToLong(number -> PackedRequests.pack(3600L * (number / 2), HOURS.get(number % 2), 0))
        .sorted()
        .toArray();
  }

  private static long[] seconds(long[] requests, int hour) {
    return Arrays.stream(requests)
        .filter(request -> PackedRequests.hour(request) == hour)
        .map(PackedRequests::seconds)
        .toArray();
  }
}
