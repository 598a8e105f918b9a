package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Requests in numbers: nothing is lost, and they ascend as their seconds do. */
class PackedRequestsTest {
  @Property
  void aRequestIsTakenOutAsItWasPutIn(
      @ForAll @LongRange(min = -999_999_999_999L, max = 999_999_999_999L) long seconds,
      @ForAll @IntRange(max = 23) int hour,
      @ForAll @IntRange(max = 5) int borough,
      @ForAll @IntRange(max = 6) int weekday) {
    PackedRequests requests = new PackedRequests();
    requests.addAll(new long[] {PackedRequests.pack(seconds, hour, borough)}, weekday);
    long request = requests.toArray()[0];

    assertThat(PackedRequests.seconds(request)).isEqualTo(seconds);
    assertThat(PackedRequests.hour(request)).isEqualTo(hour);
    assertThat(PackedRequests.borough(request)).isEqualTo(borough);
    assertThat(PackedRequests.weekday(request)).isEqualTo(weekday);
  }

  @Property
  void allThatWasAddedIsThereInItsOrder(
      @ForAll List<@LongRange(max = Long.MAX_VALUE) Long> some, @ForAll List<Long> others) {
    PackedRequests requests = new PackedRequests();
    some.forEach(requests::add);
    requests.addAll(array(others.stream()), 0);

    assertThat(requests.toArray()).isEqualTo(array(Stream.of(some, others).flatMap(List::stream)));
  }

  @Property
  void theyAreSortedHoweverLarge(
      @ForAll List<@LongRange(max = 100) Long> small,
      @ForAll List<@LongRange(max = 100_000_000) Long> usual,
      @ForAll List<@LongRange(max = Long.MAX_VALUE) Long> any) {
    PackedRequests requests = new PackedRequests();
    Stream.of(usual, any, small)
        .map(List::stream)
        .map(PackedRequestsTest::array)
        .forEach(numbers -> requests.addAll(numbers, 0));

    assertThat(requests.sorted()).isEqualTo(LongStream.of(requests.toArray()).sorted().toArray());
    assertThat(LongStream.of(requests.sortedBySeconds()).map(PackedRequests::seconds))
        .containsExactlyElementsOf(
            LongStream.of(requests.sorted()).map(PackedRequests::seconds).boxed().toList());
    assertThat(requests.sortedBySeconds())
        .containsExactlyInAnyOrder(LongStream.of(requests.toArray()).boxed().toArray(Long[]::new));
  }

  private static long[] array(Stream<Long> values) {
    return values.mapToLong(Long::longValue).toArray();
  }
}
