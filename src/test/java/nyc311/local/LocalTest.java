package nyc311.local;

import static nyc311.local.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import nyc311.local.ShownAnswers.Shown;
import nyc311.requests.NewYork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a newcomer does with the run command. */
class LocalTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private static final String GOLDEN_MODEL = "2019-04-08-fb5ac7af";
  private final StringWriter printed = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private Runnable onPrinted = () -> {};
  private Clock clock = Clock.systemUTC();

  @TempDir private Path folder;

  @Test
  void theSampleIsCollectedRecomputedAndAnswered() throws Exception {
    try (Local local = started()) {
      assertThat(printed.toString())
          .startsWith("Start ")
          .contains("Recompute the medians\n", "\nReady ")
          .contains(today().minusDays(1) + " ", "rows  written")
          .contains("complaint types")
          .contains("Open      " + local.url() + "/\n")
          .contains("curl -s " + local.url() + "/predict/noise-residential");

      assertThat(get(local, "/").body()).contains("<h1>How long will my 311 request take?</h1>");
      await().until(() -> get(local, "/predict/appliance").statusCode() == 200);
      HttpResponse<String> appliance = get(local, "/predict/appliance");
      assertThat(appliance.statusCode()).isEqualTo(200);
      JsonNode answer = JSON.readTree(appliance.body());
      assertThat(answer.get("status").asText()).isEqualTo("success");
      assertThat(answer.get("complaint_type").asText()).isEqualTo("appliance");
      assertThat(answer.get("estimated_time").asDouble()).isBetween(24., 1_000.);

      HttpResponse<String> wrong = get(local, "/predict/wrongtype");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(wrong.body()).get("problem").asText())
          .isEqualTo("Complaint type is not in database");

      assertThat(get(local, "/predict/Noise%20-%20Street%2FSidewalk").statusCode()).isEqualTo(200);

      String example =
          lineWith("?lat=").replaceAll(".*'(.*)'", "$1").substring(local.url().toString().length());
      assertThat(JSON.readTree(get(local, example).body()).get("basis").asText())
          .isEqualTo("regression");
    }
  }

  @Test
  void theSampleGivesTheSameEstimatesWheneverItIsStarted() throws Exception {
    JsonNode estimates = estimatesOfTheSampleAt("2024-06-12T12:00");
    assertThat(estimates.findValues("complaint_type")).hasSizeGreaterThan(50);
    for (String start :
        List.of(
            "2024-03-10T00:10", // summer time begins
            "2024-03-18T00:10", // it began eight days ago
            "2024-11-03T23:50", // it ends
            "2024-11-10T03:00",
            "2025-01-01T23:50")) {
      assertThat(estimatesOfTheSampleAt(start)).as(start).isEqualTo(estimates);
    }
  }

  @Test
  void aReplayedSampleHasThreeWeeksBehindItAndTheSameEstimates() throws Exception {
    clock = Clock.fixed(Instant.parse("2024-06-12T16:00:00Z"), ZoneOffset.UTC);
    Path medians = Path.of("nyc311-local/311/medians.json");
    Path plain = folder.resolve("plain");
    started("--data", plain.toString()).close();

    Path replayed = folder.resolve("replayed");
    printed.getBuffer().setLength(0);
    started("--data", replayed.toString(), "--replay").close();
    assertThat(lineWith("Replay ")).isEqualTo("Replay    20 mornings, one after another");
    assertThat(replayed.resolve(medians)).hasSameBinaryContentAs(plain.resolve(medians));
    assertThat(printed.toString().lines().filter(line -> line.startsWith("Collect ")))
        .as("the last week, whose days were known to their end")
        .filteredOn(line -> line.endsWith("unchanged"))
        .hasSize(6);

    printed.getBuffer().setLength(0);
    started("--data", replayed.toString(), "--replay").close();
    assertThat(printed.toString()).as("a second time").doesNotContain("Replay ");
  }

  @Test
  void theRunCommandGivesTheAnswersThatAreShownWithIt() throws Exception {
    List<Shown> shown = ShownAnswers.ofTheSample();
    assertThat(shown).hasSizeGreaterThanOrEqualTo(3);
    try (Local local = started()) {
      for (Shown one : shown) {
        assertThat(exceptDates(get(local, one.address()).body()))
            .as(one.address())
            .isEqualTo(exceptDates(one.answer()));
      }
    }
  }

  private static JsonNode exceptDates(String answer) throws IOException {
    return ((ObjectNode) JSON.readTree(answer)).without(List.of("as_of", "model"));
  }

  /** The published medians without the days that they are of. */
  private JsonNode estimatesOfTheSampleAt(String newYork) throws Exception {
    LocalDateTime start = LocalDateTime.parse(newYork);
    clock = Clock.fixed(NewYork.instant(start), ZoneOffset.UTC);
    started("--data", folder.resolve(newYork).toString()).close();
    JsonNode medians =
        JSON.readTree(folder.resolve(newYork + "/nyc311-local/311/medians.json").toFile());
    LocalDate yesterday = start.toLocalDate().minusDays(1);
    assertThat(medians.at("/window/to").asText()).isEqualTo(yesterday.toString());
    assertThat(medians.get("as_of").asText())
        .isEqualTo(NewYork.instant(yesterday.atTime(23, 59, 59)).toString());
    return ((ObjectNode) medians).without(List.of("as_of", "window"));
  }

  @Test
  void aRawDayThatAnyClientPutsIsRecomputedAndAnswered() throws Exception {
    try (Local local = started()) {
      assertThat(get(local, "/predict/dragons").statusCode()).isEqualTo(400);
      LocalDate yesterday = today().minusDays(1);
      String rawDay =
          """
          [{"created_date":"%1$sT12:00:00.000","closed_date":"%1$sT15:00:00.000",
            "status":"Closed","complaint_type":"Dragons"}]\
          """
              .formatted(yesterday);
      URI key =
          URI.create(lineWith("S3 ").split(" +", -1)[1] + "/311/raw_data/" + yesterday + ".json");
      HttpRequest put = HttpRequest.newBuilder(key).PUT(BodyPublishers.ofString(rawDay)).build();
      assertThat(http.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(200);

      await()
          .untilAsserted(
              () ->
                  assertThat(get(local, "/predict/dragons").body())
                      .contains("\"estimated_time\":3.00"));
    }
  }

  @Test
  void withoutAFeedTheMediansAndTheModelOfTheRepositoryAreServed() throws Exception {
    try (Local local = started("--feed", "none")) {
      String path = "/predict/noise-residential?date=2019-06-14";
      JsonNode answer = JSON.readTree(get(local, path).body());
      assertThat(answer.get("requests").asInt()).isGreaterThan(40_000);
      assertThat(answer.get("basis").asText()).isEqualTo("regression");
      assertThat(lineWith("Model ")).endsWith(" " + answer.get("model").asText());
    }
  }

  @Test
  void withoutAFeedOnlyThatIsServedWhateverTheFolderHas() throws Exception {
    started("--feed", oneDay("Dragons")).close();
    putTheGoldenModel();

    try (Local local = started("--feed", "none")) {
      assertThat(get(local, "/predict/dragons").statusCode()).isEqualTo(400);
      JsonNode answer =
          JSON.readTree(get(local, "/predict/noise-residential?date=2019-06-14").body());
      assertThat(answer.get("requests").asInt()).isGreaterThan(40_000);
      assertThat(answer.get("model").asText()).isNotEqualTo(GOLDEN_MODEL);
    }
  }

  @Test
  void aModelThatIsThereStays() throws Exception {
    putTheGoldenModel();
    try (Local local = started("--feed", oneDay("Noise"))) {
      assertThat(local.url()).isNotNull();
      assertThat(lineWith("Model ")).endsWith(" " + GOLDEN_MODEL);
    }
  }

  @Test
  void everyFeedHasItsOwnFolder() throws Exception {
    assertThat(dataOf()).isEqualTo(Path.of("target/local/sample-" + today()));
    assertThat(dataOf("--feed", "none")).isEqualTo(Path.of("target/local/none"));
    assertThat(dataOf("--feed", "some/where/raw_days/"))
        .isEqualTo(Path.of("target/local/raw_days"));
    assertThat(dataOf("--feed", "none", "--data", "a/b")).isEqualTo(Path.of("a/b"));
  }

  @Test
  void anotherWindowTakesEffectThoughNoDayHasChanged() throws Exception {
    String days = oneDay("Noise");
    writeDay(Path.of(days), LocalDate.of(2019, 2, 1), "Noise");
    started("--feed", days).close();
    assertThat(lineWith("Medians ")).contains("2 requests");

    environment.put("WINDOW_DAYS", "1");
    started("--feed", days).close();
    assertThat(lineWith("Medians ")).contains("1 requests");
  }

  @Test
  void eachDayIsReportedAsItIsCollectedTheNewestFirst() throws Exception {
    Path rawDays = folder.resolve("bucket/nyc311-local/311/raw_data");
    List<List<String>> atFirstReport = new ArrayList<>();
    onPrinted =
        () -> {
          if (atFirstReport.isEmpty() && printed.toString().contains("written")) {
            try (Stream<Path> files = Files.list(rawDays)) {
              atFirstReport.add(files.map(file -> file.getFileName().toString()).toList());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    started().close();

    assertThat(atFirstReport).containsExactly(List.of(today().minusDays(1) + ".json"));
    assertThat(printed.toString().lines().filter(line -> line.startsWith("Collect ")).limit(3))
        .satisfiesExactly(
            line -> assertThat(line).endsWith(" 21 days, the newest first"),
            line -> assertThat(line).contains(" " + today().minusDays(1) + " "),
            line -> assertThat(line).contains(" " + today().minusDays(2) + " "));
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      String port = String.valueOf(taken.getLocalPort());
      assertThat(refusal("--port=" + port, "--s3-port=0"))
          .isEqualTo("--port " + port + ": Address already in use, choose another");
      assertThat(refusal("--port=0", "--s3-port=" + port))
          .isEqualTo("--s3-port " + port + ": Address already in use, choose another");
    }
  }

  @Test
  void whatIsAskedWronglyIsSaidInOneLineBeforeAnythingIsStarted() throws IOException {
    Path none = Files.createDirectory(folder.resolve("none"));
    Path twice = Path.of(oneDay("Noise"));
    Files.createFile(twice.resolve("2019-03-01.json.gz"));
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(refusal("--port=70000")).isEqualTo("--port must be between 0 and 65535: 70000");
    assertThat(refusal("--s3-port=-1")).isEqualTo("--s3-port must be between 0 and 65535: -1");
    assertThat(refusal("--port=http")).contains("--port", "http");
    assertThat(refusal("--prot=1")).contains("--prot");
    assertThat(refusal("--replay", "--feed=none"))
        .isEqualTo("--replay needs a feed of recorded days: none");
    assertThat(refusal("--feed=no/such/folder"))
        .isEqualTo("--feed must be sample, live, none or a folder of raw days: no/such/folder");
    assertThat(refusal("--feed=" + none))
        .isEqualTo("--feed: no file YYYY-MM-DD.json or YYYY-MM-DD.json.gz in " + none);
    assertThat(refusal("--feed=" + twice))
        .isEqualTo(
            "--feed: two files of one day in %s: 2019-03-01.json and 2019-03-01.json.gz"
                .formatted(twice));
    Path damaged = Files.createDirectory(folder.resolve("damaged"));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write("[]".getBytes(StandardCharsets.UTF_8));
    }
    Path cut =
        Files.write(
            damaged.resolve("2019-03-01.json.gz"), Arrays.copyOf(compressed.toByteArray(), 12));
    assertThat(refusal("--feed=" + damaged))
        .isEqualTo("--feed: " + cut + ": its gzip ends too early");
    environment.put("WINDOW_DAYS", "abc");
    assertThat(refusal()).isEqualTo("WINDOW_DAYS must be a whole number between 1 and 6000: abc");
    environment.put("WINDOW_DAYS", "");
    environment.put("REFRESH_SECONDS", "-1");
    assertThat(refusal())
        .isEqualTo("REFRESH_SECONDS must be a whole number between 0 and 86400: -1");
    environment.clear();
    environment.put("FEED_URL", "nowhere");
    assertThat(refusal("--feed=live")).isEqualTo("FEED_URL must be an http or https URL: nowhere");
    assertThat(printed.toString()).isEmpty();

    environment.clear();
    assertThat(refusal("--data=" + file, "--s3-port=0"))
        .isEqualTo("--data must be a folder that can be written: " + file);
    environment.put("FEED_APP_TOKEN", "two words");
    assertThat(refusal("--port=0", "--s3-port=0"))
        .isEqualTo("the application token must be of visible ASCII characters, at most 200");
  }

  @Test
  void interruptedWhileCollectingItEndsQuietly() throws Exception {
    String days = oneDay("Noise");
    for (int i = 1; i < 400; i++) {
      writeDay(Path.of(days), LocalDate.of(2019, 3, 1).minusDays(i), "Noise");
    }
    assertThat(linesUntilInterruptedAt("written", "--feed=" + days)).hasSizeLessThan(300);
  }

  @Test
  void interruptedWhenIdleItEndsQuietly() throws Exception {
    assertThat(linesUntilInterruptedAt("Ctrl-C", "--feed=none")).isNotEmpty();
  }

  /** What a process prints that is interrupted when it has printed this, and ends as it should. */
  private List<String> linesUntilInterruptedAt(String text, String option) throws Exception {
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Jdk.running().java().toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Local.class.getName(),
                "--port=0",
                "--s3-port=0",
                "--data=" + folder.resolve("bucket"),
                option)
            .redirectError(err.toFile())
            .start();
    try (BufferedReader out = process.inputReader()) {
      List<String> lines = new ArrayList<>(List.of(""));
      while (!lines.get(lines.size() - 1).contains(text)) {
        lines.add(out.readLine());
      }
      process.toHandle().destroy(); // leaves its streams open
      out.lines().forEach(lines::add);

      assertThat(lines.get(lines.size() - 1)).isEqualTo("Stopped.");
      assertThat(Files.readString(err)).isEmpty();
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aFolderOfRawDaysIsAFeed() throws Exception {
    try (Local local = started("--feed", oneDay("Noise"))) {
      await().until(() -> get(local, "/predict/noise").statusCode() == 200);
      JsonNode answer = JSON.readTree(get(local, "/predict/noise").body());
      assertThat(answer.get("estimated_time").asDouble()).isEqualTo(2);
      assertThat(answer.get("as_of").asText()).isEqualTo("2019-03-01T19:00:00Z");
    }
  }

  /** The line that is said when the command refuses what it is asked. */
  private String refusal(String... options) {
    StringWriter problem = new StringWriter();
    Local local = new Local();
    local.data = folder.resolve("bucket");
    local.environment = environment;
    int status =
        Program.of(local)
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(problem))
            .execute(options);
    assertThat(status).isEqualTo(2);
    assertThat(problem.toString()).startsWith("local: ").hasLineCount(1);
    return problem.toString().strip().replaceFirst("local: ", "");
  }

  private Local started(String... options) throws Exception {
    Local local = new Local();
    PrintWriter out =
        new PrintWriter(printed) {
          @Override
          public void flush() {
            super.flush();
            onPrinted.run();
          }
        };
    new CommandLine(local).setOut(out).parseArgs(options);
    local.port = 0;
    local.s3Port = 0;
    local.data = Optional.ofNullable(local.data).orElse(folder.resolve("bucket"));
    local.environment = environment;
    local.clock = clock;
    local.start();
    return local;
  }

  private static LocalDate today() {
    return NewYork.day(Instant.now());
  }

  private static Path dataOf(String... options) {
    Local local = new Local();
    new CommandLine(local).parseArgs(options);
    return local.data();
  }

  /** A folder with 1 March 2019, on which there was one request, closed after two hours. */
  private String oneDay(String complaintType) throws IOException {
    Path days = Files.createDirectory(folder.resolve("days"));
    writeDay(days, LocalDate.of(2019, 3, 1), complaintType);
    return days.toString();
  }

  private static void writeDay(Path days, LocalDate day, String complaintType) throws IOException {
    String row =
        """
        [{"created_date":"%1$sT12:00:00.000","closed_date":"%1$sT14:00:00.000","status":"Closed",
          "complaint_type":"%2$s"}]\
        """;
    Files.writeString(days.resolve(day + ".json"), row.formatted(day, complaintType));
  }

  private void putTheGoldenModel() throws IOException {
    Path golden = Path.of("src/test/resources/golden-model");
    try (LocalS3 s3 = LocalS3.onFolder(folder.resolve("bucket"), 0, "nyc311-local");
        Stream<Path> files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String key = golden.relativize(file).toString();
        s3.client().putObject(request -> request.bucket(s3.bucket()).key(key), file);
      }
    }
  }

  /** The last line that was printed with this text in it. */
  private String lineWith(String text) {
    return printed
        .toString()
        .lines()
        .filter(line -> line.contains(text))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  private HttpResponse<String> get(Local local, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(local.url() + path)).build(), BodyHandlers.ofString());
  }
}
