package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import nyc311.Draw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Timestamps whose meaning is plain are read, and the usual ones no otherwise for being quick. */
class TimestampsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2019-07-01T13:05:09.000",
        "2019-07-01T13:05:09",
        "2019-07-01t13:05:09",
        "2019-07-01 13:05:09.000",
        " 2019-07-01 13:05:09 ",
        "07/01/2019 01:05:09 PM",
        "7/1/2019 1:05:09.000 pm",
        "7/1/2019 1:05:09PM",
        "07/01/2019 13:05:09",
        "2019-07-01T17:05:09.000Z",
        "2019-07-01 17:05:09Z",
        "2019-07-01T13:05:09.000-04:00",
        "2019-07-01T13:05:09-0400",
        "2019-07-01 19:05:09 +02",
      })
  void aWallClockIsNewYorksAndAnOffsetMakesAnInstant(String text) {
    assertThat(instant(text)).isEqualTo("2019-07-01T17:05:09Z");
  }

  @ParameterizedTest
  @CsvSource({
    "2019-07-01T13:05, 2019-07-01T17:05:00Z",
    "7/1/2019 12:00 AM, 2019-07-01T04:00:00Z",
    "7/1/2019 12:00 PM, 2019-07-01T16:00:00Z"
  })
  void secondsMayBeAbsent(String text, Instant instant) {
    assertThat(instant(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "2019-07-01",
        "7/1/2019",
        "2019-02-30T10:00:00",
        "13/1/2019 10:00:00",
        "7/1/19 10:00:00",
        "7/1/2019 13:00:00 PM",
        "2019-07-01T10:00:00+19:00",
        "2019-07-0110:00:00",
        "1561975509",
        "1561975509000",
      })
  void othersAreNone(String text) {
    assertThat(instant(text)).isNull();
    assertThat(instant(null)).isNull();
  }

  @Test
  void aUsualOneIsWhatThePlainWayTakesItFor() {
    Draw.cases(
        5_000,
        draw ->
            assertReadPlainly(
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
    for (String usual : List.of("2019-07-01T00:00:09.000", "07/01/2019 01:05:09 PM")) {
      for (char other : "0123456789-+:.TZtz /;xAPm\u0660é".toCharArray()) {
        for (int position = 0; position < usual.length(); position++) {
          StringBuilder text = new StringBuilder(usual);
          text.setCharAt(position, other);

          assertReadPlainly(text.toString());
          assertReadPlainly(text.substring(0, position));
          assertReadPlainly(usual.substring(0, position) + other);
          assertReadPlainly(text + String.valueOf(other));
        }
      }
    }
  }

  private static void assertReadPlainly(String text) {
    assertThat(instant(text)).as(text).isEqualTo(PlainTimestamp.instant(text, Instant.MIN));
  }

  private static Instant instant(String text) {
    return Timestamps.instant(text, Instant.MIN);
  }
}
