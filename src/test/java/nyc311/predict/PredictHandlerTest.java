package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.WatchedBucket;
import nyc311.medians.InventedType;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.medians.Patterns;
import nyc311.medians.TypeMedians;
import nyc311.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** The HTTP contract, from the gateway's event to its answer, over a real bucket. */
class PredictHandlerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant AS_OF = Instant.parse("2019-07-12T10:00:00Z");

  private final TestClock clock = new TestClock();
  private LocalS3 s3;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Noise - Street/Sidewalk",
        "noise-street-sidewalk",
        "NOISE - STREET/SIDEWALK",
        "street",
        "Street"
      })
  void theMedianIsFoundByAnySpellingAndByTheShortName(String asked) throws IOException {
    publish(type("Noise - Street/Sidewalk", 2.346, 100, false), type("Noise", 9, 5, false));

    JsonNode response = get(handler(), "/predict/" + asked);

    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
    assertThat(response.get("headers").get("content-type").asText()).isEqualTo("application/json");
    assertThat(body(response))
        .isEqualTo(
            JSON.readTree(
                """
                {"status":"success","complaint_type":"%s","estimated_time":2.35,"at_least":false,
                 "range":{"p10":1.17,"p90":4.69,"p10_at_least":false,"p90_at_least":false},
                 "interval":{"lower":1.17,"upper":4.69},"rough":true,"day_only":0.0,"requests":100,
                 "matched_type":"Noise - Street/Sidewalk","basis":"median",
                 "as_of":"2019-07-12T10:00:00Z"}\
                """
                    .formatted(asked)));
  }

  @Test
  void aRealTypeWinsOverAShortName() throws IOException {
    publish(type("Noise", 9, 5, false), type("Other", 3, 5, false));

    JsonNode answer = body(get(handler(), "/predict/other"));

    assertThat(answer.get("matched_type").asText()).isEqualTo("Other");
  }

  @Test
  void aMedianThatIsNotReachedIsALowerBound() throws IOException {
    publish(type("Sidewalk Condition", 406, 20, true));

    JsonNode answer = body(get(handler(), "/predict/sidewalk-condition"));

    assertThat(answer.get("at_least").asBoolean()).isTrue();
    assertThat(answer.get("range").get("p90_at_least").asBoolean()).isTrue();
  }

  @Test
  void anUnknownTypeIsToldTheNearestNames() throws IOException {
    publish(
        type("HEAT/HOT WATER", 9, 5, false),
        type("Noise - Park", 9, 5, false),
        type("Noise - Residential", 9, 5, false),
        type("Rodent", 9, 5, false));

    JsonNode response = get(handler(), "/predict/noise residental");

    assertThat(response.get("statusCode").asInt()).isEqualTo(400);
    JsonNode answer = body(response);
    assertThat(answer.get("status").asText()).isEqualTo("failure");
    assertThat(answer.get("problem").asText()).isEqualTo("Complaint type is not in database");
    assertThat(answer.get("complaint_type").asText()).isEqualTo("noise residental");
    assertThat(answer.get("suggestions")).hasSize(3);
    assertThat(answer.get("suggestions").get(0).asText()).isEqualTo("Noise - Residential");
  }

  @ParameterizedTest
  @CsvSource({
    "parking, Illegal Parking",
    "heating, HEAT/HOT WATER",
    "dead animals, Dead Animal",
    "noise residental, Noise - Residential",
    "ilegal parkin, Illegal Parking",
  })
  void theNearestNameIsFoundWordByWord(String asked, String nearest) throws IOException {
    publish(
        type("Dead Animal", 9, 5, false),
        type("Dead/Dying Tree", 9, 5, false),
        type("Drinking", 9, 5, false),
        type("HEAT/HOT WATER", 9, 5, false),
        type("Illegal Parking", 9, 5, false),
        type("Noise - Residential", 9, 5, false),
        type("PLUMBING", 9, 5, false),
        type("Vending", 9, 5, false));

    assertThat(body(get(handler(), "/predict/" + asked)).at("/suggestions/0").asText())
        .isEqualTo(nearest);
  }

  @Test
  void aNameWithoutLettersHasNoNearestName() throws IOException {
    publish(type("Noise", 9, 5, false));

    assertThat(body(get(handler(), "/predict/ ")).get("suggestions")).isEmpty();
  }

  @Test
  void hoursArePlainDigits() throws IOException {
    publish(type("Noise", 23_456_789.125, 5, false));

    assertThat(get(handler(), "/predict/noise").get("body").asText())
        .contains("\"estimated_time\":23456789.13", "\"p90\":46913578.25");
  }

  @Test
  void aShortAnswerIsNotMadeLongerByCompression() throws IOException {
    ObjectNode event = event("GET", "/nowhere", Map.of());
    event.putObject("headers").put("accept-encoding", "gzip");

    assertThat(send(handler(), event).get("isBase64Encoded").asBoolean()).isFalse();
  }

  @Test
  void whileOneRequestAsksTheBucketOthersAreAnsweredFromWhatIsLoaded() throws Exception {
    publish(type("Noise", 1, 5, false));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    WatchedBucket slow = new WatchedBucket(new S3Bucket(s3.client(), s3.bucket()));
    PredictHandler handler =
        new PredictHandler(new Settings(Map.of("DATA_BUCKET", s3.bucket())), slow, clock);
    slow.afterNextGet(
        Keys.MEDIANS,
        () -> {
          asked.countDown();
          awaited(answer);
        });
    publish(type("Noise", 2, 5, false));
    clock.advance(Duration.ofMinutes(6));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Double> first = thread.submit(() -> noise(handler));
      awaited(asked);
      assertThat(noise(handler)).as("of the second request").isEqualTo(1);
      answer.countDown();
      assertThat(first.get()).isEqualTo(2);
    } finally {
      answer.countDown();
      thread.shutdownNow();
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.LIMIT.toMinutes(), TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBadParameterIsRefusedAndAGoodOneIsNot() throws IOException {
    publish(type("Noise", 9, 5, false));
    PredictHandler handler = handler();

    JsonNode bad = send(handler, "GET", "/predict/noise", Map.of("lat", "95", "lon", "-73.9"));
    JsonNode good =
        send(
            handler,
            "GET",
            "/predict/noise",
            Map.of("lat", "40.7", "lon", "-73.9", "date", "2019-06-14T00:02:11"));

    assertThat(bad.get("statusCode").asInt()).isEqualTo(400);
    assertThat(bad.get("body").asText())
        .isEqualTo(
            "{\"status\":\"failure\",\"problem\":\"lat must be between 40.4 and 41.0:"
                + " 95\",\"parameter\":\"lat\",\"error message\":\"lat must be between 40.4 and"
                + " 41.0: 95\"}");
    assertThat(good.get("statusCode").asInt()).isEqualTo(200);
  }

  /** As the gateway sends it: the values joined by a comma, and the query as it was. */
  @Test
  void aParameterThatIsGivenTwiceIsRefusedByName() throws IOException {
    publish(type("Noise", 9, 5, false));
    ObjectNode event =
        event("GET", "/predict/noise", Map.of("lat", "40.7,40.8", "lon", "-73.9", "x", "1,2"));
    PredictHandler handler = handler();

    event.put("rawQueryString", "x=1&lat=40.7&lon=-73.9&x=2&lat=40.8");
    JsonNode twice = send(handler, event);
    event.put("rawQueryString", "x=1&lat=40.7&lon=-73.9&x=2");
    ((ObjectNode) event.get("queryStringParameters")).put("lat", "40.7");
    JsonNode once = send(handler, event);

    assertThat(twice.get("statusCode").asInt()).isEqualTo(400);
    assertThat(body(twice).get("parameter").asText()).isEqualTo("lat");
    assertThat(body(twice).get("problem").asText())
        .isEqualTo("lat must be given once: 40.7,40.8")
        .isEqualTo(body(twice).get("error message").asText());
    assertThat(once.get("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void complaintTypesListsWhatIsKnownWithPathsThatFindIt() throws IOException {
    publish(type("Noise - Street/Sidewalk", 2, 100, false), type("Snow", 9, 5, true));
    PredictHandler handler = handler();

    JsonNode answer = body(get(handler, "/complaint-types"));

    assertThat(answer.get("requests").asInt()).isEqualTo(105);
    assertThat(answer.get("window").get("to").asText()).isEqualTo("2019-07-10");
    JsonNode street = answer.get("complaint_types").get(0);
    assertThat(street.get("complaint_type").asText()).isEqualTo("Noise - Street/Sidewalk");
    assertThat(street.get("estimated_time").asDouble()).isEqualTo(2);
    assertThat(street.get("path").asText()).isEqualTo("/predict/noise-street-sidewalk");
    assertThat(body(get(handler, street.get("path").asText())).get("requests").asInt())
        .isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "//", "/predict", "/predict/", "/favicon.ico", "/Predict/noise"})
  void otherPathsAreNotFound(String path) throws IOException {
    publish(type("Noise", 9, 5, false));

    JsonNode response = get(handler(), path);

    assertThat(response.get("statusCode").asInt()).isEqualTo(404);
    assertThat(body(response).get("problem").asText())
        .isEqualTo("There is no such path; /openapi.json describes those that there are");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
  void otherMethodsAreNotAllowed(String method) throws IOException {
    publish(type("Noise", 9, 5, false));

    JsonNode response = send(handler(), method, "/predict/noise", Map.of());

    assertThat(response.get("statusCode").asInt()).isEqualTo(405);
    assertThat(response.get("headers").get("allow").asText()).isEqualTo("GET, HEAD");
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    publish(type("Noise", 9, 5, false));

    JsonNode response = send(handler(), "HEAD", "/predict/noise", Map.of());

    assertThat(response.get("statusCode").asInt()).isEqualTo(200);
    assertThat(response.get("body").asText()).isEmpty();
  }

  @Test
  void aNamedStageIsNoPartOfThePath() throws IOException {
    publish(type("Noise", 9, 5, false));
    ObjectNode event = event("GET", "/prod/predict/noise", Map.of());
    ((ObjectNode) event.get("requestContext")).put("stage", "prod");

    assertThat(send(handler(), event).get("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void aClientThatAcceptsGzipGetsIt() throws IOException {
    TypeMedians[] types =
        IntStream.range(10, 90)
            .mapToObj(i -> type("Type " + i, i, i, false))
            .toArray(TypeMedians[]::new);
    publish(types);
    PredictHandler handler = handler();
    ObjectNode event = event("GET", "/complaint-types", Map.of());
    event.putObject("headers").put("accept-encoding", "br;q=1.0, gzip;q=0.8, *;q=0.1");

    JsonNode zipped = send(handler, event);
    event.putObject("headers").put("accept-encoding", "*;q=0.5, gzip;q=0");
    JsonNode plain = send(handler, event);

    assertThat(zipped.get("isBase64Encoded").asBoolean()).isTrue();
    assertThat(zipped.get("headers").get("content-encoding").asText()).isEqualTo("gzip");
    byte[] compressed = Base64.getDecoder().decode(zipped.get("body").asText());
    byte[] content = new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
    assertThat(compressed.length).isLessThan(content.length / 3);
    assertThat(plain.get("isBase64Encoded").asBoolean()).isFalse();
    assertThat(plain.get("body").asText()).isEqualTo(new String(content, StandardCharsets.UTF_8));
  }

  @Test
  void beforeTheFirstPublicationItAsksToComeBackAndThenAnswersWithoutARestart() throws IOException {
    PredictHandler handler = handler();

    JsonNode early = get(handler, "/predict/noise");
    publish(type("Noise", 9, 5, false));
    clock.advance(Duration.ofSeconds(1));
    JsonNode later = get(handler, "/predict/noise");

    assertThat(early.get("statusCode").asInt()).isEqualTo(503);
    assertThat(early.get("headers").get("retry-after").asText()).isEqualTo("60");
    assertThat(later.get("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void newMediansAreSeenAfterTheRefreshIntervalAndNotBefore() throws IOException {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    publish(type("Noise", 2, 5, false));

    clock.advance(Duration.ofSeconds(299));
    assertThat(noise(handler)).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(noise(handler)).isEqualTo(2);
  }

  @Test
  void aClockThatWentBackAsksAtOnce() throws IOException {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    publish(type("Noise", 2, 5, false));

    clock.advance(Duration.ofDays(-1));
    assertThat(noise(handler)).isEqualTo(2);
  }

  @Test
  void mediansAndModelAreAskedForAtTheSameTime() throws IOException {
    publish(type("Noise", 1, 5, false));
    WatchedBucket slow = new WatchedBucket(new S3Bucket(s3.client(), s3.bucket()));
    CyclicBarrier bothAreAsked = new CyclicBarrier(2);
    for (String key : List.of(Keys.MEDIANS, Keys.MODEL_POINTER)) {
      slow.afterNextGet(
          key,
          () -> {
            try {
              bothAreAsked.await(Patience.LIMIT.toMinutes(), TimeUnit.MINUTES);
            } catch (Exception e) {
              throw new IllegalStateException(key + " was asked for alone", e);
            }
          });
    }

    String printed =
        printed(
            () ->
                assertThat(
                        noise(
                            new PredictHandler(
                                new Settings(Map.of("DATA_BUCKET", s3.bucket())), slow, clock)))
                    .isEqualTo(1));

    assertThat(printed).isEmpty();
  }

  /** One that trickles its headers could hold a read for ever. */
  @Test
  void aBucketThatNeverAnswersIsNotWaitedForLongerThanTheLimit() throws IOException {
    publish(type("Noise", 1, 5, false));
    WatchedBucket silent = new WatchedBucket(new S3Bucket(s3.client(), s3.bucket()));
    PredictHandler handler =
        new PredictHandler(new Settings(Map.of("DATA_BUCKET", s3.bucket())), silent, clock);
    CountDownLatch end = new CountDownLatch(1);
    for (String key : List.of(Keys.MEDIANS, Keys.MODEL_POINTER)) {
      silent.afterNextGet(
          key,
          () -> {
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    clock.advance(Duration.ofMinutes(6));

    String printed = printed(() -> assertThat(noise(handler)).isEqualTo(1));
    end.countDown();

    assertThat(printed.lines()).hasSize(2).allMatch(line -> line.contains("TimeoutException"));
  }

  @Test
  void aSnapshotThatIsRestoredServesWhatWasPublishedSince() throws Exception {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    handler.beforeCheckpoint(null);
    publish(type("Noise", 2, 5, false));

    handler.afterRestore(null);
    assertThat(noise(handler)).isEqualTo(2);
  }

  @Test
  void aSnapshotOfAnEmptyBucketIsNoObstacle() throws Exception {
    PredictHandler handler = handler();

    assertThat(printed(() -> handler.beforeCheckpoint(null))).isEmpty();

    publish(type("Noise", 1, 5, false));
    handler.afterRestore(null);
    assertThat(noise(handler)).isEqualTo(1);
  }

  /** As when the stack makes the first version before it makes the bucket. */
  @Test
  void aBucketThatCannotBeReadIsToldOnceForEachObjectAndNotAgainWithEachReadOfThePriming()
      throws IOException {
    s3.setUnavailable(true);

    String printed = printed(() -> handler().beforeCheckpoint(null));

    assertThat(printed.lines().filter(line -> line.contains("\"RefreshFailures\":1"))).hasSize(2);
    assertThat(printed(() -> handler().afterRestore(null))).contains(Keys.MEDIANS);
  }

  @Test
  void whileTheBucketFailsARestoreServesWhatTheSnapshotHas() throws Exception {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    handler.beforeCheckpoint(null);
    s3.setUnavailable(true);
    clock.advance(Duration.ofDays(10));

    String printed = printed(() -> handler.afterRestore(null));

    assertThat(printed).contains("\"RefreshFailures\":1");
    assertThat(noise(handler)).isEqualTo(1);
  }

  @Test
  void aFaultOfThisProgramIsA500ThatTellsNothingOfItselfAndTheNextRequestIsAnswered()
      throws IOException {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    clock.breakOnce();

    String printed =
        printed(
            () -> {
              JsonNode failed = get(handler, "/predict/noise");
              assertThat(failed.get("statusCode").asInt()).isEqualTo(500);
              assertThat(failed.toString()).doesNotContain("stopped", "Exception");
            });

    assertThat(printed)
        .contains("predict: unexpected: java.lang.IllegalStateException: the clock stopped\n\tat ");
    List<String> metrics = printed.lines().filter(line -> line.contains("_aws")).toList();
    assertThat(metrics).hasSize(1);
    assertThat(JSON.readTree(metrics.get(0)).get("ServerErrors").asInt()).isEqualTo(1);
    assertThat(noise(handler)).isEqualTo(1);
  }

  @Test
  void whileTheBucketFailsTheLastGoodEstimatesAreServedAndAMetricSaysSo() throws IOException {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    s3.setUnavailable(true);
    clock.advance(Duration.ofMinutes(6));

    String printed = printed(() -> assertThat(noise(handler)).isEqualTo(1));

    List<JsonNode> metrics = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      metrics.add(JSON.readTree(line));
    }
    assertThat(metrics)
        .allMatch(line -> line.get("RefreshFailures").asInt() == 1)
        .allMatch(line -> line.at("/_aws/CloudWatchMetrics/0/Namespace").asText().equals("nyc311"))
        .extracting(line -> line.get("key").asText())
        .containsExactlyInAnyOrder(Keys.MEDIANS, Keys.MODEL_POINTER);
    s3.setUnavailable(false);
    publish(type("Noise", 2, 5, false));
    clock.advance(Duration.ofMinutes(6));
    assertThat(noise(handler)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>",
        "{\"version\":2}",
        "{\"version\":1,\"as_of\":\"2019-07-12T10:00:00Z\"",
        "{\"version\":1,\"as_of\":\"2019-07-12T10:00:00Z\",\"window\":{\"from\":\"2019-07-12\","
            + "\"to\":\"2019-07-10\"},\"moments\":[],\"types\":[]}",
      })
  void mediansThatCannotBeReadDoNotReplaceTheLastGoodOnes(String spoilt) throws IOException {
    publish(type("Noise", 1, 5, false));
    PredictHandler handler = handler();
    put(spoilt.getBytes(StandardCharsets.UTF_8));
    clock.advance(Duration.ofMinutes(6));

    String printed = printed(() -> assertThat(noise(handler)).isEqualTo(1));

    assertThat(printed).contains("not a valid medians document");
  }

  @Test
  void whenTheBucketFailsFromTheBeginningItStartsAndRecovers() throws IOException {
    publish(type("Noise", 1, 5, false));
    s3.setUnavailable(true);

    String printed =
        printed(
            () -> {
              PredictHandler handler = handler();
              assertThat(get(handler, "/predict/noise").get("statusCode").asInt()).isEqualTo(503);

              s3.setUnavailable(false);
              clock.advance(Duration.ofSeconds(1));
              assertThat(noise(handler)).isEqualTo(1);
            });

    assertThat(printed.lines()).hasSize(2).allMatch(line -> line.contains("\"RefreshFailures\":1"));
  }

  @Test
  void everyAnswerComesFromOnePublication() throws Exception {
    // The p10 is always half of the median, whichever publication an answer is from.
    publish(type("Noise", 2, 2, false));
    PredictHandler handler = handler(Map.of("REFRESH_SECONDS", "0"));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> readers =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            boolean consistent = true;
                            for (int n = 0; n < 50; n++) {
                              JsonNode answer = body(get(handler, "/predict/noise"));
                              double p50 = answer.get("estimated_time").asDouble();
                              consistent &= answer.get("requests").asInt() == (int) p50;
                              consistent &= answer.at("/range/p10").asDouble() == p50 / 2;
                            }
                            return consistent;
                          }))
              .toList();
      for (int hours = 4; hours < 40; hours += 2) {
        publish(type("Noise", hours, hours, false));
      }
      for (Future<Boolean> reader : readers) {
        assertThat(reader.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void nothingOfARequestGetsIntoAHeader() throws IOException {
    publish(type("Noise", 9, 5, false));
    String evil = "x\r\nset-cookie: a=b";

    for (String path : List.of("/predict/" + evil, "/" + evil)) {
      JsonNode response = send(handler(), "GET", path, Map.of("date", evil));
      assertThat(response.get("headers").toString()).doesNotContain("set-cookie");
    }
  }

  private double noise(PredictHandler handler) throws IOException {
    return body(get(handler, "/predict/noise")).get("estimated_time").asDouble();
  }

  private PredictHandler handler() {
    return handler(Map.of());
  }

  private PredictHandler handler(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("DATA_BUCKET", s3.bucket());
    return new PredictHandler(new Settings(all), new S3Bucket(s3.client(), s3.bucket()), clock);
  }

  private static JsonNode get(PredictHandler handler, String path) throws IOException {
    return send(handler, "GET", path, Map.of());
  }

  static JsonNode send(
      PredictHandler handler, String method, String path, Map<String, String> query)
      throws IOException {
    return send(handler, event(method, path, query));
  }

  static JsonNode send(PredictHandler handler, JsonNode event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(JSON.writeValueAsBytes(event)),
        out,
        new LocalContext("predict", Duration.ofSeconds(25), LogLevel.INFO));
    CheckedAnswer.check(
        out.toByteArray(),
        event.at("/requestContext/http/method").asText(),
        event.get("rawPath").asText().replaceFirst("^/prod(?=/)", ""));
    return JSON.readTree(out.toByteArray());
  }

  static ObjectNode event(String method, String path, Map<String, String> query) {
    ObjectNode event = JSON.createObjectNode().put("version", "2.0").put("rawPath", path);
    ObjectNode parameters = event.putObject("queryStringParameters");
    query.forEach(parameters::put);
    ObjectNode context = event.putObject("requestContext").put("stage", "$default");
    context.putObject("http").put("method", method).put("path", path);
    return event;
  }

  static JsonNode body(JsonNode response) throws IOException {
    return JSON.readTree(response.get("body").asText());
  }

  private void publish(TypeMedians... types) {
    put(medians(types));
  }

  static byte[] medians(TypeMedians... types) {
    return MediansJson.write(
        new Medians(
            AS_OF,
            LocalDate.of(2019, 5, 12),
            LocalDate.of(2019, 7, 10),
            0,
            List.of(1., 2.),
            Arrays.asList(types)));
  }

  private void put(byte[] medians) {
    s3.client()
        .putObject(r -> r.bucket(s3.bucket()).key(Keys.MEDIANS), RequestBody.fromBytes(medians));
  }

  static TypeMedians type(String name, double median, int requests, boolean atLeast) {
    return InventedType.of(
        name,
        requests,
        0,
        median / 2,
        median,
        median * 2,
        atLeast,
        atLeast,
        Math.min(1e9, 1_000 * median),
        List.of(.1, .5),
        Patterns.NONE);
  }

  interface Action {
    void run() throws IOException;
  }

  /** What goes to standard output and standard error, instead of there. */
  static String printed(Action action) throws IOException {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      action.run();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  static final class TestClock extends Clock {
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    private boolean broken;

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    void breakOnce() {
      broken = true;
    }

    void mend() {
      broken = false;
    }

    @Override
    public Instant instant() {
      if (broken) {
        broken = false;
        throw new IllegalStateException("the clock stopped");
      }
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new IllegalStateException("not used");
    }
  }
}
