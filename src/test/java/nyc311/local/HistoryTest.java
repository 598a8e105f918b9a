package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import nyc311.bucket.Keys;
import nyc311.local.History.Day;
import org.junit.jupiter.api.Test;

/**
 * A backfill is linear in its days: however many there are already, one more takes the same
 * requests, and once the window is full, it changes nothing that is published.
 */
class HistoryTest {
  private static final int WINDOW = 10;

  @Test
  void aDayPastTheWindowTakesTheSameRequestsHoweverManyThereAre() throws IOException {
    List<Day> days = History.run(50, 20, WINDOW);

    assertThat(days).hasSize(50);
    List<Day> past = days.subList(WINDOW, days.size());
    assertThat(past).extracting(Day::requests).containsOnly(past.get(0).requests());
    assertThat(past)
        .allSatisfy(
            day ->
                assertThat(day.written())
                    .containsExactly(Keys.rawDay(day.day()), Keys.daySummary(day.day())));
  }

  @Test
  void aDayWithinTheWindowIsPublished() throws IOException {
    assertThat(History.run(WINDOW, 20, WINDOW))
        .allSatisfy(day -> assertThat(day.written()).contains(Keys.MEDIANS));
  }
}
