package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.LocalContext;
import nyc311.local.MemoryBucket;
import nyc311.local.SampleFeed;
import nyc311.local.SeenRequest;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the city's feed of 2026 really sends, from one morning's run on. */
class CityFeedTest {
  private static final Path CASES = Path.of("src/test/resources/nyc311/collect/feedCases");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** 06:00 in New York. */
  private static final Instant NOW = Instant.parse("2026-08-07T10:00:00Z");

  /** When the load of the sixth is stamped: 21:30 in New York. */
  private static final Instant LOADED = Instant.parse("2026-08-07T01:30:00Z");

  /** The newest row of that load, 02:05 in New York, some twenty hours before. */
  private static final String CUT = "2026-08-06T02:05:00.000";

  private MemoryBucket bucket = new MemoryBucket();
  private final List<ObjectNode> rows = new ArrayList<>();
  private FeedServer feed;

  @BeforeEach
  void start() throws IOException {
    for (int i = 0; i < 5; i++) {
      rows.add(row(i, "2026-08-04T1%d:00:00.000".formatted(i)));
      rows.add(row(10 + i, "2026-08-05T1%d:00:00.000".formatted(i)));
    }
    rows.add(row(20, CUT));
    feed = new FeedServer(FeedSource.of(rows, LOADED));
  }

  @AfterEach
  void stop() {
    feed.close();
  }

  @Test
  void aDayDatesFromTheNewestRowWhateverTheLoadsStamp() throws IOException {
    collect("2026-08-05", "2026-08-04");

    assertThat(collectedAt("2026-08-05")).isEqualTo("2026-08-06T06:05:00Z");
    assertThat(collectedAt("2026-08-04")).isEqualTo("2026-08-06T06:05:00Z");
    assertThat(feed.requests().stream().filter(SeenRequest::isNewest)).hasSize(1);
  }

  @Test
  void aRowOfTheFutureIsNotTheNewest() throws IOException {
    rows.add(row(30, "2026-08-09T00:00:00.000"));
    serve();
    collect("2026-08-05");

    assertThat(collectedAt("2026-08-05")).isEqualTo("2026-08-06T06:05:00Z");
  }

  @Test
  void aFeedWithoutRecentRowsDatesFromItsStamp() throws IOException {
    rows.removeIf(row -> true);
    rows.add(row(1, "2026-07-01T10:00:00.000"));
    serve();
    collect("2026-07-01");

    assertThat(collectedAt("2026-07-01")).isEqualTo(LOADED.toString());
  }

