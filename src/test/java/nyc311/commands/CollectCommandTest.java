package nyc311.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.SampleFeed;
import nyc311.requests.RawDays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code collect} makes a folder of raw days by the rules that the collector has for a bucket. */
class CollectCommandTest {
  private static final SampleFeed SAMPLE = SampleFeed.ofJuly2019();
  private static final LocalDate DAY = SAMPLE.lastDay();

  @TempDir private Path folder;
  private FeedServer feed;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws IOException {
    feed = new FeedServer(SAMPLE);
  }

  @AfterEach
  void stop() {
    feed.close();
  }

  @Test
  void aFolderIsMadeWhoseDaysKnowWhenTheyDateFrom() throws IOException {
    assertThat(collect("--from=" + DAY.minusDays(1), "--to=" + DAY)).isZero();

    RawDays days = RawDays.in(rawDays());
    assertThat(days.days()).containsExactly(DAY.minusDays(1), DAY);
    try (StoredObject day = days.open(DAY)) {
      assertThat(day.head().metadata())
          .containsEntry(Keys.COLLECTED_AT, SAMPLE.asOf(DAY).toString());
    }
    assertThat(out.toString()).contains(DAY + " ", " written", "2 days: 2 written");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatHasNotChangedStaysAsItIs() throws IOException {
    collect("--day=" + DAY);
    String before = attributes();

    assertThat(collect("--day=" + DAY)).isZero();

    assertThat(out.toString()).contains("1 day: 1 unchanged");
    assertThat(attributes()).isEqualTo(before);
  }

  @Test
  void aDayThatTheFeedHasLostIsKept() throws IOException {
    collect("--day=" + DAY);
    String before = attributes();
    feed.misbehave(request -> Fault.empty());

    assertThat(collect("--day=" + DAY)).isZero();

    assertThat(out.toString()).contains("1 day: 1 empty");
    assertThat(attributes()).isEqualTo(before);
  }

  @Test
  void olderDataDoNotReplaceNewerOnes() throws IOException {
    collect("--day=" + DAY);
    String before = attributes();
    feed.close();
    List<ObjectNode> fewer = SAMPLE.rows(DAY, DAY).skip(1).toList();
    feed = new FeedServer(FeedSource.of(fewer, SAMPLE.asOf(DAY).minusSeconds(1)));

    assertThat(collect("--day=" + DAY)).isZero();

    assertThat(attributes()).isEqualTo(before);
  }

  @Test
  void aFeedThatRefusesFailsEachDayLeavesTheOldOneAndEndsIt() throws IOException {
    collect("--day=" + DAY);
    String before = attributes();
    feed.misbehave(request -> Fault.status(403));

    assertThat(collect("--from=" + DAY.minusDays(1), "--to=" + DAY.plusDays(3))).isEqualTo(1);

    assertThat(attributes()).isEqualTo(before);
    assertThat(err.toString().lines())
        .hasSize(4)
        .anyMatch(
            line -> line.startsWith("nyc311 collect: " + DAY + " failed: the feed answered 403"))
        .last()
        .isEqualTo("nyc311 collect: 2 days not tried, since 3 failed in a row");
  }

  @Test
  void aDryRunWritesNothing() {
    assertThat(collect("--day=" + DAY, "--dry-run")).isZero();

    assertThat(out.toString()).contains("1 day: 1 would be written");
    assertThat(rawDays()).doesNotExist();
  }

  @Test
  void aWrongVariableIsNamed() {
    CommandLine commands = commands(Map.of("FEED_URL", "nowhere"));

    assertThat(commands.execute("collect", "--raw-days=" + rawDays(), "--day=" + DAY)).isEqualTo(2);
    assertThat(err.toString()).contains("FEED_URL must be an http or https URL: nowhere");
  }

  private Path rawDays() {
    return folder.resolve("raw_days");
  }

  private String attributes() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(rawDays())) {
      for (Path file : files.sorted().toList()) {
        all.append(file).append(Files.getLastModifiedTime(file)).append(Files.size(file));
      }
    }
    return all.toString();
  }

  private int collect(String... arguments) {
    String url = feed.url("erm2-nwe9").toString();
    return commands(Map.of("FEED_URL", url, "FEED_ARCHIVE_URL", url))
        .execute(
            Stream.concat(Stream.of("collect", "--raw-days=" + rawDays()), Stream.of(arguments))
                .toArray(String[]::new));
  }

  private CommandLine commands(Map<String, String> environment) {
    return Commands.commandLine(environment)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
