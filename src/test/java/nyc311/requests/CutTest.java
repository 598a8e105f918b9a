package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.IntStream;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.local.RealDays;
import org.junit.jupiter.api.Test;

/** A handful of closings that are hours ahead of all others do not say when a day dates from. */
class CutTest {
  private static final Instant NIGHT = Instant.parse("2026-08-04T06:05:00Z");

  @Test
  void ofFewRowsTheLatestTimeCounts() {
    assertThat(cut(NIGHT)).isEqualTo(NIGHT);
    assertThat(cut(NIGHT, NIGHT.plusSeconds(9), NIGHT)).isEqualTo(NIGHT.plusSeconds(9));
    assertThat(new Cut(0).instant()).isNull();
  }

  @Test
  void ofADaysRowsAHandfulMayBeHoursAhead() {
    Instant[] times =
        IntStream.range(-9_999, 6)
            .mapToObj(i -> i <= 0 ? NIGHT.plusSeconds(i) : NIGHT.plus(Duration.ofHours(15 + i)))
            .toArray(Instant[]::new);

    assertThat(cut(times)).isEqualTo(NIGHT);
  }

  @Test
  void ofAnOldDayEachClosingCounts() {
    Instant[] times =
        IntStream.range(0, 10_000)
            .mapToObj(i -> NIGHT.plus(Duration.ofMinutes(i)))
            .toArray(Instant[]::new);

    assertThat(cut(times)).isEqualTo(times[9_999]);
  }

  @Test
  void realDaysDateFromNearTheCutThatIsKnownOfThem() throws IOException {
    Path folder = RealDays.recent();
    RawDays days = RawDays.in(folder);
    for (LocalDate day : days.days()) {
      try (StoredObject raw = days.open(day)) {
        Instant cut = Instant.parse(raw.head().metadata().get(Keys.COLLECTED_AT));
        StoredObject byHand = Put.byHand(raw.content(), raw.head().lastModified());
        Instant asOf = RawDay.readWithoutPlaces(day, byHand, request -> {}).asOf();
        System.out.printf("%s: as of %s by its rows, cut %s%n", day, asOf, cut);
        assertThat(Duration.between(asOf, cut).abs()).as(day.toString()).isLessThan(hours(day));
      }
    }
  }

  /** The second night of 4 August has few closings. */
  private static Duration hours(LocalDate day) {
    return day.getDayOfMonth() == 4 ? Duration.ofHours(4) : Duration.ofMinutes(30);
  }

  private static Instant cut(Instant... times) {
    Cut cut = new Cut(NIGHT.getEpochSecond());
    for (Instant time : times) {
      cut.note(time);
    }
    return cut.instant();
  }
}
