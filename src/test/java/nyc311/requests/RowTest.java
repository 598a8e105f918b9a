package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import nyc311.Draw;
import org.junit.jupiter.api.Test;

/** Timestamps are read faster than the library does it, and must not be read otherwise. */
class RowTest {
  @Test
  void aTimestampIsWhatTheLibraryTakesForOne() {
    Draw.cases(
        5_000,
        draw ->
            assertReadAsByTheLibrary(
                "%04d-%02d-%02dT%02d:%02d:%02d.000"
                    .formatted(
                        draw.between(1900, 2100),
                        draw.between(0, 13),
                        draw.between(0, 32),
                        draw.between(0, 24),
                        draw.between(0, 60),
                        draw.between(0, 60))));
  }

  @Test
  void soIsOneWithAnyOtherCharacterInIt() {
    String usual = "2019-07-01T00:00:09.000";
    for (char other : "0123456789-+:.TZ /;x\u0660é".toCharArray()) {
      for (int position = 0; position < usual.length(); position++) {
        StringBuilder text = new StringBuilder(usual);
        text.setCharAt(position, other);

        assertReadAsByTheLibrary(text.toString());
        assertReadAsByTheLibrary(text.substring(0, position));
        assertReadAsByTheLibrary(text + String.valueOf(other));
      }
    }
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
