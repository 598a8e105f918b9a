package nyc311.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import nyc311.bucket.Keys;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import nyc311.local.S3Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever S3 does, an object is either whole and right or what it was before; what passes is
 * waited for; what does not pass fails the invocation, with a message that names what was tried on
 * which key, after a bounded number of requests; and the next event, or the same one again, makes
 * good what is missing. The API keeps its last good answer. The three functions are the jar's, each
 * in a process of its own.
 */
class BucketFaultsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant TRUTH = Instant.parse("2019-07-22T06:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2019-07-01");
  private static final String RAW = Keys.rawDay(DAY);
  private static final String SUMMARY = Keys.daySummary(DAY);
  private static final List<ObjectNode> ROWS = Days.rows(DAY, 10, 60);
  private static final S3Fault SLOW_DOWN = S3Fault.error(503, "SlowDown");
  private static final S3Fault DENIED = S3Fault.error(403, "AccessDenied");

  /** The SDK's first try and its three further ones. */
  private static final int TRIES = 4;

  @TempDir private static Path taskRoot;
  private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
  private static final List<ObjectCreated> WRITTEN = new CopyOnWriteArrayList<>();
  private static LocalS3 s3;
  private static FeedServer feed;
  private static LambdaProcess collect;
  private static LambdaProcess medians;
  private static LambdaProcess predict;

  @BeforeAll
  static void start() throws Exception {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
    s3.onCreated(WRITTEN::add);
    feed = new FeedServer(FeedSource.of(ROWS, TRUTH));
    // Each is ready before the next one starts: they unpack a library into one place.
    collect = started("collect.CollectHandler", "{\"dates\":[]}");
    medians = started("medians.MediansHandler", "{\"Event\":\"s3:TestEvent\"}");
    publish("2.6542");
    predict = started("predict.PredictHandler", "{}");
  }

  private static LambdaProcess started(String handler, String event) throws Exception {
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
    environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
    environment.put("REFRESH_SECONDS", "0");
    LambdaProcess process =
        LambdaProcess.start(
            Jdk.running(), taskRoot, "nyc311." + handler + "::handleRequest", environment);
    process.invoke(event);
    return process;
  }

  @AfterAll
  static void stop() throws IOException {
    predict.close();
    medians.close();
    collect.close();
    feed.close();
    s3.close();
  }

  @BeforeEach
  void empty() {
    s3.misbehave(asked -> S3Fault.none());
    Days.delete(s3, "311/");
    WRITTEN.clear();
  }

  @Test
  void theCollectorOutlastsASlowDown() throws Exception {
    misbehave(Map.of("HEAD " + RAW, first(SLOW_DOWN), "PUT " + RAW, first(SLOW_DOWN)));

    assertThat(collected()).isEqualTo("written");
    assertThat(Days.get(s3, RAW)).isEqualTo(rawDay());
  }

  @Test
  void theRecomputerOutlastsASlowDown() throws Exception {
    Days.put(s3, DAY, ROWS);
    misbehave(
        Map.of(
            "GET " + RAW,
            first(SLOW_DOWN),
            "PUT " + SUMMARY,
            first(SLOW_DOWN),
            "GET ",
            first(SLOW_DOWN),
            "PUT " + Keys.MEDIANS,
            first(SLOW_DOWN)));

    assertThat(recomputed().at("/published").asBoolean()).isTrue();
    assertPublished(10);
  }

  @Test
  void theApiOutlastsASlowDownAndKeepsItsLastGoodAnswerThroughALongOne() throws Exception {
    publish("2.6542");
    assertThat(estimate()).isEqualTo(2.65);
    publish("3.5");
    misbehave(Map.of("GET " + Keys.MEDIANS, first(SLOW_DOWN)));
    assertThat(estimate()).isEqualTo(3.5);

    publish("4.5");
    misbehave(Map.of("GET " + Keys.MEDIANS, always(SLOW_DOWN)));
    assertThat(estimate()).isEqualTo(3.5);
    assertThat(asked("GET " + Keys.MEDIANS)).isEqualTo(2);
    assertThat(predict.stdout()).contains("/nyc311-local/311/medians.json: 503 SlowDown");
  }

  @Test
  void aSlowDownThatLastsFailsCollectorAndRecomputerAfterFewTries() throws Exception {
    Days.put(s3, DAY, ROWS);
    misbehave(Map.of("HEAD " + RAW, always(SLOW_DOWN), "GET " + RAW, always(SLOW_DOWN)));

    assertThat(collectFailure())
        .contains("cannot collect 2019-07-01 (cannot look at " + RAW + at() + ": 503");
    assertThat(recomputeFailure())
        .contains("2019-07-01 (cannot read " + RAW + at() + ": 503 SlowDown");
    assertThat(asked("HEAD " + RAW)).isEqualTo(TRIES);
    assertThat(asked("GET " + RAW)).isEqualTo(TRIES);
  }

  static List<S3Fault> cuts() {
    return List.of(S3Fault.resetAfter(400), S3Fault.closedAfter(400));
  }

  /** A day that came in part is not taken for a malformed one: the event that comes again helps. */
  @ParameterizedTest
  @MethodSource("cuts")
  void aRawDayThatIsCutOffWhileItIsReadIsNotTakenForTheDay(S3Fault cut) throws Exception {
    Days.put(s3, DAY, ROWS);
    misbehave(Map.of("GET " + RAW, first(cut)));

    assertThat(recomputeFailure())
        .contains("cannot summarise 2019-07-01 (")
        .doesNotContain("at line");
    assertThat(WRITTEN).extracting(ObjectCreated::key).containsExactly(RAW);

    assertThat(recomputed().at("/published").asBoolean()).isTrue();
    assertPublished(10);
  }

  /** Another day's event, so that it is read as one of the window. */
  @ParameterizedTest
  @MethodSource("cuts")
  void aDocumentThatIsCutOffWhileItIsReadLosesNoDay(S3Fault cut) throws Exception {
    LocalDate other = DAY.plusDays(1);
    Days.put(s3, DAY, ROWS);
    recomputed();
    Days.put(s3, other, Days.rows(other, 6, 30));
    misbehave(Map.of("GET " + SUMMARY, first(cut)));

    Outcome outcome = medians.invoke(Days.event(s3, List.of(Keys.rawDay(other))));
    if (outcome.end() == End.ERROR) {
      assertThat(outcome.body()).contains(SUMMARY);
      outcome = medians.invoke(Days.event(s3, List.of(Keys.rawDay(other))));
    }

    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
    assertPublished(16);
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void mediansThatAreCutOffWhileTheyAreReadAreReadAgainOrTheLastOnesStay(S3Fault cut)
      throws Exception {
    publish("2.6542");
    assertThat(estimate()).isEqualTo(2.65);
    publish("3.5");
    misbehave(Map.of("GET " + Keys.MEDIANS, first(cut)));
    assertThat(estimate()).isEqualTo(3.5);

    publish("4.5");
    misbehave(Map.of("GET " + Keys.MEDIANS, always(cut)));
    assertThat(estimate()).isEqualTo(3.5);
  }

  static List<S3Fault> resets() {
    return List.of(S3Fault.resetWhileReading(500), S3Fault.resetInsteadOfAnswering());
  }

  /** Also when it was the answer that was lost: then the first try has written. */
  @ParameterizedTest
  @MethodSource("resets")
  void aRawDayWhosePutIsResetIsWrittenWholeAndOnce(S3Fault reset) throws Exception {
    misbehave(Map.of("PUT " + RAW, first(reset)));

    assertThat(collected()).isIn("written", "unchanged");
    assertThat(Days.get(s3, RAW)).isEqualTo(rawDay());
    assertThat(WRITTEN).extracting(ObjectCreated::key).containsExactly(RAW);
    assertThat(asked("PUT " + RAW)).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("resets")
  void documentsWhosePutIsResetAreWrittenWholeAndOnce(S3Fault reset) throws Exception {
    Days.put(s3, DAY, ROWS);
    misbehave(Map.of("PUT " + SUMMARY, first(reset), "PUT " + Keys.MEDIANS, first(reset)));

    recomputed();
    assertPublished(10);
    assertThat(WRITTEN).extracting(ObjectCreated::key).containsExactly(RAW, SUMMARY, Keys.MEDIANS);
  }

  @Test
  void contentionIsWaitedForByCollectorAndRecomputer() throws Exception {
    S3Fault[] contention = {
      S3Fault.error(409, "ConditionalRequestConflict"),
      S3Fault.error(412, "PreconditionFailed"),
      S3Fault.error(409, "ConditionalRequestConflict")
    };
    misbehave(
        Map.of(
            "PUT " + RAW, first(contention),
            "PUT " + SUMMARY, first(contention),
            "PUT " + Keys.MEDIANS, first(contention)));

    assertThat(collected()).isEqualTo("written");
    assertThat(recomputed().at("/published").asBoolean()).isTrue();
    assertPublished(10);
    assertThat(asked("PUT " + RAW)).isEqualTo(1 + contention.length);
    assertThat(asked("PUT " + SUMMARY)).isEqualTo(1 + contention.length);
    assertThat(asked("PUT " + Keys.MEDIANS)).isEqualTo(1 + contention.length);
  }

  @Test
  void contentionWithoutEndFailsTheDayAfterFivePuts() throws Exception {
    misbehave(Map.of("PUT " + RAW, always(S3Fault.error(409, "ConditionalRequestConflict"))));

    assertThat(collectFailure())
        .contains("2019-07-01 (object was changed by someone else meanwhile: " + RAW);
    assertThat(asked("PUT " + RAW)).isEqualTo(5);
  }

  @Test
  void aRawDayThatIsGoneBeforeItsEventComesIsNoError() throws Exception {
    Days.put(s3, DAY, ROWS);
    recomputed();
    Days.delete(s3, RAW);

    JsonNode report = recomputed();

    assertThat(report.at("/days/2019-07-01/outcome").asText()).isEqualTo("vanished");
    assertThat(report.get("failed")).isEmpty();
  }

  @Test
  void aRawDayThatVanishesWhileItIsReplacedIsWrittenAnew() throws Exception {
    Days.put(s3, DAY, ROWS.subList(0, 3));
    misbehave(Map.of("PUT " + RAW, first(S3Fault.after(() -> Days.delete(s3, RAW)))));

    assertThat(collected()).isEqualTo("written");
    assertThat(Days.get(s3, RAW)).isEqualTo(rawDay());
  }

  @Test
  void mediansThatAreGoneLeaveTheLastGoodAnswer() throws Exception {
    publish("2.6542");
    assertThat(estimate()).isEqualTo(2.65);
    Days.delete(s3, "311/");

    assertThat(estimate()).isEqualTo(2.65);
  }

  @Test
  void aRawDayReplacedBeforeOrWhileItIsSummarisedCountsAsItIsNow() throws Exception {
    Days.put(s3, DAY, ROWS.subList(0, 3));
    String event = Days.event(s3, List.of(RAW));
    Days.put(s3, DAY, ROWS.subList(0, 5));
    assertThat(medians.invoke(event).end()).isEqualTo(End.RESULT);
    assertPublished(5);

    Days.put(s3, DAY, ROWS.subList(0, 7));
    misbehave(Map.of("PUT " + SUMMARY, first(S3Fault.after(() -> Days.put(s3, DAY, ROWS)))));
    assertThat(medians.invoke(event).end()).isEqualTo(End.RESULT);
    assertPublished(10);
  }

  /** Also the last line: what fails for one day is no reason to ask for it again and again. */
  @Test
  void whereAccessIsDeniedTheMessageSaysToWhatAndNothingIsTriedAgain() throws Exception {
    misbehave(Map.of("HEAD " + RAW, always(DENIED)));
    assertThat(collectFailure()).contains("2019-07-01 (cannot look at " + RAW + at() + ": 403");
    assertThat(asked("HEAD " + RAW)).isEqualTo(1);

    misbehave(Map.of("PUT " + RAW, always(DENIED)));
    assertThat(collectFailure())
        .contains("2019-07-01 (cannot write " + RAW + at() + ": 403 AccessDenied");
    assertThat(asked("PUT " + RAW)).isEqualTo(1);

    s3.misbehave(asked -> S3Fault.none());
    Days.put(s3, DAY, ROWS);
    misbehave(Map.of("GET " + RAW, always(DENIED)));
    assertThat(recomputeFailure())
        .contains("2019-07-01 (cannot read " + RAW + at() + ": 403 AccessDenied");
    assertThat(asked("GET " + RAW)).isEqualTo(1);

    misbehave(Map.of("GET ", always(DENIED)));
    assertThat(recomputeFailure()).contains("cannot list 311/days/" + at() + ": 403 AccessDenied");
    assertThat(asked("GET ")).isEqualTo(1);

    misbehave(Map.of("PUT " + Keys.MEDIANS, always(DENIED)));
    assertThat(recomputeFailure())
        .contains("cannot write 311/medians.json" + at() + ": 403 AccessDenied");
    assertThat(asked("PUT " + Keys.MEDIANS)).isEqualTo(1);
  }

  @Test
  void whereAccessIsDeniedTheApiKeepsItsLastGoodAnswer() throws Exception {
    publish("2.6542");
    assertThat(estimate()).isEqualTo(2.65);
    misbehave(Map.of("GET " + Keys.MEDIANS, always(DENIED)));

    assertThat(estimate()).isEqualTo(2.65);
    assertThat(asked("GET " + Keys.MEDIANS)).isEqualTo(1);
    assertThat(predict.stdout()).contains("/nyc311-local/311/medians.json: 403 AccessDenied");
  }

  private static String at() {
    return " in nyc311-local at " + s3.endpoint();
  }

  /** Faults by method and key, such as {@code PUT 311/medians.json}; a listing is a GET of none. */
  private static void misbehave(Map<String, Supplier<S3Fault>> faults) {
    ASKED.clear();
    s3.misbehave(
        asked -> {
          String request = asked.method() + " " + asked.key();
          ASKED.computeIfAbsent(request, any -> new AtomicInteger()).incrementAndGet();
          return faults.getOrDefault(request, S3Fault::none).get();
        });
  }

  private static Supplier<S3Fault> first(S3Fault... script) {
    Queue<S3Fault> left = new ConcurrentLinkedQueue<>(Arrays.asList(script));
    return () -> Optional.ofNullable(left.poll()).orElseGet(S3Fault::none);
  }

  private static Supplier<S3Fault> always(S3Fault fault) {
    return () -> fault;
  }

  private static int asked(String request) {
    return ASKED.getOrDefault(request, new AtomicInteger()).get();
  }

  private static String collected() throws Exception {
    return result(collect, "{\"dates\":[\"" + DAY + "\"]}").at("/days/0/outcome").asText();
  }

  private static String collectFailure() throws Exception {
    return failure(collect, "{\"dates\":[\"" + DAY + "\"]}");
  }

  private static JsonNode recomputed() throws Exception {
    return result(medians, Days.event(s3, List.of(RAW)));
  }

  private static String recomputeFailure() throws Exception {
    return failure(medians, Days.event(s3, List.of(RAW)));
  }

  private static double estimate() throws Exception {
    JsonNode answer = result(predict, Files.readString(Path.of("events", "predict-by-type.json")));
    return JSON.readTree(answer.get("body").asText()).get("estimated_time").asDouble();
  }

  private static JsonNode result(LambdaProcess function, String event) throws Exception {
    Outcome outcome = function.invoke(event);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
    return JSON.readTree(outcome.body());
  }

  private static String failure(LambdaProcess function, String event) throws Exception {
    Outcome outcome = function.invoke(event);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.ERROR);
    return JSON.readTree(outcome.body()).get("errorMessage").asText();
  }

  /** The medians that come with the repository, but for the one that is asked for. */
  private static void publish(String hours) throws IOException {
    s3.misbehave(asked -> S3Fault.none());
    Days.put(
        s3,
        Keys.MEDIANS,
        Files.readString(Path.of("model", "medians.json"))
            .replace("\"p50\":2.6542", "\"p50\":" + hours));
  }

  /** As the collector writes it. */
  private static String rawDay() {
    return Days.json(ROWS).replace("[{", "[\n{");
  }

  private static void assertPublished(int requests) throws IOException {
    assertThat(JSON.readTree(Days.get(s3, Keys.MEDIANS)).get("requests").asInt())
        .isEqualTo(requests);
  }
}