  @Test
  void aCopyThatLagsDatesFromItsOwnTime() throws IOException {
    rows.add(row(1, "2019-07-01T10:00:00.000"));
    serve();
    JsonNode headers = JSON.readTree(CASES.resolve("feed-data-out-of-date.json").toFile());
    feed.misbehave(
        request ->
            (exchange, answer) -> {
              headers
                  .properties()
                  .forEach(
                      header ->
                          exchange
                              .getResponseHeaders()
                              .set(header.getKey(), header.getValue().asText()));
              Fault.without(
                      headers.properties().stream().map(Map.Entry::getKey).toArray(String[]::new))
                  .answer(exchange, answer);
            });
    collect("2019-07-01");

    assertThat(collectedAt("2019-07-01")).isEqualTo("2019-07-22T06:05:00Z");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void soda3IsLikeSoda2(boolean enveloped) throws IOException {
    JsonNode soda2 = collect("2026-08-05", "2026-08-04");
    List<String> stored = List.of(stored("2026-08-05"), stored("2026-08-04"));
    int before = feed.requests().size();
    feed.misbehave(request -> enveloped ? Fault.enveloped() : Fault.none());
    bucket = new MemoryBucket();

    JsonNode soda3 = invoke(dates("2026-08-05", "2026-08-04"), soda3());

    assertThat(soda3).isEqualTo(soda2);
    assertThat(List.of(stored("2026-08-05"), stored("2026-08-04"))).isEqualTo(stored);
    assertThat(collectedAt("2026-08-05")).isEqualTo("2026-08-06T06:05:00Z");
    assertThat(feed.requests().subList(before, feed.requests().size()))
        .hasSize(before)
        .allSatisfy(
            request -> {
              assertThat(request.method()).isEqualTo("POST");
              assertThat(request.path()).isEqualTo("/api/v3/views/erm2-nwe9/query.json");
              assertThat(request.appToken()).contains("s3cret");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"feed-202.json", "feed-408.json"})
  void whatPassesByItselfIsTriedAgain(String name) throws IOException {
    JsonNode first = JSON.readTree(CASES.resolve(name).toFile()).get("first");
    feed.misbehave(
        answered(first.get("status").asInt(), first.get("body").toString().getBytes(UTF_8)));

    assertThat(collect("2026-08-05").at("/days/0/rows").asInt()).isEqualTo(5);
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws IOException {
    byte[] count = Files.readAllBytes(CASES.resolve("feed-bom.txt"));
    feed.misbehave(request -> request.isCount() ? answered(200, count) : Fault.byteOrderMark());

    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("written");
    assertThat(stored("2026-08-05")).startsWith("[");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGzipThatNobodyAskedForIsRead(boolean named) throws IOException {
    feed.misbehave(request -> Fault.gzip(named));

    assertThat(collect("2026-08-05").at("/days/0/rows").asInt()).isEqualTo(5);
    assertThat(stored("2026-08-05")).startsWith("[");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theTokenGoesToNoOtherHost(boolean soda3) throws IOException {
    try (FeedServer other = new FeedServer(FeedSource.of(rows, LOADED))) {
      feed.misbehave(
          request ->
              (exchange, answer) -> {
                exchange
                    .getResponseHeaders()
                    .set("Location", other.url("x").resolve(exchange.getRequestURI()).toString());
                exchange.sendResponseHeaders(soda3 ? 307 : 302, -1);
                exchange.close();
              });
      Map<Setting, String> environment = soda3 ? soda3() : Map.of(Setting.FEED_APP_TOKEN, "s3cret");
      if (soda3) {
        // What needs a token is refused there.
        assertThatThrownBy(() -> invoke(dates("2026-08-05"), environment))
            .hasMessageContaining("the feed answered 403");
      } else {
        assertThat(invoke(dates("2026-08-05"), environment).at("/days/0/rows").asInt())
            .isEqualTo(5);
      }

      assertThat(feed.requests()).allMatch(request -> request.appToken().isPresent());
      assertThat(other.requests())
          .isNotEmpty()
          .allMatch(request -> request.appToken().isEmpty())
          .allMatch(request -> request.method().equals(soda3 ? "POST" : "GET"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusedTokenIsToldAndTheRunGoesOnWithoutIt(boolean soda3) throws IOException {
    feed.misbehave(
        request ->
            request.appToken().isPresent()
                ? answered(403, "{\"message\":\"Invalid app_token specified\"}".getBytes(UTF_8))
                : Fault.none());

    JsonNode report =
        invoke(
            dates("2026-08-05", "2026-08-04"),
            soda3 ? soda3() : Map.of(Setting.FEED_APP_TOKEN, "s3cret"));

    assertThat(report.get("days").findValuesAsText("outcome")).containsOnly("written");
    assertThat(report.get("notes")).hasSize(1);
    assertThat(report.at("/notes/0").asText())
        .isEqualTo(
            "collected without the application token, which the feed refuses: the feed answered"
                + " 403: {\"message\":\"Invalid app_token specified\"}");
    assertThat(feed.requests().stream().filter(request -> request.appToken().isPresent()))
        .hasSize(1);
  }

  @Test
  void aColumnThatNothingNeedsIsNotAskedFor() throws IOException {
    feed.misbehave(request -> withoutColumn(request, "open_data_channel_type"));

    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("written");
    assertThat(feed.requests()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"descriptor_2", "incident_zip"})
  void anOptionalColumnThatTheFeedHasNoMoreIsLeftOutOnceARun(String column) throws IOException {
    feed.misbehave(request -> withoutColumn(request, column));

    JsonNode report = collect("2026-08-05", "2026-08-04");

    assertThat(report.get("days").findValuesAsText("outcome")).containsOnly("written");
    assertThat(report.get("notes")).hasSize(1);
    assertThat(report.at("/notes/0").asText())
        .startsWith("collected without " + column + ": the feed answered 400: ");
    // The newest row, and for each day a count and a page; one page was asked for twice.
    assertThat(feed.requests()).hasSize(1 + 2 * 2 + 1);
  }

  @Test
  void aNeededColumnThatTheFeedHasNoMoreFailsTheDay() {
    feed.misbehave(request -> withoutColumn(request, "agency"));

    assertThatThrownBy(() -> collect("2026-08-05"))
        .hasMessageContaining("No such column: agency")
        .hasMessageContaining("(not tried again)");
  }

  /** As the case has it, of another column. */
  private static Fault withoutColumn(SeenRequest request, String column) {
    if (!List.of(request.query().getOrDefault("$select", "").split(",")).contains(column)) {
      return Fault.none();
    }
    try {
      JsonNode refusal = JSON.readTree(CASES.resolve("feed-optional-column-gone.json").toFile());
      return answered(
          refusal.get("status").asInt(),
          refusal.get("body").toString().replace("open_data_channel_type", column).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Fault answered(int status, byte[] body) {
    return (exchange, answer) -> {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    };
  }

  /** What the feed does to each of its rows from then on. */
  static Stream<Named<Consumer<ObjectNode>>> changes() throws IOException {
    String zoned =
        JSON.readTree(CASES.resolve("feed-timestamps-change-type.json").toFile())
            .get("created_date")
            .asText()
            .substring("2019-07-01T10:00:00".length());
    return Stream.of(
        Named.of(
            "wall-clock time with a zone",
            row ->
                row.put(
                    "created_date",
                    row.get("created_date").asText().substring(0, "2019-07-01T10:00:00".length())
                        + zoned)),
        Named.of("no types", row -> row.put("complaint_type", "")),
        Named.of("no descriptors", row -> row.remove("descriptor")),
        Named.of("statuses renamed", row -> row.put("status", row.get("status").asText() + "!")),
        Named.of(
            "some timestamps in another format",
            row ->
                row.put(
                    "created_date", row.get("created_date").asText().replaceFirst("T2", "T2."))));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aDayNeverGetsWorseSilently(Consumer<ObjectNode> change) throws IOException {
    busyDay("2026-08-05");
    serve();
    collect("2026-08-05");
    String before = stored("2026-08-05");
    rows.forEach(change);
    serve();

    assertRefused("2026-08-05");
    assertThat(stored("2026-08-05")).isEqualTo(before);

    JsonNode forced = invoke("{\"dates\":[\"2026-08-05\"],\"force\":true}", Map.of());
    assertThat(forced.at("/days/0/outcome").asText()).isEqualTo("written");
    assertThat(stored("2026-08-05")).isNotEqualTo(before);
    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("unchanged");
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aDaysFirstPullIsHeldAgainstTheWindow(Consumer<ObjectNode> change) throws IOException {
    busyDay("2026-08-04");
    busyDay("2026-08-05");
    serve();
    collect("2026-08-04");
    rows.forEach(change);
    serve();

    assertRefused("2026-08-05");
    assertThat(bucket.head(Keys.rawDay(LocalDate.parse("2026-08-05")))).isEmpty();
  }

  @Test
  void aYoungDayIsHeldAgainstWhatWasKnownAtItsAge() throws IOException {
    busyDay("2026-08-04");
    busyDay("2026-08-05");
    // Three hours of the day, and not one of its requests has been closed yet.
    rows.removeIf(row -> row.get("created_date").asText().compareTo("2026-08-05T03") > 0);
    rows.add(row(9_000, "2026-08-05T03:00:00.000"));
    rows.stream()
        .filter(row -> row.get("created_date").asText().startsWith("2026-08-05"))
        .forEach(row -> row.put("status", "Open").remove("closed_date"));
    rows.stream()
        .filter(row -> row.has("closed_date"))
        .forEach(row -> row.put("closed_date", "2026-08-04T23:59:00.000"));
    serve();

    assertThat(collect("2026-08-04", "2026-08-05").get("days").findValuesAsText("outcome"))
        .containsOnly("written");
  }

  /** Such as one whose timestamps are texts now, of which none is between two others. */
  @Test
  void aDayThatTheFeedHasLostFailsButNotOneThatItIsBehind() throws IOException {
    collect("2026-08-05");
    String before = stored("2026-08-05");
    rows.removeIf(row -> row.get("created_date").asText().compareTo("2026-08-05") > 0);
    serve();
    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("empty");

    rows.add(row(9_000, "2026-08-07T02:05:00.000"));
    serve();
    assertRefused("2026-08-05");
    assertThat(stored("2026-08-05")).isEqualTo(before);
  }

  @Test
  void aDayWithAFewHoursSaysLittleOfTheRest() throws IOException {
    busyDay("2026-08-04");
    busyDay("2026-08-05");
    List<ObjectNode> whole = List.copyOf(rows);
    rows.removeIf(row -> row.get("created_date").asText().compareTo("2026-08-05T03") > 0);
    serve();
    collect("2026-08-04");
    collect("2026-08-05");
    String before = stored("2026-08-05");
    rows.clear();
    rows.addAll(whole);
    rows.forEach(
        row ->
            row.put(
                "created_date", row.get("created_date").asText().replace("08-05T2", "08-05T2.")));
    serve();

    assertRefused("2026-08-05");
    assertThat(stored("2026-08-05")).isEqualTo(before);
  }

  @Test
  void aQuietDayIsTakenUntilAWeekSaysWhatIsUsual() throws IOException {
    busyDay("2026-08-04");
    busyDay("2026-08-05");
    rows.stream()
        .filter(row -> row.get("created_date").asText().matches("2026-08-05T..:0[1-9].*"))
        .forEach(row -> row.put("status", "Open"));
    serve();
    collect("2026-08-04");
    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("written");

    bucket = new MemoryBucket();
    for (int i = 29; i <= 34; i++) {
      busyDay(LocalDate.parse("2026-07-01").plusDays(i - 1).toString());
    }
    serve();
    invoke("{\"from\":\"2026-07-29\",\"to\":\"2026-08-04\"}", Map.of());
    assertRefused("2026-08-05");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-08-06 02:05:00", "08/06/2026 02:05:00 AM"})
  void theNewestRowsWallClockTimeIsReadInAnyForm(String newest) throws IOException {
    byte[] answer = "[{\"max_created_date\":\"%s\"}]".formatted(newest).getBytes(UTF_8);
    feed.misbehave(request -> request.isNewest() ? answered(200, answer) : Fault.none());
    collect("2026-08-05");

    assertThat(collectedAt("2026-08-05")).isEqualTo("2026-08-06T06:05:00Z");
  }

  @Test
  void aDayThatClaimsToBeOfTheFutureIsCollectedAgain() throws IOException {
    bucket.put(
        Keys.rawDay(LocalDate.parse("2026-08-05")),
        Content.of("[]".getBytes(UTF_8)),
        Map.of(Keys.COLLECTED_AT, "2062-08-06T06:05:00Z"),
        Optional.empty());

    assertThat(collect("2026-08-05").at("/days/0/outcome").asText()).isEqualTo("written");
    assertThat(collectedAt("2026-08-05")).isEqualTo("2026-08-06T06:05:00Z");
  }

  @Test
  void forceGoesWithDates() {
    assertThatThrownBy(() -> invoke("{\"time\":\"" + NOW + "\",\"force\":true}", Map.of()))
        .hasMessageStartingWith("force must be true or false, beside dates: ");
    assertThatThrownBy(() -> invoke("{\"dates\":[\"2026-08-05\"],\"force\":1}", Map.of()))
        .hasMessageStartingWith("force must be true or false, beside dates: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"time\":\"2026-08-07T10:00:00Z\"}"})
  void anEmptyBucketIsWholeAfterOneRun(String event) throws IOException {
    SampleFeed sixtyDays = new SampleFeed(LocalDate.parse("2026-08-06"), 60, 100, 311);
    feed.close();
    feed = new FeedServer(sixtyDays);

    JsonNode report = invoke(event, Map.of());

    assertThat(days()).isEqualTo(sixtyDays.allDays());
    assertThat(report.get("days").findValuesAsText("outcome")).containsOnly("written");
    assertThat(report.get("days").findValuesAsText("day"))
        .startsWith(
            "2026-08-06",
            "2026-08-05",
            "2026-08-04",
            "2026-07-31",
            "2026-07-24",
            "2026-07-08",
            "2026-06-08",
            "2026-08-03")
        .hasSize(60);
    assertThat(report.has("notes")).isFalse();
    // The next run has nothing left but the look-back.
    assertThat(invoke(event, Map.of()).get("days").findValuesAsText("outcome"))
        .containsOnly("unchanged")
        .hasSize(7);
  }

  @Test
  void whatDoesNotFitIntoARunIsLeftForTheNext() throws IOException {
    feed.close();
    feed = new FeedServer(new SampleFeed(LocalDate.parse("2026-08-06"), 60, 100, 311));

    // Enough for the days that must be, not for another one.
    JsonNode report = invoke("{}", Map.of(), Duration.ofMinutes(2));

    assertThat(report.get("days")).hasSize(7);
    assertThat(report.at("/notes/0").asText())
        .isEqualTo("53 days of the window are left for the next run");
    invoke("{}", Map.of());
    assertThat(days()).hasSize(60);
  }

  private List<LocalDate> days() {
    return bucket.list(Keys.RAW_DAYS, "").stream()
        .flatMap(object -> Keys.rawDayOf(object.key()).stream())
        .toList();
  }

  /** 240 requests, ten an hour, half of them closed after ten minutes. */
  private void busyDay(String day) {
    rows.removeIf(row -> row.get("created_date").asText().startsWith(day));
    for (int i = 0; i < 240; i++) {
      int key = 1_000 + 240 * LocalDate.parse(day).getDayOfMonth() + i;
      ObjectNode row = row(key, "%sT%02d:%02d:00.000".formatted(day, i / 10, i % 10));
      if (i % 2 == 0) {
        row.put("status", "Closed")
            .put("closed_date", "%sT%02d:%02d:00.000".formatted(day, i / 10, i % 10 + 10));
      }
      rows.add(row);
    }
  }

  /** Neither the day nor the alarm's metric is silent. */
  private void assertRefused(String day) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      assertThatThrownBy(() -> collect(day))
          .hasMessageStartingWith("cannot collect " + day + " (")
          .hasMessageContaining("the feed seems to have changed");
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(UTF_8))
        .contains("\"FeedChanged\":1", "\"feed_changed\":\"" + day + "\"");
  }

  private Map<Setting, String> soda3() {
    return Map.of(
        Setting.FEED_URL, feed.soda3Url("erm2-nwe9").toString(), Setting.FEED_APP_TOKEN, "s3cret");
  }

  @Test
  void soda3WithoutATokenIsRefusedAtTheStart() {
    assertThatThrownBy(
            () ->
                invoke(
                    dates("2026-08-05"),
                    Map.of(Setting.FEED_URL, feed.soda3Url("erm2-nwe9").toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SODA 3, which needs an application token (FEED_APP_TOKEN)")
        .hasMessageEndingWith(": " + feed.soda3Url("erm2-nwe9"));
    assertThat(feed.requests()).isEmpty();
  }

  private void serve() throws IOException {
    feed.close();
    feed = new FeedServer(FeedSource.of(rows, LOADED));
  }

  private JsonNode collect(String... days) throws IOException {
    return invoke(dates(days), Map.of());
  }

  private static String dates(String... days) {
    ObjectNode event = JSON.createObjectNode();
    List.of(days).forEach(event.withArray("dates")::add);
    return event.toString();
  }

  private String stored(String day) throws IOException {
    return new String(bucket.read(Keys.rawDay(LocalDate.parse(day))).orElseThrow(), UTF_8);
  }

  private JsonNode invoke(String event, Map<Setting, String> others) throws IOException {
    return invoke(event, others, Duration.ofMinutes(5));
  }

  private JsonNode invoke(String event, Map<Setting, String> others, Duration time)
      throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put(Setting.FEED_URL.name(), feed.url("erm2-nwe9").toString());
    environment.put(Setting.FEED_ARCHIVE_URL.name(), feed.url("76ig-c548").toString());
    others.forEach((setting, value) -> environment.put(setting.name(), value));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new CollectHandler(new Settings(environment), bucket, Clock.fixed(NOW, ZoneOffset.UTC))
        .handleRequest(
            new ByteArrayInputStream(event.getBytes(UTF_8)),
            out,
            new LocalContext("collect", time, LogLevel.FATAL));
    return JSON.readTree(out.toByteArray());
  }

  private String collectedAt(String day) {
    return bucket
        .head(Keys.rawDay(LocalDate.parse(day)))
        .orElseThrow()
        .metadata()
        .get(Keys.COLLECTED_AT);
  }

  private static ObjectNode row(int key, String created) {
    return JSON.createObjectNode()
        .put("unique_key", String.valueOf(66_000_000 + key))
        .put("created_date", created)
        .put("status", "In Progress")
        .put("agency", "NYPD")
        .put("complaint_type", "Noise - Residential")
        .put("descriptor", "Loud Music/Party");
  }
}
