package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import nyc311.bucket.Keys;
import nyc311.local.History.Day;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "61 300, 'DAYS must be between 62 and 5844: 61'",
    "5845 300, 'DAYS must be between 62 and 5844: 5845'",
    "100 0, 'ROWS must be between 1 and 50000: 0'",
    "many 300, 'many'",
    "100, 'ROWS'",
  })
  void whatIsAskedWronglyIsSaidInOneLine(String arguments, String problem) {
    StringWriter err = new StringWriter();

    int status =
        Program.of(new History()).setErr(new PrintWriter(err)).execute(arguments.split(" ", -1));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).startsWith("history: ").contains(problem).hasLineCount(1);
  }

  @Test
  void aDayWithinTheWindowIsPublished() throws IOException {
    assertThat(History.run(WINDOW, 20, WINDOW))
        .allSatisfy(day -> assertThat(day.written()).contains(Keys.MEDIANS));
  }
}
