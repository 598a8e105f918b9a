package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.RealDays;
import nyc311.medians.Recompute.Result;
import nyc311.predict.PredictHandler;
import nyc311.requests.RawDays;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** Real days of 2026 become summaries, medians and answers. See {@link RealDays}. */
class RecentDaysTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theyAreAnsweredFromAsOfTheirCut() throws IOException {
    JsonNode answer = answer(RealDays.recent(), true);

    assertThat(answer.get("as_of").asText()).isEqualTo("2026-08-07T08:05:00Z");
    assertThat(answer.get("estimated_time").asDouble()).isBetween(.8, 1.5);
    assertThat(answer.at("/range/p90").asDouble()).isBetween(6., 8.5);
  }

  @Test
  void putByHandTheyAreAnsweredNearlyTheSame() throws IOException {
    JsonNode answer = answer(RealDays.recent(), false);

    assertThat(Instant.parse(answer.get("as_of").asText()))
        .isBetween(Instant.parse("2026-08-07T07:35:00Z"), Instant.parse("2026-08-07T08:35:00Z"));
    assertThat(answer.get("estimated_time").asDouble()).isBetween(.8, 1.5);
    assertThat(answer.at("/range/p90").asDouble()).isBetween(6., 8.5);
  }

  /** Noise - Residential. */
  private static JsonNode answer(Path folder, boolean withTheirAsOf) throws IOException {
    try (LocalS3 s3 = LocalS3.temporary()) {
      RawDays rawDays = RawDays.in(folder);
      List<LocalDate> days = List.copyOf(rawDays.days());
      for (LocalDate day : days) {
        try (StoredObject raw = rawDays.open(day)) {
          Map<String, String> metadata = withTheirAsOf ? raw.head().metadata() : Map.of();
          byte[] content = raw.content().readAllBytes();
          s3.client()
              .putObject(
                  r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)).metadata(metadata),
                  RequestBody.fromBytes(content));
        }
      }
      S3Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
      Result result = new Recompute(bucket, 60, Clock.systemUTC()).run(days);
      result
          .days()
          .values()
          .forEach(
              done -> {
                DaySummary day = done.summary();
                System.out.printf(
                    "%s: as of %s, %d of %d rows count, rejected %s%n",
                    day.day(), day.asOf(), day.accepted(), day.rows(), day.rejected());
                assertThat(day.accepted()).isGreaterThan(day.rows() * 99 / 100);
              });
      assertThat(result.failed()).isEmpty();
      assertThat(result.days()).hasSize(7);
      return ask(
          new PredictHandler(
              new Settings(Map.of("DATA_BUCKET", s3.bucket())),
              bucket,
              Clock.fixed(Instant.parse("2026-08-07T12:00:00Z"), ZoneOffset.UTC)));
    }
  }

  private static JsonNode ask(PredictHandler handler) throws IOException {
    String path = "/predict/Noise - Residential";
    String event =
        """
        {"version":"2.0","rawPath":"%s",
         "requestContext":{"stage":"$default","http":{"method":"GET","path":"%s"}}}\
        """
            .formatted(path, path);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(UTF_8)),
        out,
        new LocalContext("predict", Duration.ofSeconds(25), LogLevel.INFO));
    String body = JSON.readTree(out.toByteArray()).get("body").asText();
    System.out.println(body);
    return JSON.readTree(body);
  }
}
