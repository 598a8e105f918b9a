package nyc311.browser;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.Local;
import nyc311.local.LocalFront;
import nyc311.local.LocalS3;
import nyc311.local.LocalTrigger;
import nyc311.local.SampleFeed;
import nyc311.medians.MediansHandler;
import nyc311.predict.PredictHandler;
import nyc311.settings.Setting;
import nyc311.settings.Settings;

/**
 * The system behind the page: a bucket, the recomputer that its raw days trigger, and the API,
 * which looks for something new with each request. Empty at first.
 */
final class Site implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final LocalS3 s3 = LocalS3.temporary();
  private final Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
  private final LocalTrigger trigger;
  private final LocalFront front;

  Site() throws IOException {
    Settings settings =
        new Settings(
            Map.of(Setting.DATA_BUCKET.name(), s3.bucket(), Setting.REFRESH_SECONDS.name(), "0"));
    trigger =
        new LocalTrigger(
            new MediansHandler(settings, bucket), Keys.RAW_DAYS, ".json", 2, LogLevel.WARN);
    s3.onCreated(trigger);
    front =
        new LocalFront(new PredictHandler(settings, bucket, Clock.systemUTC()), 0, LogLevel.WARN);
  }

  /** Puts the sample's days and the repository's model, and waits until they are published. */
  Site withTheSample() throws IOException, InterruptedException, TimeoutException {
    SampleFeed sample = SampleFeed.bundled();
    for (LocalDate day : sample.firstDay().datesUntil(sample.lastDay().plusDays(1)).toList()) {
      try (Stream<ObjectNode> rows = sample.rows(day, day)) {
        put(day, rows.toList(), sample.asOf());
      }
    }
    Local.publishBundledModel(bucket);
    return published();
  }

  /** Puts one raw day, for the first time. */
  void put(LocalDate day, List<ObjectNode> rows, Instant asOf) throws IOException {
    bucket.put(
        Keys.rawDay(day),
        Content.of(JSON.writeValueAsBytes(rows)),
        Map.of(Keys.COLLECTED_AT, asOf.toString()),
        java.util.Optional.empty());
  }

  /** Waits until what was put is published. */
  Site published() throws InterruptedException, TimeoutException {
    trigger.awaitIdle(LIMIT);
    return this;
  }

  /** Where the page is, without a slash at the end. */
  URI url() {
    return front.url();
  }

  /** What the API answers. */
  JsonNode answer(String pathAndQuery) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url() + pathAndQuery)).timeout(LIMIT).build(),
                BodyHandlers.ofString());
    return JSON.readTree(response.body());
  }

  @Override
  public void close() throws IOException {
    try (s3;
        trigger) {
      front.close();
    }
  }
}
