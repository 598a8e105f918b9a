package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import nyc311.Draw;
import org.junit.jupiter.api.Test;

/** Hours are counted as they pass, whatever the city's clocks are set to. */
class NewYorkTest {
  @Test
  void theNightOfTheChangeToSummerTimeIsAnHourShort() {
    assertThat(between("2019-03-10T00:00", "2019-03-10T06:00")).isEqualTo(Duration.ofHours(5));
    assertThat(between("2019-03-09T00:00", "2019-03-09T06:00")).isEqualTo(Duration.ofHours(6));
  }

  @Test
  void theNightOfTheChangeBackIsAnHourLonger() {
    assertThat(between("2019-11-03T00:00", "2019-11-03T06:00")).isEqualTo(Duration.ofHours(7));
  }

  @Test
  void aSkippedTimeIsReadAsAnHourLater() {
    assertThat(NewYork.instant(LocalDateTime.parse("2019-03-10T02:30")))
        .isEqualTo(Instant.parse("2019-03-10T07:30:00Z"));
  }

  @Test
  void aRepeatedTimeIsItsFirstOccurrenceUnlessThatIsTooEarly() {
    LocalDateTime repeated = LocalDateTime.parse("2019-11-03T01:10");
    Instant first = Instant.parse("2019-11-03T05:10:00Z");
    assertThat(NewYork.instant(repeated)).isEqualTo(first);
    assertThat(NewYork.instantNotBefore(first, repeated)).isEqualTo(first);
    assertThat(NewYork.instantNotBefore(first.plusSeconds(1), repeated))
        .isEqualTo(Instant.parse("2019-11-03T06:10:00Z"));
  }

  @Test
  void aWallClockTimeIsTheInstantThatTheZonesRulesSay() {
    Draw.cases(
        20_000,
        draw -> {
          long halfHours = draw.between(-90_000 * 48L, 30_000 * 48L);
          LocalDateTime wallClock = LocalDate.EPOCH.atStartOfDay().plusMinutes(30 * halfHours);

          assertThat(NewYork.instant(wallClock))
              .isEqualTo(wallClock.atZone(NewYork.ZONE).toInstant());
        });
  }

  @Test
  void soIsEachMinuteOfTheDaysOnWhichTheClocksChange() {
    for (String day : List.of("1883-11-18", "1967-04-30", "2019-03-10", "2019-11-03")) {
      for (int minute = 0; minute < 3 * 24 * 60; minute++) {
        LocalDateTime wallClock =
            LocalDate.parse(day).minusDays(1).atStartOfDay().plusMinutes(minute);
        Instant first = wallClock.atZone(NewYork.ZONE).toInstant();
        Instant last = wallClock.atZone(NewYork.ZONE).withLaterOffsetAtOverlap().toInstant();
        assertThat(NewYork.instant(wallClock)).isEqualTo(first);
        assertThat(NewYork.instantNotBefore(first, wallClock)).isEqualTo(first);
        assertThat(NewYork.instantNotBefore(first.plusSeconds(1), wallClock)).isEqualTo(last);
      }
    }
  }

  @Test
  void theLastAndTheFirstDayThatThereAreHaveInstantsToo() {
    for (LocalDateTime absurd : List.of(LocalDateTime.MAX, LocalDate.MIN.atTime(12, 0))) {
      assertThat(NewYork.instant(absurd)).isEqualTo(absurd.atZone(NewYork.ZONE).toInstant());
    }
  }

  @Test
  void aDayBeginsAtNewYorksMidnight() {
    assertThat(NewYork.day(Instant.parse("2019-07-01T03:59:59Z")))
        .isEqualTo(LocalDate.of(2019, 6, 30));
    assertThat(NewYork.day(Instant.parse("2019-07-01T04:00:00Z")))
        .isEqualTo(LocalDate.of(2019, 7, 1));
  }

  private static Duration between(String from, String to) {
    return Duration.between(
        NewYork.instant(LocalDateTime.parse(from)), NewYork.instant(LocalDateTime.parse(to)));
  }
}
