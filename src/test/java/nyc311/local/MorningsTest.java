package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.medians.MediansHandler;
import nyc311.predict.PredictHandler;
import nyc311.requests.RawDay;
import nyc311.requests.ServiceRequest;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real functions, on mornings of August 2026 of which all is known beforehand. */
class MorningsTest {
  private static final LocalDate MONDAY = LocalDate.of(2026, 8, 3);

  private final List<String> written = new ArrayList<>();
  private final SimulatedFeed feed =
      new SimulatedFeed(
          FeedSource.of(
              List.of(
                  row("1", "2026-08-03T10:00:00.000", "2026-08-03T12:00:00.000"),
                  row("2", "2026-08-03T20:00:00.000", "2026-08-04T08:00:00.000"),
                  row("4", "2026-08-04T02:05:00.000", "2026-08-04T02:30:00.000"),
                  row("3", "2026-08-04T09:00:00.000", "2026-08-04T10:00:00.000")),
              Instant.parse("2026-08-20T06:05:00Z")),
          Clock.systemUTC());
  private LocalS3 s3;
  private Bucket bucket;
  private FeedServer server;
  private Settings settings;
  private LocalTrigger trigger;
  private Mornings mornings;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    bucket = new S3Bucket(s3.client(), s3.bucket());
    server = new FeedServer(feed);
    String url = server.url("erm2-nwe9").toString();
    settings = new Settings(Map.of(Setting.FEED_URL.name(), url));
    trigger =
        new LocalTrigger(
            new MediansHandler(settings, bucket, feed.clock()),
            Keys.RAW_DAYS,
            ".json",
            1,
            LogLevel.WARN);
    s3.onCreated(trigger);
    s3.onCreated(object -> written.add(object.key()));
    mornings = new Mornings(feed, settings, bucket, trigger, LogLevel.WARN);
  }

  @AfterEach
  void stop() throws IOException {
    trigger.close();
    server.close();
    s3.close();
  }

  @Test
  void aRequestIsOpenUntilTheMorningThatKnowsItsClosing() throws Exception {
    mornings.run(MONDAY.plusDays(1));
    List<ServiceRequest> requests = new ArrayList<>();
    assertThat(monday(requests).asOf()).isEqualTo("2026-08-04T06:05:00Z");
    assertThat(requests)
        .extracting(ServiceRequest::closed)
        .containsExactly(Instant.parse("2026-08-03T16:00:00Z"), null);
    JsonNode noise = noise();
    assertThat(noise.get("p90_at_least").asBoolean()).isTrue();
    assertThat(noise.get("p90").asDouble()).as("its age at the cut").isEqualTo(6.0833);

    requests.clear();
    mornings.run(MONDAY.plusDays(2));
    monday(requests);
    assertThat(requests)
        .extracting(ServiceRequest::closed)
        .containsExactly(
            Instant.parse("2026-08-03T16:00:00Z"), Instant.parse("2026-08-04T12:00:00Z"));
    assertThat(noise().get("p90_at_least").asBoolean()).isFalse();
  }

  @Test
  void aMorningWithoutAnythingNewPublishesNothingNew() throws Exception {
    mornings.run(MONDAY.plusDays(1));
    mornings.run(MONDAY.plusDays(2));
    assertThat(written).contains(Keys.MEDIANS);

    written.clear();
    Map<String, JsonNode> answers = mornings.run(MONDAY.plusDays(3));
    assertThat(written).isEmpty();
    assertThat(answers.get("collect").get("days").findValuesAsText("outcome"))
        .containsOnly("unchanged", "empty");
    assertThat(answers.get("train").get("without"))
        .as("began before anything was published")
        .hasToString("[\"2026-08-03\",\"2026-08-04\"]");
  }

  @Test
  void beforeTheFirstRecordedDayTheFeedIsEmptyAndNothingFails() throws Exception {
    JsonNode answer = mornings.run(MONDAY).get("collect");
    assertThat(answer.get("days").findValuesAsText("outcome")).containsOnly("empty");
    assertThat(written).isEmpty();
  }

  @Test
  void theFunctionsLiveOnTheSimulatedClock() throws Exception {
    mornings.run(MONDAY.plusDays(2));

    assertThat(server.requests().stream().filter(SeenRequest::isNewest))
        .extracting(request -> request.query().get("$where"))
        .allSatisfy(asked -> assertThat(asked).endsWith("<= '2026-08-05T06:00:00.000'"))
        .isNotEmpty();
    assertThat(
            new LocalContext("predict", Duration.ofMinutes(1), LogLevel.WARN)
                .invoke(new PredictHandler(settings, bucket, feed.clock()), Replay.ASK_FOR_STATUS))
        .as("since nine on Tuesday, when the newest request was made")
        .contains("\\\"age_hours\\\":21.00");
  }

  @Test
  void aFunctionThatFailsSaysWhyAndTheNextMorningIsLivedAsEver() throws Exception {
    server.misbehave(request -> Fault.status(400));
    Map<String, JsonNode> answers = mornings.run(MONDAY.plusDays(1));
    assertThat(answers).containsOnlyKeys("collect", "train");
    assertThat(answers.get("collect").get("problem").asText()).contains("the feed answered 400");
    assertThat(answers.get("train").has("problem")).isFalse();

    server.misbehave();
    mornings.run(MONDAY.plusDays(2));
    assertThat(written).contains(Keys.rawDay(MONDAY), Keys.MEDIANS);
  }

  private RawDay monday(List<ServiceRequest> requests) throws IOException {
    try (StoredObject raw = bucket.get(Keys.rawDay(MONDAY)).orElseThrow()) {
      return RawDay.read(MONDAY, raw, requests::add);
    }
  }

  private JsonNode noise() throws IOException {
    try (StoredObject medians = bucket.get(Keys.MEDIANS).orElseThrow()) {
      return new ObjectMapper().readTree(medians.content()).at("/types/0");
    }
  }

  private static ObjectNode row(String key, String created, String closed) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("unique_key", key)
        .put("created_date", created)
        .put("closed_date", closed)
        .put("agency", "NYPD")
        .put("complaint_type", "Noise")
        .put("status", "Closed");
  }
}
