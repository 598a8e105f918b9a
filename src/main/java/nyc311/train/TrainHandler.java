package nyc311.train;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import nyc311.bucket.Bucket;
import nyc311.bucket.S3Bucket;
import nyc311.json.EventKind;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import nyc311.record.RecordKeeping;
import nyc311.record.TrackRecord;
import nyc311.settings.Settings;

/**
 * Looks back, daily after the collector: judges how right the answers were, and publishes the
 * record. Safe to be called at once, twice and late: a run does what is left to do.
 *
 * <p>Input: {@code {"time":"2019-07-24T12:00:00Z"}} as a schedule sends it, also with what
 * EventBridge or its Scheduler has around it, or {@code {}}. They mean the same.
 */
public final class TrainHandler implements RequestStreamHandler {
  private static final Duration S3_LIMIT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RecordKeeping recordKeeping;
  private final Clock clock;

  /** For Lambda: configured by the environment. */
  public TrainHandler() {
    this(
        S3Bucket.fromEnvironment(new Settings(System.getenv()).bucket(), System.getenv(), S3_LIMIT),
        Clock.systemUTC());
  }

  public TrainHandler(Bucket bucket, Clock clock) {
    this.recordKeeping = new RecordKeeping(bucket, clock);
    this.clock = clock;
  }

  /**
   * Judges each day that has changed, and answers with what was done, as it is logged.
   *
   * @throws IllegalArgumentException when the event is not one of the inputs
   * @throws JudgingFailedException after all else is done, when some of the days cannot be read
   */
  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    requireScheduled(EventKind.read(in));
    RecordKeeping.Result result = recordKeeping.run((task, done, all) -> {});
    ObjectNode report = report(result);
    context.getLogger().log(JSON.createObjectNode().set("train", report).toString(), LogLevel.INFO);
    metrics(result).print();
    if (!result.failed().isEmpty()) {
      throw new JudgingFailedException(result.failed());
    }
    JSON.writeValue(out, report);
  }

  private static void requireScheduled(JsonNode event) {
    if (!EventKind.isScheduled(event)) {
      throw new IllegalArgumentException(
          "the event must be a schedule's, with a time, or empty: " + EventKind.of(event));
    }
  }

  MetricLine metrics(RecordKeeping.Result result) {
    return new MetricLine(clock.instant())
        .with(Metric.DAYS_JUDGED, result.judged().size())
        .with(Metric.DAYS_WITHOUT_ANSWERS, result.without().size())
        .with(Metric.DAYS_FAILED, result.failed().size());
  }

  private static ObjectNode report(RecordKeeping.Result result) {
    ObjectNode report = JSON.createObjectNode();
    ArrayNode judged = report.putArray("judged");
    result.judged().forEach(day -> judged.add(day.toString()));
    ArrayNode without = report.putArray("without");
    result.without().forEach(day -> without.add(day.toString()));
    ObjectNode failed = report.putObject("failed");
    result.failed().forEach((day, why) -> failed.put(day.toString(), why.getMessage()));
    result.record().ifPresent(record -> report.set("record", report(record)));
    return report;
  }

  private static ObjectNode report(TrackRecord record) {
    ObjectNode report = JSON.createObjectNode();
    report.put("days", record.days().size());
    record
        .total()
        .forEach(
            (asked, tally) ->
                report
                    .putObject(asked.name().toLowerCase(Locale.ROOT))
                    .put("requests", tally.requests())
                    .put("within", tally.within()));
    return report;
  }
}
