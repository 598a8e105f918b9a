package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Timestamps are read faster than the library does it, and must not be read otherwise. */
class RowTest {
  @Property
  void aTimestampIsWhatTheLibraryTakesForOne(
      @ForAll @IntRange(min = 1900, max = 2100) int year,
      @ForAll @IntRange(max = 13) int month,
      @ForAll @IntRange(max = 32) int day,
      @ForAll @IntRange(max = 24) int hour,
      @ForAll @IntRange(max = 60) int minute,
      @ForAll @IntRange(max = 60) int second) {
    assertReadAsByTheLibrary(
        "%04d-%02d-%02dT%02d:%02d:%02d.000".formatted(year, month, day, hour, minute, second));
  }

  @Property(tries = 5_000)
  void soIsOneWithAnyOtherCharacterInIt(
      @ForAll Random random, @ForAll @IntRange(max = 22) int position) {
    char other = "0123456789-+:.TZ /;x\u0660é".charAt(random.nextInt(22));
    StringBuilder text = new StringBuilder("2019-07-01T00:00:09.000");
    text.setCharAt(position, other);

    assertReadAsByTheLibrary(text.toString());
    assertReadAsByTheLibrary(text.substring(0, position));
    assertReadAsByTheLibrary(text + String.valueOf(other));
  }

  private static void assertReadAsByTheLibrary(String text) {
    LocalDateTime expected = null;
    try {
      expected = LocalDateTime.parse(text);
    } catch (DateTimeException e) {
      // None.
    }
    assertThat(Row.timestamp(text)).as(text).isEqualTo(expected);
  }
}
