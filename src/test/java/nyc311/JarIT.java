package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LambdaFunction;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.SampleFeed;
import nyc311.local.Skipped;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** The shaded jar, unpacked and run as Lambda does it, on each Java that there is. */
class JarIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path JAR = Path.of(System.getProperty("nyc311.jar"));
  private static final String PREDICT = "nyc311.predict.PredictHandler::handleRequest";
  private static final String COLLECT = "nyc311.collect.CollectHandler::handleRequest";
  private static final String MEDIANS = "nyc311.medians.MediansHandler::handleRequest";
  private static final int MOST_STARTS = 10;

  @TempDir private static Path taskRoot;

  private LocalS3 s3;

  /** The Java that runs this test, and the one that Lambda runs. */
  enum Java {
    RUNNING,
    JAVA_25;

    Jdk jdk() throws IOException {
      if (this == RUNNING) {
        return Jdk.running();
      }
      return Jdk.java25()
          .orElseThrow(() -> Skipped.test("nyc311.JarIT on Java 25", Jdk.NO_JAVA_25));
    }
  }

  @BeforeAll
  static void unpack() throws IOException {
    LambdaProcess.unpack(JAR, taskRoot);
  }

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @ParameterizedTest
  @EnumSource
  void thePredictEventsAreAnswered(Java java) throws Exception {
    publishWhatTheRepositoryHas();
    try (LambdaProcess predict = loaded(java.jdk(), taskRoot, s3.environment())) {
      JsonNode byType = result(predict, "predict-by-type.json");
      assertThat(byType.get("statusCode").asInt()).isEqualTo(200);
      JsonNode answer = JSON.readTree(byType.get("body").asText());
      assertThat(answer.get("matched_type").asText()).isEqualTo("Noise - Residential");
      assertThat(answer.get("estimated_time").asDouble()).isEqualTo(2.65);
      assertThat(answer.at("/range/p10").asDouble()).isEqualTo(.57);
      assertThat(answer.at("/range/p90").asDouble()).isEqualTo(8.78);

      JsonNode placed = result(predict, "predict-with-place-and-time.json");
      assertThat(placed.get("statusCode").asInt()).isEqualTo(200);
      JsonNode estimate = JSON.readTree(placed.get("body").asText());
      assertThat(estimate.get("basis").asText()).isEqualTo("regression");
      assertThat(estimate.get("model")).isEqualTo(publishedVersion());
      assertThat(estimate.get("estimated_time").asDouble()).isEqualTo(3.56);
      assertThat(estimate.at("/range/p10").asDouble()).isEqualTo(.98);
      assertThat(estimate.at("/range/p90").asDouble()).isEqualTo(23.01);

      JsonNode unknown = result(predict, "predict-unknown-type.json");
      assertThat(unknown.get("statusCode").asInt()).isEqualTo(400);
      JsonNode problem = JSON.readTree(unknown.get("body").asText());
      assertThat(problem.get("problem").asText()).isEqualTo("Complaint type is not in database");
      assertThat(problem.get("complaint_type").asText()).isEqualTo("wrongtype");
      assertThat(predict.stdout() + predict.stderr()).doesNotContain("SLF4J", "Exception");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLoopRuns(Java java) throws Exception {
    try (FeedServer feed = new FeedServer(SampleFeed.ofJuly2019())) {
      Map<String, String> environment = new HashMap<>(s3.environment());
      environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
      environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
      try (LambdaProcess collect =
          LambdaProcess.start(java.jdk(), taskRoot, COLLECT, environment)) {
        JsonNode backfill = result(collect, "backfill.json");
        assertThat(backfill.get("days").findValuesAsText("day"))
            .containsExactly("2019-07-03", "2019-07-02", "2019-07-01");
        assertThat(backfill.get("days").findValuesAsText("outcome")).containsOnly("written");

        JsonNode scheduled = result(collect, "schedule.json");
        assertThat(scheduled.get("days").findValuesAsText("day"))
            .startsWith("2019-07-01", "2019-06-30", "2019-06-29")
            .contains("2019-06-28", "2019-05-04")
            .doesNotHaveDuplicates()
            .hasSize(60);
        assertThat(scheduled.at("/days/0/outcome").asText()).isEqualTo("unchanged");
        JsonNode logged = JSON.readTree(collect.stdout().lines().findFirst().orElseThrow());
        assertThat(JSON.readTree(logged.get("message").asText()).get("collect"))
            .isEqualTo(backfill);
      }
      try (LambdaProcess medians =
          LambdaProcess.start(java.jdk(), taskRoot, MEDIANS, s3.environment())) {
        JsonNode recomputed = result(medians, "s3-put.json");
        assertThat(recomputed.get("published").asBoolean()).isTrue();
        assertThat(recomputed.at("/days/2019-07-01/outcome").asText()).isEqualTo("summarised");
        assertThat(recomputed.get("window").asText()).isEqualTo("2019-05-05/2019-07-03");
      }
      try (LambdaProcess predict = loaded(java.jdk(), taskRoot, s3.environment())) {
        assertThat(result(predict, "predict-by-type.json").get("statusCode").asInt())
            .isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void onAnEmptyBucketItStartsAndAsksToComeBack(Java java) throws Exception {
    try (LambdaProcess predict =
        LambdaProcess.start(java.jdk(), taskRoot, PREDICT, s3.environment())) {
      JsonNode answer = result(predict, "predict-by-type.json");
      assertThat(answer.get("statusCode").asInt()).isEqualTo(503);
      assertThat(answer.at("/headers/retry-after").asText()).isEqualTo("60");
    }
  }

  @Test
  void aLiveProcessSeesNewMediansAndOutlivesItsBucket() throws Exception {
    publishWhatTheRepositoryHas();
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("REFRESH_SECONDS", "0");
    try (LambdaProcess predict = loaded(Jdk.running(), taskRoot, environment)) {
      assertThat(estimate(predict)).isEqualTo(2.65);

      String changed =
          Files.readString(Path.of("model", "medians.json"))
              .replace("\"p50\":2.6542", "\"p50\":3.5");
      s3.client()
          .putObject(r -> r.bucket(s3.bucket()).key(Keys.MEDIANS), RequestBody.fromString(changed));
      Patience.await().until(() -> estimate(predict) == 3.5);

      s3.setUnavailable(true);
      assertThat(estimate(predict)).isEqualTo(3.5);
      assertThat(predict.stdout()).contains("\"RefreshFailures\":1");

      s3.suspend();
      assertThat(estimate(predict)).isEqualTo(3.5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoredProcessServesWhatWasPublishedSinceItsSnapshot(Java java) throws Exception {
    try (LambdaProcess predict =
        LambdaFunction.java(java.jdk(), taskRoot, PREDICT)
            .environment(s3.environment())
            .snapStart()
            .start()) {
      predict.awaitCheckpoint();
      publishWhatTheRepositoryHas();
      String printedBefore = predict.stdout();

      predict.restore();
      assertThat(estimate(predict)).isEqualTo(2.65);
      JsonNode placed = result(predict, "predict-with-place-and-time.json");
      assertThat(JSON.readTree(placed.get("body").asText()).get("basis").asText())
          .isEqualTo("regression");
      assertThat(printedBefore).doesNotContain("priming failed");
      assertThat(predict.stdout().substring(printedBefore.length()) + predict.stderr())
          .doesNotContain("Exception", "RefreshFailures");
    }
  }

  @Test
  void aRestoredProcessServesItsSnapshotWhileTheBucketIsSilent() throws Exception {
    publishWhatTheRepositoryHas();
    try (LambdaProcess predict =
        LambdaFunction.java(Jdk.running(), taskRoot, PREDICT)
            .environment(s3.environment())
            .snapStart()
            .start()) {
      predict.awaitCheckpoint();
      s3.suspend();

      predict.restore();
      assertThat(estimate(predict)).isEqualTo(2.65);
      assertThat(predict.stdout()).contains("\"RefreshFailures\":1");
    }
  }

  /**
   * The API, started with what is published. On a busy machine a start may take longer than it
   * waits for the bucket: it says so, and works without, and another one is started here.
   */
  static LambdaProcess loaded(Jdk jdk, Path taskRoot, Map<String, String> environment)
      throws IOException {
    for (int start = 1; ; start++) {
      LambdaProcess predict = LambdaProcess.start(jdk, taskRoot, PREDICT, environment);
      predict.awaitReady();
      if (start == MOST_STARTS || !predict.stdout().contains("RefreshFailures")) {
        return predict;
      }
      predict.close();
    }
  }

  private static double estimate(LambdaProcess predict) throws Exception {
    JsonNode response = result(predict, "predict-by-type.json");
    return JSON.readTree(response.get("body").asText()).get("estimated_time").asDouble();
  }

  @Test
  void withoutABucketTheStartFailsAndNamesTheVariable() throws Exception {
    for (String handler : new String[] {PREDICT, COLLECT, MEDIANS}) {
      try (LambdaProcess function =
          LambdaProcess.start(
              Jdk.running(), taskRoot, handler, Map.of("AWS_REGION", "us-east-1"))) {
        Outcome outcome = function.invoke("{}");
        assertThat(outcome.end()).isEqualTo(End.INIT_ERROR);
        assertThat(outcome.body()).contains("DATA_BUCKET must be set");
      }
    }
  }

  @Test
  void aDayThatFailsFailsTheInvocation() throws Exception {
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("FEED_ARCHIVE_URL", "http://127.0.0.1:1/nobody-listens.json");
    try (LambdaProcess collect =
        LambdaProcess.start(Jdk.running(), taskRoot, COLLECT, environment)) {
      Outcome outcome = collect.invoke("{\"dates\":[\"2019-07-01\"]}");
      assertThat(outcome.end()).isEqualTo(End.ERROR);
      assertThat(outcome.body()).contains("CollectionFailedException", "cannot collect 2019-07-01");
    }
  }

  /** Under SnapStart there are no keys in the environment: the SDK asks a container endpoint. */
  @Test
  void credentialsComeFromAContainersEndpointAndAnewAfterARestore() throws Exception {
    publishWhatTheRepositoryHas();
    AtomicInteger asked = new AtomicInteger();
    HttpServer credentials =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    credentials.createContext(
        "/credentials",
        exchange -> {
          asked.incrementAndGet();
          ObjectNode keys =
              JSON.createObjectNode()
                  .put("AccessKeyId", "AKID")
                  .put("SecretAccessKey", "SECRET")
                  .put("Token", "TOKEN")
                  .put("Expiration", Instant.now().plusSeconds(3_600).toString());
          byte[] body = keys.toString().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    credentials.start();
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.keySet().removeIf(name -> name.contains("KEY"));
    environment.put(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://127.0.0.1:" + credentials.getAddress().getPort() + "/credentials");
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key("311/raw_data/2019-07-01.json"),
            RequestBody.fromString("[]"));
    try (LambdaProcess predict =
        LambdaFunction.java(Jdk.running(), taskRoot, PREDICT)
            .environment(environment)
            .snapStart()
            .start()) {
      predict.awaitCheckpoint();
      int askedForTheSnapshot = asked.get();
      assertThat(askedForTheSnapshot).isPositive();

      predict.restore();
      assertThat(result(predict, "predict-by-type.json").get("statusCode").asInt()).isEqualTo(200);
      // Those of the snapshot are hours from their end, and yet not used any more.
      int askedByPredict = asked.get();
      assertThat(askedByPredict).isGreaterThan(askedForTheSnapshot);
      try (LambdaProcess medians =
          LambdaProcess.start(Jdk.running(), taskRoot, MEDIANS, environment)) {
        assertThat(result(medians, "s3-put.json").at("/days/2019-07-01/outcome").asText())
            .isEqualTo("summarised");
      }
      assertThat(asked.get()).isGreaterThan(askedByPredict);
    } finally {
      credentials.stop(0);
    }
  }

  private static JsonNode result(LambdaProcess function, String event) throws Exception {
    Outcome outcome = function.invoke(Files.readString(Path.of("events", event)));
    assertThat(outcome.end()).as(outcome.body() + function.stderr()).isEqualTo(End.RESULT);
    return JSON.readTree(outcome.body());
  }

  private static JsonNode publishedVersion() throws IOException {
    return JSON.readTree(Path.of("model", Keys.MODEL_POINTER).toFile()).get("version");
  }

  private void publishWhatTheRepositoryHas() throws IOException {
    put(Keys.MEDIANS, Path.of("model", "medians.json"));
    Path model = Path.of("model");
    try (Stream<Path> files = Files.list(model.resolve(Keys.MODELS))) {
      files.forEach(file -> put(model.relativize(file).toString(), file));
    }
  }

  private void put(String key, Path file) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromFile(file));
  }
}
