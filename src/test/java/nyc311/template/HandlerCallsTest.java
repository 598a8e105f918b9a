package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.collect.CollectHandler;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.medians.Medians;
import nyc311.medians.MediansHandler;
import nyc311.medians.MediansJson;
import nyc311.medians.TypeMedians;
import nyc311.predict.PredictHandler;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import nyc311.train.TrainHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** Once round the loop, from an empty bucket: every handler stays within its role. */
class HandlerCallsTest {
  private static final String ROW =
      """
      [{"unique_key":"43110001","created_date":"2019-07-01T08:00:00.000",
      "closed_date":"2019-07-01T10:30:00.000","status":"Closed","agency":"NYPD",
      "complaint_type":"Noise - Residential","descriptor":"Loud Music/Party"}]
      """;

  private LocalS3 store;
  private HttpServer feed;

  @BeforeEach
  void start() throws IOException {
    store = LocalS3.temporary();
    feed = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    feed.createContext(
        "/",
        exchange -> {
          boolean counts = exchange.getRequestURI().getQuery().contains("count(*)");
          byte[] body = (counts ? "[{\"count\":\"1\"}]" : ROW).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    feed.start();
  }

  @AfterEach
  void stop() throws IOException {
    feed.stop(0);
    store.close();
  }

  @Test
  void everyHandlersCallsAreAllowedByItsRole() throws IOException {
    assertStaysWithin("PredictRole", this::predict);
    String collected = assertStaysWithin("CollectRole", this::collect);
    String recollected = assertStaysWithin("CollectRole", this::collect);
    String recomputed = assertStaysWithin("MediansRole", this::recompute);
    assertStaysWithin("MediansRole", this::recompute);
    publishAModel();
    wasInForce();
    String judged = assertStaysWithin("TrainRole", this::train);
    assertStaysWithin("TrainRole", this::train);
    String answer = assertStaysWithin("PredictRole", this::predict);
    String status = assertStaysWithin("PredictRole", this::status);

    assertThat(collected).contains("written");
    assertThat(recollected).contains("unchanged");
    assertThat(recomputed).contains("\"published\":true");
    assertThat(judged)
        .contains("\"judged\":[\"2019-07-01\",\"2019-07-02\"]")
        .contains("\"record\":");
    assertThat(answer).contains("2.5");
    assertThat(status).contains("\\\"record\\\":{\\\"from\\\":\\\"2019-07-01\\\"");
  }

  /** Medians and model of the day before, and a day that was followed for two weeks. */
  private void wasInForce() throws IOException {
    S3Bucket bucket = new S3Bucket(store.client(), store.bucket());
    LocalDate before = LocalDate.parse("2019-06-30");
    TypeMedians noise =
        TypeMedians.of("Noise - Residential", new long[] {3_600, 7_200, 10_800}, new long[0]);
    Medians medians =
        new Medians(
            Instant.parse("2019-07-01T03:00:00Z"),
            before,
            before,
            1,
            Medians.MOMENTS,
            List.of(noise));
    bucket.put(
        Keys.publishedMedians(before),
        Content.of(MediansJson.write(medians)),
        Map.of(),
        Optional.empty());
    bucket.put(
        Keys.rawDay(before.plusDays(2)),
        Content.of(ROW.replace("2019-07-01", "2019-07-02").getBytes(StandardCharsets.UTF_8)),
        Map.of(Keys.COLLECTED_AT, "2019-07-16T12:00:00Z"),
        Optional.empty());
    store
        .client()
        .copyObject(
            copy ->
                copy.sourceBucket(store.bucket())
                    .sourceKey(Keys.MODEL_POINTER)
                    .destinationBucket(store.bucket())
                    .destinationKey(Keys.publishedModelPointer(before)));
  }

  private void publishAModel() throws IOException {
    Path folder = Path.of("src/test/resources/golden-model");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String key = folder.relativize(file).toString();
        store.client().putObject(r -> r.bucket(store.bucket()).key(key), file);
      }
    }
  }

  private String assertStaysWithin(String role, Function<S3Bucket, String> run) throws IOException {
    S3Calls calls = new S3Calls();
    try (S3Client s3 =
        store
            .clientBuilder()
            .overrideConfiguration(override -> override.addExecutionInterceptor(calls))
            .build()) {
      String result = run.apply(new S3Bucket(s3, store.bucket()));
      assertThat(calls.calls()).isNotEmpty();
      assertThat(Policies.forBucket(store.bucket()).refused(role, calls.calls())).isEmpty();
      return result;
    }
  }

  private Settings settings() {
    String url = "http://127.0.0.1:" + feed.getAddress().getPort() + "/resource.json";
    return new Settings(Map.of(Setting.FEED_URL.name(), url, Setting.FEED_ARCHIVE_URL.name(), url));
  }

  private String collect(S3Bucket bucket) {
    return invoke(
        new CollectHandler(settings(), bucket, Clock.systemUTC()), "{\"dates\":[\"2019-07-01\"]}");
  }

  private String recompute(S3Bucket bucket) {
    return invoke(new MediansHandler(settings(), bucket, Clock.systemUTC()), event("s3-put.json"));
  }

  private String train(S3Bucket bucket) {
    Clock clock = Clock.fixed(Instant.parse("2019-07-20T12:00:00Z"), ZoneOffset.UTC);
    return invoke(new TrainHandler(bucket, clock), event("train.json"));
  }

  private String predict(S3Bucket bucket) {
    return invoke(
        new PredictHandler(settings(), bucket, Clock.systemUTC()), event("predict-by-type.json"));
  }

  /** Which asks for the record as well. */
  private String status(S3Bucket bucket) {
    return invoke(new PredictHandler(settings(), bucket, Clock.systemUTC()), event("status.json"));
  }

  private static String event(String file) {
    try {
      return Files.readString(Path.of("events", file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String invoke(RequestStreamHandler function, String event) {
    try {
      return new LocalContext("roles", Duration.ofMinutes(1), LogLevel.WARN)
          .invoke(function, event);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
