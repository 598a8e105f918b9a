package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Keys;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LambdaFunction;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.SampleFeed;
import nyc311.metrics.Metric;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** Each function tells what alarms and the dashboard rest on, in lines of its standard output. */
class MetricsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private static Path taskRoot;
  private static LocalS3 s3;

  @BeforeAll
  static void start() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
  }

  @Test
  void theCollectorTellsWhatBecameOfItsDaysAndWhetherItsScheduleWorks() throws Exception {
    try (FeedServer feed = new FeedServer(SampleFeed.ofJuly2019())) {
      Map<String, String> environment = new HashMap<>(s3.environment());
      environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
      environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
      environment.put("LOOKBACK_DAYS", "1,2");
      environment.put("WINDOW_DAYS", "2");
      try (LambdaProcess collect = function("nyc311.collect.CollectHandler", environment)) {
        assertThat(collect.invoke("{\"dates\":[\"2019-07-01\",\"2010-01-01\"]}").end())
            .isEqualTo(End.RESULT);
        assertThat(collect.invoke("{\"time\":\"2019-07-03T10:00:00Z\"}").end())
            .isEqualTo(End.RESULT);
        feed.misbehave(request -> Fault.status(400));
        assertThat(collect.invoke("{\"time\":\"2019-07-03T10:00:00Z\"}").end())
            .isEqualTo(End.ERROR);

        List<JsonNode> lines = metricLines(collect);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).has("ScheduledCollections")).isFalse();
        assertThat(value(lines.get(0), Metric.DAYS_WRITTEN)).isEqualTo(1);
        assertThat(value(lines.get(0), Metric.DAYS_EMPTY)).isEqualTo(1);
        assertThat(value(lines.get(1), Metric.SCHEDULED_COLLECTIONS)).isEqualTo(1);
        assertThat(value(lines.get(1), Metric.DAYS_WRITTEN)).isEqualTo(1);
        assertThat(value(lines.get(1), Metric.DAYS_UNCHANGED)).isEqualTo(1);
        assertThat(value(lines.get(1), Metric.DAYS_FAILED)).isZero();
        assertThat(value(lines.get(2), Metric.SCHEDULED_COLLECTIONS)).isZero();
        assertThat(value(lines.get(2), Metric.DAYS_FAILED)).isEqualTo(2);
      }
    }
  }

  @Test
  void theRecomputerTellsWhatItReadAndHowLateItPublished() throws Exception {
    put(
        "311/raw_data/2019-07-01.json",
        """
        [{"unique_key":"1","created_date":"2019-07-01T08:00:00.000","status":"Open",
        "complaint_type":"Noise"},{"unique_key":"2","complaint_type":"Noise"}]
        """);
    ObjectNode event = (ObjectNode) JSON.readTree(Path.of("events", "s3-put.json").toFile());
    ArrayNode records = event.withArray("Records");
    ObjectNode justNow = records.get(0).deepCopy();
    justNow.put("eventTime", Instant.now().toString());
    records.insert(0, justNow);
    try (LambdaProcess medians = function("nyc311.medians.MediansHandler", s3.environment())) {
      assertThat(medians.invoke(event.toString()).end()).isEqualTo(End.RESULT);
      assertThat(medians.invoke(event.toString()).end()).isEqualTo(End.RESULT);
      assertThat(medians.invoke("{\"Records\":[]}").end()).isEqualTo(End.ERROR);

      List<JsonNode> lines = metricLines(medians);
      assertThat(lines).hasSize(2);
      assertThat(value(lines.get(0), Metric.ROWS_SEEN)).isEqualTo(2);
      assertThat(value(lines.get(0), Metric.ROWS_KEPT)).isEqualTo(1);
      assertThat(value(lines.get(0), Metric.ROWS_REJECTED)).isEqualTo(1);
      assertThat(value(lines.get(0), Metric.PUBLICATIONS)).isEqualTo(1);
      // The older of the two is of 2019.
      assertThat(value(lines.get(0), Metric.PUBLICATION_LAG)).isGreaterThan(7 * 365 * 86_400L);
      assertThat(value(lines.get(1), Metric.PUBLICATIONS)).isZero();
      assertThat(lines.get(1).has("PublicationLag")).isFalse();
    }
  }

  @Test
  void theApiTellsHowItStartedAndHowOldItsEstimatesAre() throws Exception {
    put(Keys.MEDIANS, Files.readString(Path.of("model", "medians.json")));
    try (LambdaProcess predict = JarIT.loaded(Jdk.running(), taskRoot, s3.environment())) {
      JsonNode cold = onlyLine(predict);
      assertThat(value(cold, Metric.COLD_STARTS)).isEqualTo(1);
      assertThat(cold.has("RestoredStarts")).isFalse();
      assertThat(value(cold, Metric.ESTIMATE_AGE)).isGreaterThan(7 * 365 * 86_400L);
    }
    try (LambdaProcess predict =
        LambdaFunction.java(Jdk.running(), taskRoot, "nyc311.predict.PredictHandler")
            .environment(s3.environment())
            .snapStart()
            .start()) {
      predict.awaitCheckpoint();
      assertThat(metricLines(predict)).isEmpty();
      predict.restore();
      JsonNode restored = onlyLine(predict);
      assertThat(value(restored, Metric.RESTORED_STARTS)).isEqualTo(1);
      assertThat(restored.has("ColdStarts")).isFalse();
    }
  }

  private static LambdaProcess function(String handler, Map<String, String> environment)
      throws IOException {
    return LambdaProcess.start(Jdk.running(), taskRoot, handler, environment);
  }

  private static void put(String key, String content) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString(content));
  }

  /** It comes from a thread that nobody waits for. */
  private static JsonNode onlyLine(LambdaProcess function) throws IOException {
    Patience.await().until(() -> !metricLines(function).isEmpty());
    assertThat(metricLines(function)).hasSize(1);
    return metricLines(function).get(0);
  }

  private static List<JsonNode> metricLines(LambdaProcess function) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : function.stdout().lines().filter(text -> text.contains("_aws")).toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static long value(JsonNode line, Metric metric) {
    assertThat(line.get("FunctionName").asText()).isEqualTo("local");
    assertThat(line.at("/_aws/CloudWatchMetrics/0/Metrics").findValuesAsText("Name"))
        .contains(metric.cloudWatchName());
    return line.get(metric.cloudWatchName()).asLong();
  }
}
