package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class SecondsTest {
  @Property
  void allThatWasAddedIsThereInItsOrder(
      @ForAll List<@LongRange(max = Long.MAX_VALUE) Long> some, @ForAll List<Long> others) {
    Seconds seconds = new Seconds();
    some.forEach(seconds::add);
    seconds.addAll(array(others.stream()));

    assertThat(seconds.toArray()).isEqualTo(array(Stream.of(some, others).flatMap(List::stream)));
  }

  @Property
  void theyAreSortedHoweverLarge(
      @ForAll List<@LongRange(max = 100) Long> small,
      @ForAll List<@LongRange(max = 100_000_000) Long> usual,
      @ForAll List<@LongRange(max = Long.MAX_VALUE) Long> any) {
    Seconds seconds = new Seconds();
    Stream.of(usual, any, small).map(List::stream).map(SecondsTest::array).forEach(seconds::addAll);

    assertThat(seconds.sorted()).isEqualTo(LongStream.of(seconds.toArray()).sorted().toArray());
  }

  private static long[] array(Stream<Long> values) {
    return values.mapToLong(Long::longValue).toArray();
  }
}
