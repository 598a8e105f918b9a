package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.WriteConflictException;
import nyc311.commands.Commands;
import nyc311.local.MemoryBucket;
import nyc311.local.WatchedBucket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person computes and looks at is what the recomputer publishes. */
class MediansCommandTest {
  private static final LocalDate DAY = LocalDate.parse("2019-07-01");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Three days, and one long before them. */
  @BeforeEach
  void fourDays() throws IOException {
    for (int ago : List.of(0, 1, 2, 90)) {
      Files.writeString(rawDay(DAY.minusDays(ago)), rows(DAY.minusDays(ago)));
    }
  }

  @Test
  void mediansAreThoseOfTheRecomputer() throws IOException {
    MemoryBucket bucket = new MemoryBucket();
    for (int ago : List.of(0, 1, 2, 90)) {
      LocalDate day = DAY.minusDays(ago);
      bucket.write(Keys.rawDay(day), Content.of(Files.readAllBytes(rawDay(day))));
      new Recompute(bucket, 60, Clock.systemUTC()).run(List.of(day));
    }

    assertThat(run("medians", "--raw-days=" + folder, "--publish=" + folder.resolve("out")))
        .isZero();

    assertThat(published())
        .isEqualTo(bucket.get(Keys.MEDIANS).orElseThrow().content().readAllBytes());
    assertThat(out.toString()).contains("2 complaint types, 12 requests", "published in");
  }

  @Test
  void theWindowCanBeWidened() throws IOException {
    Path output = folder.resolve("medians.json");

    run("medians", "--raw-days=" + folder, "--window-days=91", "--output=" + output);

    Medians medians = MediansJson.read(new ByteArrayInputStream(Files.readAllBytes(output)));
    assertThat(medians.from()).isEqualTo(DAY.minusDays(90));
    assertThat(medians.requests()).isEqualTo(16);
  }

  @Test
  void mediansAreWrittenWhereALinkLeads() throws IOException {
    Path file = folder.resolve("medians.json");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThat(run("medians", "--raw-days=" + folder, "--output=" + link)).isZero();

    assertThat(link).isSymbolicLink();
    assertThat(file).isRegularFile().isNotEmptyFile();
  }

  @Test
  void whereThereIsAFileNoFolderIsMade() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    assertThat(run("medians", "--raw-days=" + folder, "--output=" + file.resolve("medians.json")))
        .isEqualTo(1);

