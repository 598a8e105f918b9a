package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import nyc311.local.SeenRequest;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/** From the feed over real HTTP into a real bucket, however the feed misbehaves. */
class CollectHandlerTest {
  private static final String ARCHIVE = "76ig-c548";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
  private static final Instant TRUTH = Instant.parse("2019-07-22T06:00:00Z");
  private static final Instant NOW = Instant.parse("2019-07-24T10:00:00.9Z");
  private static final String TRUTH_HEADER = "X-SODA2-Truth-Last-Modified";
  private static final String LAST_MODIFIED = "Last-Modified";
  private static final int HEAP_MEGABYTES = 24;

  /** More than a page. */
  private static final int MANY = 60_000;

  private static final Duration TIME = Duration.ofMinutes(10);

  private final List<ObjectNode> rows = new ArrayList<>();
  private final List<ObjectCreated> written = new CopyOnWriteArrayList<>();
  private LocalS3 s3;
  private FeedServer feed;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    s3.onCreated(written::add);
    rows.add(row(1, "2019-07-01T00:00:00.000"));
    rows.add(row(2, "2019-07-01T23:59:59.000"));
    rows.add(row(3, "2019-07-02T12:00:00.000"));
    serve(TRUTH);
  }

  @AfterEach
  void stop() throws IOException {
    feed.close();
    s3.close();
  }

  @Test
  void aDayIsWrittenUnderItsOwnKeyAndReported() throws IOException {
    JsonNode report = collect("2019-07-01");

    HeadObjectResponse head = head("2019-07-01");
    assertThat(report)
        .isEqualTo(
            JSON.readTree(
                """
                {"days":[{"day":"2019-07-01","outcome":"written","rows":2,"bytes":%d,"rejected":{}}]}\
                """
                    .formatted(head.contentLength())));
    assertThat(keys()).containsExactly("311/raw_data/2019-07-01.json");
    assertThat(head.contentType()).isEqualTo("application/json");
    assertThat(stored("2019-07-01")).isEqualTo(withoutAddresses(rows.subList(0, 2)));
  }

  @Test
  void onlyTheColumnsThatEstimatesNeedAreAskedFor() throws IOException {
    collect("2019-07-01");

    assertThat(pages())
        .singleElement()
        .satisfies(
            page ->
                assertThat(page.query())
                    .containsEntry(
                        "$select",
                        "unique_key,created_date,closed_date,status,agency,complaint_type,"
                            + "descriptor,borough,latitude,longitude,descriptor_2,incident_zip")
                    .containsEntry("$order", "unique_key,:id")
                    .containsEntry("$limit", "50000"));
    assertThat(stored("2019-07-01").toString()).doesNotContain("address");
  }

  @Test
  void theTokenIsSentWithEachRequestIfThereIsOne() throws IOException {
    collect("2019-07-01");
    assertThat(feed.requests()).hasSize(2).allMatch(request -> request.appToken().isEmpty());

    handler(Map.of(Setting.FEED_APP_TOKEN, "s3cret"), Clock.systemUTC())
        .handleRequest(dates("2019-07-01"), new ByteArrayOutputStream(), context(TIME));

    assertThat(feed.requests().subList(2, 4))
        .allMatch(request -> request.appToken().equals(Optional.of("s3cret")));
  }

  @Test
  void daysBefore2020ComeFromTheArchive() throws IOException {
    collect("2019-12-31");
    collect("2020-01-01");

    assertThat(feed.requests().stream().filter(SeenRequest::isCount))
        .extracting(SeenRequest::path)
        .containsExactly("/resource/76ig-c548.json", "/resource/erm2-nwe9.json");
  }

  @Test
  void aScheduledRunCollectsTheLookbackDays() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler(Map.of(Setting.LOOKBACK_DAYS, "1,2", Setting.WINDOW_DAYS, "1"), Clock.systemUTC())
        .handleRequest(
            bytes("{\"time\":\"2019-07-03T10:00:00Z\",\"source\":\"aws.events\"}"),
            out,
            context(TIME));

    JsonNode days = JSON.readTree(out.toByteArray()).get("days");
    assertThat(days.findValuesAsText("day")).containsExactly("2019-07-02", "2019-07-01");
    assertThat(days.findValuesAsText("outcome")).containsOnly("written");
  }

  @Test
  void anEventThatIsNoneIsRefusedBeforeTheFeedIsAsked() {
    assertThatThrownBy(
            () ->
                handler(Map.of(), Clock.systemUTC())
                    .handleRequest(bytes(""), new ByteArrayOutputStream(), context(TIME)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the event must be a schedule's or have either time, or dates, or from and to:"
                + " nothing");
    assertThat(feed.requests()).isEmpty();
  }

  /** What the feed says of its data's age, and the instant that a day then dates from. */
  enum Age {
    TRUTH_FIRST("2019-07-22T06:00:00Z", "2019-07-21T06:00:00Z", "2019-07-22T06:00:00Z"),
    ELSE_LAST_MODIFIED(null, "2019-07-21T06:00:00Z", "2019-07-21T06:00:00Z"),
    ELSE_THE_PULL(null, null, "2019-07-24T10:00:00Z"),
    NEVER_AFTER_THE_PULL("2019-07-30T06:00:00Z", null, "2019-07-24T10:00:00Z");

    private final String truth;
    private final String lastModified;
    private final String collectedAt;

    Age(String truth, String lastModified, String collectedAt) {
      this.truth = truth;
      this.lastModified = lastModified;
      this.collectedAt = collectedAt;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDayDatesFromWhatTheFeedKnew(Age age) throws IOException {
    feed.misbehave(request -> dated(age.truth, age.lastModified));

    handler(Map.of(), Clock.fixed(NOW, ZoneOffset.UTC))
        .handleRequest(dates("2019-07-01"), new ByteArrayOutputStream(), context(TIME));

    assertThat(head("2019-07-01").metadata()).containsEntry(Keys.COLLECTED_AT, age.collectedAt);
  }

  @Test
  void aDayDatesFromItsOldestAnswer() throws IOException {
    feed.misbehave(
        request ->
            dated(request.isCount() ? "2019-07-22T06:00:00Z" : "2019-07-21T06:00:00Z", null));
    collect("2019-07-01");
    feed.misbehave(
        request ->
            dated(request.isCount() ? "2019-07-21T06:00:00Z" : "2019-07-22T06:00:00Z", null));
    collect("2019-07-02");

    assertThat(Stream.of("2019-07-01", "2019-07-02").map(day -> head(day).metadata()))
        .allSatisfy(
            metadata ->
                assertThat(metadata).containsEntry(Keys.COLLECTED_AT, "2019-07-21T06:00:00Z"));
  }

  @Test
  void aDayOfManyPagesArrivesOnceAndInOrderInAHeapSmallerThanItself(@TempDir Path temporary)
      throws Exception {
    ManyRows many = new ManyRows();
    feed.close();
    feed = new FeedServer(many);

    JsonNode report = collectInAnotherProcess(temporary, TIME, "2019-07-01");

    assertThat(report.at("/days/0/outcome").asText()).isEqualTo("written");
    assertThat(report.at("/days/0/rows").asInt()).isEqualTo(MANY);
    assertThat(report.at("/days/0/bytes").asLong()).isGreaterThan(HEAP_MEGABYTES << 20);
    assertThat(pages())
        .extracting(page -> page.query().get("$where").replaceFirst("^.*< '[^']*'", ""))
        .containsExactly("", " AND unique_key >= '43049999'");
    try (BufferedReader stored =
        new BufferedReader(
            new InputStreamReader(
                s3.client().getObject(r -> r.bucket(s3.bucket()).key(key("2019-07-01"))), UTF_8))) {
      assertThat(stored.readLine()).isEqualTo("[");
      for (int i = 0; i < MANY; i++) {
        String expected = (i == 0 ? "" : ",") + many.row(i) + (i < MANY - 1 ? "" : "]");
        if (!expected.equals(stored.readLine())) {
          throw new AssertionError("row " + i + " is not " + expected);
        }
      }
      assertThat(stored.readLine()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void retryAfterIsHonoured(boolean asDate) throws IOException {
    Instant until = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 2);
    List<Instant> arrivals = new CopyOnWriteArrayList<>();
    feed.misbehave(
        request -> {
          arrivals.add(Instant.now());
          return arrivals.size() > 1
              ? Fault.none()
              : Fault.status(429, "Retry-After", asDate ? HTTP_DATE.format(until) : "1");
        });

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("written");
    // Thread.sleep counts whole milliseconds.
    assertThat(arrivals.get(1))
        .isAfterOrEqualTo((asDate ? until : arrivals.get(0).plusSeconds(1)).minusMillis(1));
  }

  @Test
  void aRetryAfterOfZeroDoesNotUseUpTheAttempts() throws IOException {
    List<Instant> arrivals = new CopyOnWriteArrayList<>();
    feed.misbehave(
        request -> {
          arrivals.add(Instant.now());
          return arrivals.size() > 1 ? Fault.none() : Fault.status(429, "Retry-After", "0");
        });

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("written");
    assertThat(Duration.between(arrivals.get(0), arrivals.get(1)))
        .isGreaterThan(Duration.ofMillis(240));
  }

  @Test
  void theNextDayIsNotAskedForBeforeTheFeedWantsIt() {
    List<Instant> arrivals = new CopyOnWriteArrayList<>();
    feed.misbehave(
        request -> {
          arrivals.add(Instant.now());
          return arrivals.size() > 1 ? Fault.none() : Fault.status(429, "Retry-After", "7");
        });

    // The first day may take half of the time, so it fails at once; the second one can wait.
    assertThat(failure(Duration.ofSeconds(12), "2019-07-01", "2019-07-02"))
        .contains("2019-07-02 (the feed answered 429")
        .doesNotContain("2019-07-01");
    assertThat(Duration.between(arrivals.get(0), arrivals.get(1)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(6_900));
  }

  @ParameterizedTest(name = "{1} days in {0} s: {2} s for the first")
  @CsvSource({"890, 7, 127", "890, 1, 890", "890, 400, 120", "60, 400, 30", "6, 3, 3"})
  void aDayHasItsShareOfTheTimeOrWhatADayNeeds(long usable, int days, long limit) {
    assertThat(CollectHandler.limit(Duration.ofSeconds(usable), days).toSeconds()).isEqualTo(limit);
  }

  static Stream<Named<Fault>> faultsThatPass() {
    return Stream.of(
        Named.of("too many requests", Fault.status(429)),
        Named.of("server error", Fault.status(500)),
        Named.of("unavailable", Fault.status(503, "Retry-After", "soon")),
        Named.of("broken off", Fault.brokenOff()),
        Named.of("short of its length", Fault.shortOfContentLength()),
        Named.of("truncated JSON", Fault.truncatedJson()),
        Named.of("a page for people", Fault.html()));
  }

  @ParameterizedTest
  @MethodSource("faultsThatPass")
  void aFaultThatPassesIsNotSeenInTheDay(Fault fault) throws IOException {
    feed.misbehave(Fault.none(), fault);

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("written");
    assertThat(stored("2019-07-01")).isEqualTo(withoutAddresses(rows.subList(0, 2)));
    assertThat(feed.requests()).hasSize(3);
  }

  @Test
  void aLongErrorPageLeavesNothingBehindInTheAnswerAfterIt() throws IOException {
    feed.misbehave(Fault.none(), status(500, "<html>" + "busy ".repeat(1_000) + "</html>"));

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("written");
    assertThat(feed.requests()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAnswerThatDoesNotEndIsGivenUpInTime(boolean trickles) {
    feed.misbehave(
        request ->
            request.isCount()
                ? Fault.none()
                : trickles ? Fault.trickle(1, Duration.ofMillis(100)) : Fault.hang());

    assertThat(failure(Duration.ofSeconds(3), "2019-07-01"))
        .contains("2019-07-01 (")
        .contains("no whole answer within ");
  }

  @Test
  void daysThatHangLeaveTimeForTheOthers() {
    feed.misbehave(request -> asksFor(request, "2019-07-01") ? Fault.none() : Fault.hang());

    assertThat(failure(Duration.ofSeconds(12), "2019-07-03", "2019-07-02", "2019-07-01"))
        .contains("2019-07-03 (", "2019-07-02 (")
        .doesNotContain("2019-07-01 (");
    assertThat(keys()).containsExactly("311/raw_data/2019-07-01.json");
  }

  @Test
  void aCountThatThePagesDoNotMeetFailsAfterThreePulls() {
    feed.misbehave(request -> Fault.countOff(1));

    assertThat(failure(TIME, "2019-07-01"))
        .isEqualTo(
            "cannot collect 2019-07-01 (the feed counts 3 rows but its pages have 2 (3 pulls) at "
                + feed.url(ARCHIVE)
                + ")");
    assertThat(pages()).hasSize(3);
    assertThat(keys()).isEmpty();
  }

  @Test
  void rowsThatChangeWhileTheyAreReadArePulledAgain() throws IOException {
    feed.misbehave(Fault.countOff(-1));

    JsonNode report = collect("2019-07-01");

    assertThat(outcome(report)).isEqualTo("written");
    assertThat(report.at("/days/0/rows").asInt()).isEqualTo(2);
    assertThat(stored("2019-07-01")).isEqualTo(withoutAddresses(rows.subList(0, 2)));
  }

  @Test
  void aRefusalIsNotTriedAgainAndSaysWhatTheFeedSaid() {
    feed.misbehave(status(400, "{\"errorCode\":\"query.soql.no-such-column\",\"error\":true}"));

    assertThat(failure(TIME, "2019-07-01"))
        .isEqualTo(
            "cannot collect 2019-07-01 (the feed answered 400: "
                + "{\"errorCode\":\"query.soql.no-such-column\",\"error\":true}"
                + " (not tried again) at "
                + feed.url(ARCHIVE)
                + ")");
    assertThat(feed.requests()).hasSize(1);
  }

  @Test
  void aWaitBeyondTheRemainingTimeIsCutSoThatALastAttemptFits() throws IOException {
    feed.misbehave(Fault.status(429, "Retry-After", "3600"));

    assertThat(outcome(collect(Duration.ofSeconds(3), "2019-07-01"))).isEqualTo("written");
  }

  @Test
  void aFeedThatAlwaysWantsToWaitFailsInTime() {
    feed.misbehave(request -> Fault.status(429, "Retry-After", "999999999"));

    assertThat(failure(Duration.ofSeconds(3), "2019-07-01"))
        .containsAnyOf("no time is left to wait", "no time is left then");
    assertThat(feed.requests()).hasSizeGreaterThan(1);
  }

  @Test
  void aFeedThatIsNotThereFailsTheDay() {
    URI nowhere = feed.url(ARCHIVE);
    feed.close();

    assertThat(failure(Duration.ofSeconds(4), "2019-07-01"))
        .startsWith("cannot collect 2019-07-01 (the feed failed: no connection (attempt ")
        .endsWith(" at " + nowhere + ")");
  }

  @Test
  void aPullWithoutRowsNeverReplacesADay() throws IOException {
    collect("2019-07-01");
    Instant before = head("2019-07-01").lastModified();
    feed.misbehave(request -> Fault.empty());

    JsonNode report = collect("2019-07-02", "2019-07-01");

    assertThat(report)
        .isEqualTo(
            JSON.readTree(
                """
                {"days":[{"day":"2019-07-02","outcome":"empty","rows":0,"bytes":0,"rejected":{}},
                         {"day":"2019-07-01","outcome":"empty","rows":0,"bytes":0,"rejected":{}}]}\
                """));
    assertThat(keys()).containsExactly("311/raw_data/2019-07-01.json");
    assertThat(head("2019-07-01").lastModified()).isEqualTo(before);
    assertThat(stored("2019-07-01")).isEqualTo(withoutAddresses(rows.subList(0, 2)));
    assertThat(written).hasSize(1);
  }

  @Test
  void unchangedRowsAreNotPutAgainButChangedOnesAre() throws IOException {
    collect("2019-07-01");
    serve(TRUTH.plusSeconds(86_400));

    JsonNode unchanged = collect("2019-07-01");

    assertThat(outcome(unchanged)).isEqualTo("unchanged");
    assertThat(unchanged.at("/days/0/rows").asInt()).isEqualTo(2);
    assertThat(unchanged.at("/days/0/bytes").asLong())
        .isEqualTo(head("2019-07-01").contentLength());
    assertThat(written).hasSize(1);

    rows.get(1).put("status", "Closed").put("closed_date", "2019-07-22T12:00:00.000");
    serve(TRUTH.plusSeconds(86_400));

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("written");
    assertThat(written).hasSize(2);
    assertThat(stored("2019-07-01")).isEqualTo(withoutAddresses(rows.subList(0, 2)));
    assertThat(head("2019-07-01").metadata())
        .containsEntry(Keys.COLLECTED_AT, "2019-07-23T06:00:00Z");
  }

  @Test
  void oneFailingDayDoesNotStopTheOthersAndThenTheInvocationFails() throws IOException {
    feed.misbehave(
        request -> asksFor(request, "2019-07-02") ? status(400, "no \"such\" day") : Fault.none());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(log, true, UTF_8));
    try {
      assertThatThrownBy(
              () ->
                  handler(Map.of(), Clock.systemUTC())
                      .handleRequest(
                          dates("2019-07-01", "2019-07-02", "2019-07-03"),
                          out,
                          new LocalContext("collect", TIME, LogLevel.INFO)))
          .isInstanceOf(CollectionFailedException.class)
          .hasMessage(
              "cannot collect 2019-07-02 (the feed answered 400: no \"such\" day (not tried"
                  + " again) at %s)",
              feed.url(ARCHIVE));
    } finally {
      System.setOut(console);
    }

    assertThat(out.size()).isZero();
    assertThat(keys()).containsExactly("311/raw_data/2019-07-01.json");
    assertThat(log.toString(UTF_8).lines())
        .singleElement()
        .satisfies(
            line ->
                assertThat(JSON.readTree(line.substring("collect: ".length())))
                    .isEqualTo(
                        JSON.readTree(
                            """
                            {"collect":{"days":[
                              {"day":"2019-07-03","outcome":"empty","rows":0,"bytes":0,"rejected":{}},
                              {"day":"2019-07-02","outcome":"failed","rows":0,"bytes":0,"rejected":{},
                               "problem":"the feed answered 400: no \\"such\\" day (not tried again) at %s"},
                              {"day":"2019-07-01","outcome":"written","rows":2,"bytes":%d,"rejected":{}}]}}\
                            """
                                .formatted(
                                    feed.url(ARCHIVE), head("2019-07-01").contentLength()))));
  }

  @Test
  void aBucketThatFailsFailsTheDay() throws IOException {
    s3.setUnavailable(true);

    assertThat(failure(TIME, "2019-07-01")).contains("2019-07-01 (").contains("503");
  }

  @Test
  void noTemporaryFileIsLeftWhateverHappens(@TempDir Path temporary) throws Exception {
    rows.add(row(4, "2019-07-03T12:00:00.000"));
    serve(TRUTH);
    feed.misbehave(
        request ->
            asksFor(request, "2019-07-02") || request.isCount()
                ? Fault.none()
                : asksFor(request, "2019-07-01") ? Fault.hang() : Fault.status(400));

    assertThatThrownBy(
            () ->
                collectInAnotherProcess(
                    temporary, Duration.ofSeconds(20), "2019-07-03", "2019-07-02", "2019-07-01"))
        .hasMessageContaining("2019-07-03 (the feed answered 400")
        .hasMessageContaining("2019-07-01 (the feed failed");

    assertThat(keys()).containsExactly("311/raw_data/2019-07-02.json");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void anOlderPullNeverReplacesANewerDay() throws IOException {
    put("2019-07-01", TRUTH.plusSeconds(1));

    assertThat(outcome(collect("2019-07-01"))).isEqualTo("unchanged");
    assertThat(stored("2019-07-01")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1})
  void ofADayWrittenMeanwhileAndThePulledOneTheNewerStays(long secondsNewer) throws IOException {
    AtomicBoolean first = new AtomicBoolean(true);
    ExecutionInterceptor meanwhile =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes unused) {
            if (call.request() instanceof PutObjectRequest && first.getAndSet(false)) {
              put("2019-07-01", TRUTH.plusSeconds(secondsNewer));
            }
          }
        };
    try (S3Client client =
        s3.clientBuilder()
            .overrideConfiguration(override -> override.addExecutionInterceptor(meanwhile))
            .build()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new CollectHandler(
              settings(feed, Map.of()), new S3Bucket(client, s3.bucket()), Clock.systemUTC())
          .handleRequest(dates("2019-07-01"), out, context(TIME));

      boolean keptTheOther = secondsNewer > 0;
      assertThat(outcome(JSON.readTree(out.toByteArray())))
          .isEqualTo(keptTheOther ? "unchanged" : "written");
      assertThat(stored("2019-07-01")).hasSize(keptTheOther ? 0 : 2);
    }
  }

  @Test
  void ofTwoCollectorsAtOnceTheOneWithTheNewerDataWins() throws Exception {
    List<ObjectNode> changed =
        List.of(row(1, "2019-07-01T00:00:00.000"), row(4, "2019-07-01T00:00:00.000"));
    try (FeedServer newer = new FeedServer(FeedSource.of(changed, TRUTH.plusSeconds(86_400)))) {
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        for (int round = 0; round < 5; round++) {
          CyclicBarrier start = new CyclicBarrier(2);
          List<Callable<String>> collectors =
              Stream.of(feed, newer)
                  .<Callable<String>>map(
                      source -> {
                        CollectHandler handler =
                            new CollectHandler(
                                settings(source, Map.of()), bucket(), Clock.systemUTC());
                        return () -> {
                          start.await();
                          ByteArrayOutputStream out = new ByteArrayOutputStream();
                          handler.handleRequest(dates("2019-07-01"), out, context(TIME));
                          return outcome(JSON.readTree(out.toByteArray()));
                        };
                      })
                  .toList();
          for (Future<String> outcome : threads.invokeAll(collectors)) {
            assertThat(outcome.get()).isIn("written", "unchanged");
          }

          assertThat(head("2019-07-01").metadata())
              .containsEntry(Keys.COLLECTED_AT, "2019-07-23T06:00:00Z");
          s3.client().deleteObject(r -> r.bucket(s3.bucket()).key(key("2019-07-01")));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private void serve(Instant truth) throws IOException {
    if (feed != null) {
      feed.close();
    }
    feed = new FeedServer(FeedSource.of(rows, truth));
  }

  private Bucket bucket() {
    return new S3Bucket(s3.client(), s3.bucket());
  }

  private static Settings settings(FeedServer feed, Map<Setting, String> others) {
    return new Settings(environment(feed, others));
  }

  private static Map<String, String> environment(FeedServer feed, Map<Setting, String> others) {
    Map<String, String> environment = new HashMap<>();
    environment.put(Setting.FEED_URL.name(), feed.url("erm2-nwe9").toString());
    environment.put(Setting.FEED_ARCHIVE_URL.name(), feed.url(ARCHIVE).toString());
    others.forEach((setting, value) -> environment.put(setting.name(), value));
    return environment;
  }

  private CollectHandler handler(Map<Setting, String> others, Clock clock) {
    return new CollectHandler(settings(feed, others), bucket(), clock);
  }

  private static LocalContext context(Duration time) {
    return new LocalContext("collect", time, LogLevel.FATAL);
  }

  private JsonNode collect(String... days) throws IOException {
    return collect(TIME, days);
  }

  private JsonNode collect(Duration time, String... days) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler(Map.of(), Clock.systemUTC()).handleRequest(dates(days), out, context(time));
    return JSON.readTree(out.toByteArray());
  }

  /** The message with which the invocation fails. */
  private String failure(Duration time, String... days) {
    return catchThrowableOfType(CollectionFailedException.class, () -> collect(time, days))
        .getMessage();
  }

  /** As on Lambda: configured by the environment. Its report is what it prints. */
  private JsonNode collectInAnotherProcess(Path temporary, Duration time, String... days)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + HEAP_MEGABYTES + "m",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            InAnotherProcess.class.getName(),
            String.valueOf(time.toMillis()));
    builder.environment().putAll(s3.environment());
    builder.environment().putAll(environment(feed, Map.of()));
    Process process = builder.start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        dates(days).transferTo(in);
      }
      byte[] out = process.getInputStream().readAllBytes();
      String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(errors);
      }
      return JSON.readTree(out);
    } finally {
      process.destroyForcibly();
    }
  }

  /** One invocation in a process. */
  static final class InAnotherProcess {
    private InAnotherProcess() {}

    /**
     * Takes the event from standard input.
     *
     * @param arguments the invocation's milliseconds
     */
    public static void main(String[] arguments) throws IOException {
      new CollectHandler()
          .handleRequest(
              System.in, System.out, context(Duration.ofMillis(Long.parseLong(arguments[0]))));
    }
  }

  private static InputStream dates(String... days) {
    ObjectNode event = JSON.createObjectNode();
    for (String day : days) {
      event.withArray("dates").add(day);
    }
    return bytes(event.toString());
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  private static String outcome(JsonNode report) {
    return report.at("/days/0/outcome").asText();
  }

  private List<SeenRequest> pages() {
    return feed.requests().stream().filter(request -> !request.isCount()).toList();
  }

  private static boolean asksFor(SeenRequest request, String day) {
    return request.query().get("$where").contains(">= '" + day);
  }

  private static Fault status(int status, String body) {
    return (exchange, answer) -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    };
  }

  /** The right answer with these instants, each null for no such header. */
  private static Fault dated(String truth, String lastModified) {
    return (exchange, answer) -> {
      Headers headers = exchange.getResponseHeaders();
      if (truth != null) {
        headers.set(TRUTH_HEADER, HTTP_DATE.format(Instant.parse(truth)));
      }
      if (lastModified != null) {
        headers.set(LAST_MODIFIED, HTTP_DATE.format(Instant.parse(lastModified)));
      }
      Fault.without(TRUTH_HEADER, LAST_MODIFIED).answer(exchange, answer);
    };
  }

  private static ObjectNode row(int key, String created) {
    return JSON.createObjectNode()
        .put("unique_key", String.valueOf(key))
        .put("created_date", created)
        .put("status", "Open")
        .put("agency", "NYPD")
        .put("complaint_type", "Noise - Residential")
        .put("descriptor", "Loud Music/Party – “é”")
        .put("incident_address", "1 CENTRE STREET")
        .put("latitude", "40.68")
        .put("longitude", "-73.93");
  }

  private static List<JsonNode> withoutAddresses(List<ObjectNode> rows) {
    return rows.stream().<JsonNode>map(row -> row.deepCopy().without("incident_address")).toList();
  }

  private List<JsonNode> stored(String day) throws IOException {
    byte[] content =
        s3.client().getObjectAsBytes(r -> r.bucket(s3.bucket()).key(key(day))).asByteArray();
    return JSON.readerForListOf(JsonNode.class).readValue(content);
  }

  /** Puts an empty day as another collector would. */
  private void put(String day, Instant collectedAt) {
    s3.client()
        .putObject(
            r ->
                r.bucket(s3.bucket())
                    .key(key(day))
                    .metadata(Map.of(Keys.COLLECTED_AT, collectedAt.toString())),
            RequestBody.fromString("[]"));
  }

  private HeadObjectResponse head(String day) {
    return s3.client().headObject(r -> r.bucket(s3.bucket()).key(key(day)));
  }

  private List<String> keys() {
    return s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  private static String key(String day) {
    return "311/raw_data/" + day + ".json";
  }

  /** One day of {@link #MANY} rows, which are made as they are read. */
  private static final class ManyRows implements FeedSource {
    @Override
    public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
      return IntStream.range(0, MANY).mapToObj(this::row);
    }

    @Override
    public Optional<Instant> truth(LocalDate first, LocalDate last) {
      return Optional.of(TRUTH);
    }

    ObjectNode row(int i) {
      return JSON.createObjectNode()
          .put("unique_key", String.valueOf(43_000_000 + i))
          .put("created_date", "2019-07-01T%02d:%02d:00.000".formatted(i / 60 % 24, i % 60))
          .put("status", "Open")
          .put("agency", "NYPD")
          .put("complaint_type", "Noise - Residential")
          .put("descriptor", "Loud Music/Party, " + "very ".repeat(60) + "loud");
    }
  }
}
