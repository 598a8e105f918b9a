package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import nyc311.bucket.Content;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.medians.MediansJson;
import nyc311.medians.MediansWindow;
import nyc311.requests.RawDays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of recorded days, lived through. */
class ReplayTest {
  private static final LocalDate FIRST = LocalDate.of(2019, 3, 7);

  /** Of the last morning: a week after the last day, when summer time has begun. */
  private static final String LAST_CUT = "2019-03-17T02:05:00.000";

  private static final Instant LAST_CUT_INSTANT = Instant.parse("2019-03-17T06:05:00Z");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Map<String, String> environment = Map.of();

  @TempDir private Path folder;

  @Test
  void itEndsWithTheMediansOfTheSameDaysCutAtTheLastMorning() throws Exception {
    environment = Map.of("LOOKBACK_DAYS", "1,2,3,4,5,6,7,8,9,10");
    Path recorded = Files.createDirectory(folder.resolve("recorded"));
    Path cut = Files.createDirectory(folder.resolve("cut"));
    // 8 March has no file, as if nobody had collected it.
    for (LocalDate day : List.of(FIRST, FIRST.plusDays(2), FIRST.plusDays(3))) {
      ArrayNode rows = rows(day);
      write(recorded, day, rows, Instant.parse("2019-04-01T06:05:00Z"));
      rows.forEach(row -> cut((ObjectNode) row));
      write(cut, day, rows, LAST_CUT_INSTANT);
    }

    assertThat(run(recorded.toString(), "--data=" + folder.resolve("bucket"))).isZero();

    assertThat(folder.resolve("bucket/nyc311-local/311/medians.json"))
        .hasBinaryContent(
            MediansJson.write(
                MediansWindow.newest(RawDays.in(cut), 60, (task, done, all) -> {}).orElseThrow()));
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("bucket/nyc311-local/311/record.json").toFile())
                .findValuesAsText("day"))
        .as("began when something was in force, and was followed for a week")
        .containsExactly("2019-03-09");
    assertThat(out.toString())
        .containsPattern(
            "Record     of the week from 2019-03-04, days: \\d\\R {11}medians +\\d+ requests,"
                + " 0\\.\\d{3} within");
    assertThat(out.toString().replaceAll("(?m)^Record .*\\R|^ {11}.* within, .*\\R", "").lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo("Replay     3 days, on the mornings from 2019-03-08 to 2019-03-17"),
            line -> assertThat(line).startsWith("2019-03-14 ").contains(" days written"),
            line ->
                assertThat(line)
                    .contains("3 complaint types, 120 requests, 2019-01-10 to 2019-03-10"),
            line -> assertThat(line).startsWith("2019-03-17 ").contains(" days judged, "),
            line -> assertThat(line).endsWith(", as of " + LAST_CUT_INSTANT),
            line -> assertThat(line).matches("Done +after \\d+ s: .*days empty.*"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatIsAskedWronglyIsSaidInOneLine() throws Exception {
    Path days = Files.createDirectory(folder.resolve("days"));
    assertThat(refusal("no/such")).isEqualTo("FOLDER must be a folder of raw days: no/such");
    assertThat(refusal(days.toString()))
        .isEqualTo("FOLDER: no file YYYY-MM-DD.json or YYYY-MM-DD.json.gz in " + days);
    assertThat(refusal()).contains("FOLDER");

    write(days, FIRST, rows(FIRST), LAST_CUT_INSTANT);
    Path lived = Files.createDirectories(folder.resolve("lived/nyc311-local/311/raw_data"));
    Files.writeString(lived.resolve("2019-01-01.json"), "[]");
    String data = "--data=" + folder.resolve("lived");
    assertThat(refusal(days.toString(), data))
        .isEqualTo("--data must be a folder without raw days: " + folder.resolve("lived"));
    environment = Map.of("WINDOW_DAYS", "0");
    assertThat(refusal(days.toString()))
        .isEqualTo("WINDOW_DAYS must be a whole number between 1 and 6000: 0");
  }

  private int run(String... arguments) {
    Replay replay = new Replay();
    replay.environment = environment;
    return Program.of(replay)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String refusal(String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(err.toString()).startsWith("replay: ").hasLineCount(1);
    return err.toString().strip().substring("replay: ".length());
  }

  /** Forty requests, closed within three weeks; of each day one in the last night. */
  private static ArrayNode rows(LocalDate day) {
    SplittableRandom random = new SplittableRandom(day.toEpochDay());
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < 40; i++) {
      LocalDateTime created = day.atStartOfDay().plusSeconds(random.nextInt(86_400));
      LocalDateTime closed =
          i == 0
              ? LocalDateTime.parse("2019-03-16T22:00:00")
              : created.plusSeconds(1 + random.nextInt(21 * 86_400));
      rows.addObject()
          .put("unique_key", "" + (day.toEpochDay() * 100 + i))
          .put("created_date", created.withNano(1_000_000) + "")
          .put("closed_date", closed.withNano(1_000_000) + "")
          .put("agency", "NYPD")
          .put("complaint_type", List.of("Noise", "Rodent", "Sewer").get(i % 3))
          .put("status", "Closed");
    }
    return rows;
  }

  /** As it was known at the last cut: the feed's timestamps have one width. */
  private static void cut(ObjectNode row) {
    if (row.get("closed_date").asText().compareTo(LAST_CUT) > 0) {
      row.remove("closed_date");
      row.put("status", "Open");
    }
  }

  private static void write(Path folder, LocalDate day, ArrayNode rows, Instant asOf)
      throws IOException {
    new FolderBucket(folder, Keys.RAW_DAYS)
        .put(
            Keys.rawDay(day),
            Content.of(new ObjectMapper().writeValueAsBytes(rows)),
            Map.of(Keys.COLLECTED_AT, asOf.toString()),
            Optional.empty());
  }
}