    assertThat(err.toString().strip()).isEqualTo("nyc311 medians: not a folder: " + file);
  }

  @Test
  void aRawDayThatIsCutShortIsNamed() throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(whole)) {
      gzip.write(rows(DAY).getBytes(UTF_8));
    }
    Files.delete(rawDay(DAY));
    Path cut = folder.resolve(DAY + ".json.gz");
    Files.write(cut, Arrays.copyOf(whole.toByteArray(), whole.size() - 20));

    assertThat(run("medians", "--raw-days=" + folder)).isEqualTo(1);
    assertThat(err.toString().strip())
        .isEqualTo("nyc311 medians: " + cut + ": its gzip ends too early");
  }

  @Test
  void aDayThatIsThereTwiceIsRefused() throws IOException {
    Path twin = Files.writeString(folder.resolve(DAY + ".json.gz"), "any");

    for (String[] asked :
        List.of(
            new String[] {"medians", "--raw-days=" + folder},
            new String[] {"summary", "--raw-days=" + folder},
            new String[] {"summary", twin.toString()})) {
      err.getBuffer().setLength(0);
      assertThat(run(asked)).isEqualTo(1);
      assertThat(err.toString())
          .contains(rawDay(DAY) + " and " + twin + " are both there: remove one");
    }
  }

  @Test
  void aSummaryOfTwoFilesOfOneDayIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path other = Files.writeString(elsewhere.resolve(DAY + ".json"), rows(DAY));

    assertThat(run("summary", rawDay(DAY).toString(), other.toString())).isEqualTo(2);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .startsWith("nyc311 summary: a day must be given once: " + rawDay(DAY) + " and " + other);
  }

  @Test
  void newerMediansAreReplacedOnlyWhenTold() throws IOException {
    String target = "--publish=" + folder.resolve("out");
    assertThat(run("medians", "--raw-days=" + folder, target)).isZero();
    byte[] newer = published();
    Files.delete(rawDay(DAY));

    assertThat(run("medians", "--raw-days=" + folder, target)).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("the published medians are newer, as of 2019-07-01T", "--force");
    assertThat(published()).isEqualTo(newer);

    assertThat(run("medians", "--raw-days=" + folder, target, "--force")).isZero();
    assertThat(published()).isNotEqualTo(newer);
  }

  /** Whoever forces medians means those that were there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mediansThatArriveMeanwhileAreNotReplaced(boolean force) throws IOException {
    assertThat(run("medians", "--raw-days=" + folder, "--publish=" + folder.resolve("out")))
        .isZero();
    byte[] late = published();
    Files.delete(rawDay(DAY));
    Path output = folder.resolve("medians.json");
    assertThat(run("medians", "--raw-days=" + folder, "--output=" + output)).isZero();
    MemoryBucket bucket = new MemoryBucket();
    WatchedBucket watched = new WatchedBucket(bucket);
    watched.afterNextGet(Keys.MEDIANS, () -> bucket.write(Keys.MEDIANS, Content.of(late)));
    MediansPublication early = new MediansPublication(Files.readAllBytes(output), force);

    assertThatThrownBy(() -> early.publish(watched))
        .isInstanceOf(WriteConflictException.class)
        .hasMessageContaining(Keys.MEDIANS);

    assertThat(bucket.get(Keys.MEDIANS).orElseThrow().content().readAllBytes()).isEqualTo(late);
  }

  @Test
  void aSummaryShowsEachDayAndTheTypesOfAll() throws IOException {
    Files.writeString(
        rawDay(DAY),
        rows(DAY).replace("]", ",{\"complaint_type\":\"Rodent\",\"status\":\"Open\"}]"));

    assertThat(run("summary", rawDay(DAY).toString(), rawDay(DAY.minusDays(1)).toString()))
        .isZero();

    assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "day as of rows accepted open rejected",
            "2019-06-30 2019-06-30T18:00:00Z 4 4 1",
            "2019-07-01 2019-07-01T18:00:00Z 5 4 1 1 missing_created_date",
            "",
            "complaint type requests open p10 median p90",
            "Rodent 6 2 1.00 2.00 4.00+",
            "Noise 2 0 0.50 0.50 0.50");
  }

  @Test
  void aSummaryIsOfTheDaysAndTypesThatAreAskedFor() {
    assertThat(run("summary", "--raw-days=" + folder, "--day=" + DAY, "--types=1")).isZero();

    assertThat(out.toString()).contains("2019-07-01", "Rodent").doesNotContain("2019-06", "Noise");
  }

  /** Of four requests one is open: since four hours when the last thing happened. */
  private static String rows(LocalDate day) {
    return """
    [{"created_date":"%1$sT10:00:00","closed_date":"%1$sT11:00:00","status":"Closed","complaint_type":"Rodent"},
     {"created_date":"%1$sT12:00:00","closed_date":"%1$sT14:00:00","status":"Closed","complaint_type":"Rodent"},
     {"created_date":"%1$sT10:00:00","status":"Open","complaint_type":"Rodent"},
     {"created_date":"%1$sT12:00:00","closed_date":"%1$sT12:30:00","status":"Closed","complaint_type":"Noise"}]
    """
        .formatted(day);
  }

  private Path rawDay(LocalDate day) {
    return folder.resolve(day + ".json");
  }

  private byte[] published() throws IOException {
    return Files.readAllBytes(folder.resolve("out").resolve(Keys.MEDIANS));
  }

  private int run(String... arguments) {
    return Commands.commandLine(System.getenv())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
