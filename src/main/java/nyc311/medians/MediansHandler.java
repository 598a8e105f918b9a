package nyc311.medians;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nyc311.bucket.Bucket;
import nyc311.bucket.S3Bucket;
import nyc311.medians.Notification.Message;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import nyc311.settings.Settings;

/**
 * Recomputes the medians when S3 says that raw days were written, whoever hands it on. Keys that
 * are not raw days are ignored beside those that are. Safe to be called at once, twice, late and
 * out of order.
 */
public final class MediansHandler implements RequestStreamHandler {
  private static final Duration S3_LIMIT = Duration.ofMinutes(2);

  /** S3 sends one record an event; more days than these would not be done in Lambda's time. */
  private static final int MAX_DAYS = 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Recompute recompute;
  private final Clock clock;

  /** For Lambda: configured by the environment. */
  public MediansHandler() {
    this(new Settings(System.getenv()));
  }

  private MediansHandler(Settings settings) {
    this(
        settings,
        S3Bucket.fromEnvironment(settings.bucket(), System.getenv(), S3_LIMIT),
        Clock.systemUTC());
  }

  public MediansHandler(Settings settings, Bucket bucket, Clock clock) {
    this.recompute = new Recompute(bucket, settings.windowDays(), clock);
    this.clock = clock;
  }

  /**
   * Summarises the days that the event names, publishes, and answers with what was done, as it is
   * logged. Of a batch from SQS, {@code batchItemFailures} are the messages to come again.
   *
   * @throws IllegalArgumentException when it names more than a thousand days
   * @throws RecomputeFailedException after all else is done, when some of the days cannot be read
   * @throws UnusableEventException after all else is done, when with the rest nothing can be done
   */
  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Notification event = Notification.read(in);
    NavigableSet<LocalDate> days = event.days();
    if (days.size() > MAX_DAYS) {
      throw new IllegalArgumentException(
          "an event must name at most " + MAX_DAYS + " days: " + days.size());
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("ignored", event.ignored());
    List<String> problems =
        event.messages().stream().flatMap(Message::problems).distinct().toList();
    if (!problems.isEmpty()) {
      report.put("problems", problems);
    }
    SortedMap<LocalDate, Exception> failed = new TreeMap<>();
    if (days.isEmpty()) {
      log(context, report);
    } else {
      Recompute.Result result = recompute.run(days);
      failed.putAll(result.failed());
      report.putAll(report(result));
      log(context, report);
      metrics(result, event.oldest()).print();
    }
    List<Message> again = event.failing(failed.keySet());
    if (again.size() == event.messages().size()) {
      throw failed.isEmpty()
          ? new UnusableEventException(problems)
          : new RecomputeFailedException(failed);
    }
    if (!again.isEmpty()) {
      report.put(
          "batchItemFailures",
          again.stream().map(message -> new BatchItemFailure(message.id())).toList());
    }
    JSON.writeValue(out, report);
  }

  MetricLine metrics(Recompute.Result result, Optional<Instant> oldest) {
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
      oldest.ifPresent(
          time ->
              line.with(
                  Metric.PUBLICATION_LAG, Math.max(0, Duration.between(time, now).toSeconds())));
    }
    return line;
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
