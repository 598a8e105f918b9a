package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.medians.MediansHandler;
import nyc311.predict.PredictHandler;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Many clients at once while the medians are published again every second: each has an answer, each
 * answer comes from one publication, and none from an older one than the answer before.
 */
class LoadTest {
  private static final int CONNECTIONS = 64;
  private static final int REQUESTS = 10_000;

  /** So many must have been answered from, however quick the requests are. */
  private static final int PUBLICATIONS = 4;

  private static final List<String> TYPES = List.of("Noise", "Rats", "Snow");
  private static final Instant AS_OF = Instant.parse("2019-07-20T16:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AtomicInteger answers = new AtomicInteger();
  private final Set<Integer> seen = ConcurrentHashMap.newKeySet();

  @Test
  void everyAnswerComesFromOnePublication() throws Exception {
    try (LocalS3 s3 = LocalS3.temporary()) {
      Map<String, String> environment = new HashMap<>(s3.environment());
      environment.put("REFRESH_SECONDS", "1");
      Settings settings = new Settings(environment);
      S3Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
      try (LocalTrigger trigger =
          new LocalTrigger(
              new MediansHandler(settings, bucket, Clock.systemUTC()),
              Keys.RAW_DAYS,
              ".json",
              1,
              LogLevel.WARN)) {
        s3.onCreated(trigger);
        publish(s3, 1);
        trigger.awaitIdle(Patience.LIMIT);
        PredictHandler predict = new PredictHandler(settings, bucket, Clock.systemUTC());
        try (LocalFront front = new LocalFront(predict, 0, LogLevel.WARN)) {
          load(s3, front.url());
        }
      }
    }
  }

  private void load(LocalS3 s3, URI front) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
    List<Future<List<Long>>> asking = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < CONNECTIONS; i++) {
      asking.add(clients.submit(() -> ask(front)));
    }
    int publications = 1;
    while (asking.stream().anyMatch(client -> !client.isDone())) {
      Thread.sleep(Duration.ofSeconds(1).toMillis());
      publish(s3, ++publications);
    }
    List<Long> nanos = new ArrayList<>();
    for (Future<List<Long>> client : asking) {
      nanos.addAll(client.get());
    }
    report(nanos, Duration.ofNanos(System.nanoTime() - started), publications);
    clients.shutdown();
  }

  /** A raw day that makes the publication's number of every figure of every type. */
  private static void publish(LocalS3 s3, int number) {
    LocalDateTime created = LocalDateTime.parse("2019-07-10T12:07");
    List<String> rows = new ArrayList<>();
    for (String type : TYPES) {
      String row =
          """
          {"created_date":"%s:00","closed_date":"%s:00","status":"Closed","complaint_type":"%s"}\
          """
              .formatted(created, created.plusHours(number), type);
      rows.addAll(Collections.nCopies(number, row));
    }
    s3.client()
        .putObject(
            r ->
                r.bucket(s3.bucket())
                    .key("311/raw_data/2019-07-10.json")
                    .metadata(Map.of(Keys.COLLECTED_AT, AS_OF.plusSeconds(number).toString())),
            RequestBody.fromString(rows.toString()));
  }

  /** One connection's requests, one after the other; how long each took, in nanoseconds. */
  private List<Long> ask(URI front) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    List<Long> nanos = new ArrayList<>();
    int last = 0;
    while (answers.get() < REQUESTS || seen.size() < PUBLICATIONS) {
      boolean all = nanos.size() % 4 == 0;
      String path = all ? "/complaint-types" : "/predict/" + TYPES.get(nanos.size() % 3);
      HttpRequest request = HttpRequest.newBuilder(front.resolve(path)).build();
      long asked = System.nanoTime();
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      nanos.add(System.nanoTime() - asked);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      int publication = publication(JSON.readTree(answer.body()), all);
      assertThat(publication).isGreaterThanOrEqualTo(last);
      last = publication;
      seen.add(publication);
      answers.incrementAndGet();
    }
    return nanos;
  }

  /** The number that is in all of an answer's figures. */
  private static int publication(JsonNode answer, boolean all) {
    Set<Double> figures = new HashSet<>();
    for (JsonNode type : all ? answer.get("complaint_types") : List.of(answer)) {
      figures.add(type.get("estimated_time").asDouble());
      figures.add(type.at("/range/p10").asDouble());
      figures.add(type.at("/range/p90").asDouble());
      figures.add(type.get("requests").asDouble());
    }
    Instant asOf = Instant.parse(answer.get("as_of").asText());
    figures.add((double) AS_OF.until(asOf, ChronoUnit.SECONDS));
    assertThat(figures).as(answer.toString()).hasSize(1);
    return figures.iterator().next().intValue();
  }

  private void report(List<Long> nanos, Duration took, int publications) {
    double[] millis = nanos.stream().mapToDouble(n -> n / 1e6).sorted().toArray();
    System.out.printf(
        "load: %,d requests over %d connections, %.0f a second, %d of %d publications seen;"
            + " p50 %.1f ms, p99 %.1f ms, longest %.0f ms%n",
        millis.length,
        CONNECTIONS,
        millis.length / (took.toMillis() / 1e3),
        seen.size(),
        publications,
        millis[millis.length / 2],
        millis[millis.length * 99 / 100],
        millis[millis.length - 1]);
  }
}
