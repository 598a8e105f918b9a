package nyc311.medians;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3ObjectEntity;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import nyc311.settings.Settings;

/**
 * Recomputes the medians when S3 says that raw days were written. Keys that are not raw days are
 * ignored. Safe to be called at once, twice, late and out of order.
 */
public final class MediansHandler implements RequestHandler<S3Event, Map<String, Object>> {
  private static final Duration S3_LIMIT = Duration.ofMinutes(2);

  /** S3 sends one record an event; more than these would not be done in Lambda's time. */
  private static final int MAX_RECORDS = 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Recompute recompute;
  private final Clock clock = Clock.systemUTC();

  /** For Lambda: configured by the environment. */
  public MediansHandler() {
    this(new Settings(System.getenv()));
  }

  private MediansHandler(Settings settings) {
    this(settings, S3Bucket.fromEnvironment(settings.bucket(), System.getenv(), S3_LIMIT));
  }

  public MediansHandler(Settings settings, Bucket bucket) {
    this.recompute = new Recompute(bucket, settings.windowDays());
  }

  /**
   * Summarises the days that the event names, and publishes.
   *
   * @return what was done, as it is logged
   * @throws IllegalArgumentException when there are more than a thousand records
   * @throws RecomputeFailedException after all else is done, when some of the days cannot be read
   */
  @Override
  public Map<String, Object> handleRequest(S3Event event, Context context) {
    NavigableSet<LocalDate> days = new TreeSet<>();
    List<String> ignored = new ArrayList<>();
    for (S3EventNotificationRecord record : records(event)) {
      String key = key(record);
      Optional<LocalDate> day = Keys.rawDayOf(key);
      day.ifPresentOrElse(days::add, () -> ignored.add(key));
    }
    try {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("ignored", ignored);
      if (days.isEmpty()) {
        log(context, report);
        return report;
      }
      Recompute.Result result = recompute.run(days);
      report.putAll(report(result));
      log(context, report);
      metrics(result, records(event)).print();
      if (!result.failed().isEmpty()) {
        throw new RecomputeFailedException(result.failed());
      }
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MetricLine metrics(Recompute.Result result, List<S3EventNotificationRecord> records) {
    Instant now = clock.instant();
    long seen = 0;
    long kept = 0;
    for (Recompute.DayReport day : result.days().values()) {
      seen += day.summary().rows();
      kept += day.summary().accepted();
    }
    MetricLine line =
        new MetricLine(now)
            .with(Metric.ROWS_SEEN, seen)
            .with(Metric.ROWS_KEPT, kept)
            .with(Metric.ROWS_REJECTED, seen - kept)
            .with(Metric.DAYS_FAILED, result.failed().size())
            .with(Metric.PUBLICATIONS, result.published() ? 1 : 0);
    if (result.published()) {
      records.stream()
          .filter(record -> record != null && record.getEventTime() != null)
          .mapToLong(record -> record.getEventTime().getMillis())
          .min()
          .ifPresent(
              oldest ->
                  line.with(
                      Metric.PUBLICATION_LAG,
                      Math.max(
                          0, Duration.between(Instant.ofEpochMilli(oldest), now).toSeconds())));
    }
    return line;
  }

  /** The key of a record's object, as it is where it is not encoded as S3 does. */
  private static String key(S3EventNotificationRecord record) {
    if (record == null
        || record.getS3() == null
        || record.getS3().getObject() == null
        || record.getS3().getObject().getKey() == null) {
      return "";
    }
    S3ObjectEntity object = record.getS3().getObject();
    try {
      return object.getUrlDecodedKey();
    } catch (IllegalArgumentException e) {
      return object.getKey();
    }
  }

  /** S3 sends a test event without records when a trigger is made. */
  private static List<S3EventNotificationRecord> records(S3Event event) {
    if (event == null || event.getRecords() == null) {
      return List.of();
    }
    if (event.getRecords().size() > MAX_RECORDS) {
      throw new IllegalArgumentException(
          "an event must have at most " + MAX_RECORDS + " records: " + event.getRecords().size());
    }
    return event.getRecords();
  }

  private static Map<String, Object> report(Recompute.Result result) {
    Map<String, Object> report = new LinkedHashMap<>();
    SortedMap<String, Object> days = new TreeMap<>();
    result.days().forEach((day, done) -> days.put(day.toString(), report(done)));
    report.put("days", days);
    report.put("failed", messages(result.failed()));
    report.put("skipped", messages(result.skipped()));
    report.put("published", result.published());
    result.window().ifPresent(window -> report.put("window", window.from() + "/" + window.to()));
    return report;
  }

  private static Map<String, Object> report(Recompute.DayReport day) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("outcome", day.outcome().jsonName());
    report.put("rows", day.summary().rows());
    report.put("accepted", day.summary().accepted());
    report.put("rejected", day.summary().rejected());
    return report;
  }

  private static Map<String, String> messages(SortedMap<LocalDate, Exception> problems) {
    return problems.entrySet().stream()
        .collect(
            Collectors.toMap(
                problem -> problem.getKey().toString(),
                problem -> String.valueOf(problem.getValue().getMessage()),
                (a, b) -> a,
                TreeMap::new));
  }

  private static void log(Context context, Map<String, Object> report)
      throws JsonProcessingException {
    context.getLogger().log(JSON.writeValueAsString(Map.of("recompute", report)), LogLevel.INFO);
  }
}
