package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import nyc311.Draw;
import org.junit.jupiter.api.Test;

/** Requests in numbers: nothing is lost, and they ascend as their seconds do. */
class PackedRequestsTest {
  @Test
  void aRequestIsTakenOutAsItWasPutIn() {
    Draw.cases(
        1_000,
        draw -> {
          long seconds = draw.between(-999_999_999_999L, 999_999_999_999L);
          int hour = draw.between(0, 23);
          int borough = draw.between(0, 5);
          int weekday = draw.between(0, 6);

          PackedRequests requests = new PackedRequests();
          requests.addAll(new long[] {PackedRequests.pack(seconds, hour, borough)}, weekday);
          long request = requests.toArray()[0];

          assertThat(PackedRequests.seconds(request)).isEqualTo(seconds);
          assertThat(PackedRequests.hour(request)).isEqualTo(hour);
          assertThat(PackedRequests.borough(request)).isEqualTo(borough);
          assertThat(PackedRequests.weekday(request)).isEqualTo(weekday);
        });
  }

  @Test
  void allThatWasAddedIsThereInItsOrder() {
    Draw.cases(
        1_000,
        draw -> {
          List<Long> some = upTo(Long.MAX_VALUE, draw);
          List<Long> others = draw.list(0, 255, () -> draw.between(Long.MIN_VALUE, Long.MAX_VALUE));

          PackedRequests requests = new PackedRequests();
          some.forEach(requests::add);
          requests.addAll(array(others.stream()), 0);

          assertThat(requests.toArray())
              .isEqualTo(array(Stream.of(some, others).flatMap(List::stream)));
        });
  }

  @Test
  void theyAreSortedHoweverLarge() {
    Draw.cases(
        1_000,
        draw -> {
          List<Long> small = upTo(100, draw);
          List<Long> usual = upTo(100_000_000, draw);
          List<Long> any = upTo(Long.MAX_VALUE, draw);

          PackedRequests requests = new PackedRequests();
          Stream.of(usual, any, small)
              .map(List::stream)
              .map(PackedRequestsTest::array)
              .forEach(numbers -> requests.addAll(numbers, 0));

          assertThat(requests.sorted())
              .isEqualTo(LongStream.of(requests.toArray()).sorted().toArray());
          assertThat(LongStream.of(requests.sortedBySeconds()).map(PackedRequests::seconds))
              .containsExactlyElementsOf(
                  LongStream.of(requests.sorted()).map(PackedRequests::seconds).boxed().toList());
          assertThat(requests.sortedBySeconds())
              .containsExactlyInAnyOrder(
                  LongStream.of(requests.toArray()).boxed().toArray(Long[]::new));
        });
  }

  private static List<Long> upTo(long most, Draw draw) {
    return draw.list(0, 255, () -> draw.between(0, most));
  }

  private static long[] array(Stream<Long> values) {
    return values.mapToLong(Long::longValue).toArray();
  }
}
