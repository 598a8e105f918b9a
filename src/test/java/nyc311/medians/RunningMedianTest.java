package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The median of a group is the one that its whole curve would have. */
class RunningMedianTest {
  /** Few times, so that many are the same. */
  @Property
  void itIsTheCurvesMedian(
      @ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> closedAfter,
      @ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> openFor) {
    long[] closed = ascending(closedAfter);
    long[] open = ascending(openFor);
    RunningMedian median = new RunningMedian();
    for (int i = 0; i < closed.length + open.length; i++) {
      median.announce();
    }
    int older = 0;
    for (long resolutionTime : closed) {
      for (; older < open.length && open[older] < resolutionTime; older++) {
        median.openFor(open[older]);
      }
      median.closedAfter(resolutionTime);
    }
    for (; older < open.length; older++) {
      median.openFor(open[older]);
    }

    if (closed.length + open.length == 0) {
      assertThat(median.group()).isNull();
      return;
    }
    KaplanMeier.Quantile expected = KaplanMeier.fit(closed, open).quantile(.5);
    assertThat(median.group())
        .isEqualTo(
            new Patterns.Group(
                TypeMedians.hours(expected.seconds()),
                expected.atLeast(),
                closed.length + open.length));
  }

  private static long[] ascending(List<Integer> hours) {
    return hours.stream().mapToLong(hour -> hour * 3600L).sorted().toArray();
  }
}
