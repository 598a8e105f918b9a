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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.local.FeedSource;
import nyc311.local.Local;
import nyc311.local.LocalFront;
import nyc311.local.LocalS3;
import nyc311.local.LocalTrigger;
import nyc311.local.Patience;
import nyc311.local.SampleFeed;
import nyc311.medians.MediansHandler;
import nyc311.predict.PredictHandler;
import nyc311.record.JudgedDays;
import nyc311.settings.Setting;
import nyc311.settings.Settings;

/**
 * The system behind the page: a bucket, the recomputer that its raw days trigger, and the API,
 * which looks for something new with each request.
 */
final class Site implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalS3 s3 = LocalS3.temporary();
  private final Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
  private final LocalTrigger trigger;
  private final LocalFront front;

  private Site() throws IOException {
    Settings settings =
        new Settings(
            Map.of(Setting.DATA_BUCKET.name(), s3.bucket(), Setting.REFRESH_SECONDS.name(), "0"));
    trigger =
        new LocalTrigger(
            new MediansHandler(settings, bucket, Clock.systemUTC()),
            Keys.RAW_DAYS,
            ".json",
            2,
            LogLevel.WARN);
    front =
        new LocalFront(new PredictHandler(settings, bucket, Clock.systemUTC()), 0, LogLevel.WARN);
  }

  /** Has nothing yet. */
  static Site empty() throws IOException {
    Site site = new Site();
    site.s3.onCreated(site.trigger);
    return site;
  }

  /** Has published the sample, and the repository's model. */
  static Site ofTheSample() throws IOException, InterruptedException, TimeoutException {
    SampleFeed sample = SampleFeed.ofJuly2019();
    return of(sample, sample.allDays());
  }

  /** Has published these days, and the repository's model. */
  static Site of(FeedSource feed, List<LocalDate> days)
      throws IOException, InterruptedException, TimeoutException {
    Site site = new Site();
    Local.publishBundledModel(site.bucket);
    for (LocalDate day : days) {
      if (day.equals(days.get(days.size() - 1))) {
        // One recomputation is enough: it sees the days before, too.
        site.s3.onCreated(site.trigger);
      }
      try (Stream<ObjectNode> rows = feed.rows(day, day)) {
        site.put(day, rows.toList(), feed.truth(day, day).orElseThrow());
      }
    }
    site.awaitPublication();
    return site;
  }

  /** Puts one raw day, for the first time. */
  void put(LocalDate day, List<ObjectNode> rows, Instant asOf) throws IOException {
    bucket.put(
        Keys.rawDay(day),
        Content.of(JSON.writeValueAsBytes(rows)),
        Map.of(Keys.COLLECTED_AT, asOf.toString()),
        Optional.empty());
  }

  /** Publishes the repository's model, as if so many closed requests had been within its ranges. */
  void publishModel(double coverage) throws IOException {
    Local.publishBundledModel(bucket);
    try (StoredObject pointer = bucket.get(Keys.MODEL_POINTER).orElseThrow()) {
      String content = new String(pointer.content().readAllBytes(), StandardCharsets.UTF_8);
      bucket.put(
          Keys.MODEL_POINTER,
          Content.of(
              content
                  .replaceAll("\"coverage\":[\\d.]+", "\"coverage\":" + coverage)
                  .getBytes(StandardCharsets.UTF_8)),
          Map.of(),
          Optional.of(pointer.head().etag()));
    }
  }

  /** Publishes a record of so many days, in which one in four was within its range. */
  void publishRecord(int days) throws IOException {
    Optional<String> there = bucket.head(Keys.RECORD).map(ObjectHead::etag);
    bucket.put(Keys.RECORD, Content.of(JudgedDays.record(days)), Map.of(), there);
  }

  /** Waits until what was put is published. */
  void awaitPublication() throws InterruptedException, TimeoutException {
    trigger.awaitIdle(Patience.LIMIT);
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
                HttpRequest.newBuilder(URI.create(url() + pathAndQuery)).build(),
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
