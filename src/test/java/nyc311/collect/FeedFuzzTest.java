package nyc311.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import nyc311.collect.RawDayWriter.Counts;
import nyc311.collect.RawDayWriter.Page;
import nyc311.local.OneSecond;
import nyc311.requests.Put;
import nyc311.requests.RawDay;

/**
 * Whatever the feed sends as a page, it is refused as a whole before any of it is kept, or its rows
 * make a raw day that the recomputer can read.
 */
class FeedFuzzTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);
  private static final Instant BOUND = Instant.parse("2019-08-01T00:00:00Z");

  @FuzzTest
  void anyPage(byte[] bytes) throws IOException {
    Path page = Files.createTempFile("page-", ".json");
    Path rawDay = Files.createTempFile("raw-day-", ".json");
    try {
      Files.write(page, bytes);
      OneSecond.of(
          () -> {
            write(page, rawDay);
            return null;
          });
    } finally {
      Files.delete(page);
      Files.delete(rawDay);
    }
  }

  private static void write(Path page, Path rawDay) throws IOException {
    Page checked;
    try {
      checked = RawDayWriter.checked(page);
    } catch (IOException e) {
      return;
    }
    Counts counts;
    try (RawDayWriter writer = new RawDayWriter(rawDay)) {
      writer.append(page, checked);
      counts = writer.counts();
    }
    assertThat(counts.rows()).isEqualTo(checked.rows());
    RawDay read = RawDay.read(DAY, Put.byHand(Files.newInputStream(rawDay), BOUND), accepted -> {});
    assertThat(read.rows()).isEqualTo(counts.rows() - counts.duplicates() - counts.oversized());
  }
}
