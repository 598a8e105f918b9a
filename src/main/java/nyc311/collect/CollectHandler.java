package nyc311.collect;

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
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.collect.Collector.DayReport;
import nyc311.collect.Collector.Outcome;
import nyc311.json.EventKind;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import nyc311.settings.Settings;

/**
 * Collects days of the city's feed into the bucket: on a schedule those that {@code LOOKBACK_DAYS}
 * asks for, and then, while there is time, those of the window that the bucket does not have;
 * otherwise those that the event names.
 *
 * <p>Input: {@code {"time":"2019-07-24T10:00:00Z"}} as a schedule sends it, also with what
 * EventBridge or its Scheduler has around it; {@code {}}, the same with the time now; {@code
 * {"dates":["2019-07-01"]}}, with {@code "force":true} to take them also when the feed seems to
 * have changed; or {@code {"from":"2019-07-01","to":"2019-07-10"}}.
 */
public final class CollectHandler implements RequestStreamHandler {
  /** Time kept back for the report, at most a tenth of what there is. */
  private static final Duration RESERVE = Duration.ofSeconds(10);

  /** What any day should get by with, waits for a throttled feed included. */
  private static final Duration AMPLE = Duration.ofMinutes(2);

  private static final Duration S3_LIMIT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<Outcome, Metric> METRICS =
      Map.of(
          Outcome.WRITTEN, Metric.DAYS_WRITTEN,
          Outcome.UNCHANGED, Metric.DAYS_UNCHANGED,
          Outcome.EMPTY, Metric.DAYS_EMPTY,
          Outcome.FAILED, Metric.DAYS_FAILED);

  private final Collection<Integer> lookbackDays;
  private final Settings settings;
  private final Optional<String> feedAppToken;
  private final Bucket bucket;
  private final Clock clock;

  /** For Lambda: configured by the environment. */
  public CollectHandler() {
    this(new Settings(System.getenv()));
  }

  private CollectHandler(Settings settings) {
    this(
        settings,
        S3Bucket.fromEnvironment(settings.bucket(), System.getenv(), S3_LIMIT),
        settings
            .feedAppToken()
            .or(() -> settings.feedAppTokenParameter().flatMap(CollectHandler::parameter)),
        Clock.systemUTC());
  }

  /** The token makes the feed quicker, so that one that cannot be read is no reason to stop. */
  private static Optional<String> parameter(String name) {
    try {
      Optional<String> token = new ParameterStore(System.getenv()).read(name).map(String::strip);
      if (token.isPresent() && !FeedClient.isToken(token.get())) {
        // Its value is a secret, also when it is wrong.
        throw new IOException(name + " has characters that no token has");
      }
      return token.filter(text -> !text.isEmpty());
    } catch (IOException | RuntimeException e) {
      System.out.println("collecting without an application token: " + e);
      return Optional.empty();
    }
  }

  public CollectHandler(Settings settings, Bucket bucket, Clock clock) {
    this(settings, bucket, settings.feedAppToken(), clock);
  }

  private CollectHandler(
      Settings settings, Bucket bucket, Optional<String> feedAppToken, Clock clock) {
    this.lookbackDays = settings.lookbackDays();
    this.settings = settings;
    this.feedAppToken = feedAppToken;
    this.bucket = bucket;
    this.clock = clock;
    // What cannot be a feed or a window is refused when the function starts.
    feed(Duration.ZERO);
    settings.windowDays();
  }

  /** For a run that takes so long. */
  private Feed feed(Duration time) {
    return new Feed(
        settings.feedUrl(),
        settings.feedArchiveUrl(),
        feedAppToken,
        clock,
        clock.instant().plus(time));
  }

  /**
   * Collects each day, and then reports on all of them.
   *
   * @throws IllegalArgumentException when the event is not one of the inputs
   * @throws CollectionFailedException after all days were tried, when some of them failed
   */
  @Override
  public void handleRequest(InputStream event, OutputStream out, Context context)
      throws IOException {
    JsonNode asked = EventKind.read(event);
    Collection<LocalDate> days = CollectionPlan.days(asked, lookbackDays, clock.instant());
    boolean force = CollectionPlan.isForced(asked);
    Feed feed = feed(usable(context));
    Collector collector = new Collector(feed, bucket, settings.windowDays(), force, false);
    Deque<LocalDate> missing = missing(asked, days);
    List<DayReport> reports = collect(feed, collector, days, missing, context);
    ObjectNode report = json(reports);
    feed.notes().forEach(note -> report.withArray("notes").add(note));
    if (!missing.isEmpty()) {
      report
          .withArray("notes")
          .add(missing.size() + " days of the window are left for the next run");
    }
    context
        .getLogger()
        .log(JSON.createObjectNode().set("collect", report).toString(), LogLevel.INFO);
    List<DayReport> failed =
        reports.stream().filter(day -> day.outcome() == Outcome.FAILED).toList();
    printMetrics(CollectionPlan.isScheduled(asked), feed, reports);
    if (!failed.isEmpty()) {
      throw new CollectionFailedException(failed);
    }
    JSON.writeValue(out, report);
  }

  private List<DayReport> collect(
      Feed feed,
      Collector collector,
      Collection<LocalDate> days,
      Deque<LocalDate> missing,
      Context context) {
    List<DayReport> reports = new ArrayList<>();
    try {
      for (LocalDate day : days) {
        // A wait that the feed asks for is at no day's expense.
        feed.awaitTurn();
        Duration limit = limit(usable(context), days.size() - reports.size());
        reports.add(collector.collect(day, clock.instant().plus(limit)));
      }
      while (!missing.isEmpty()) {
        feed.awaitTurn();
        if (usable(context).compareTo(AMPLE) < 0) {
          break;
        }
        reports.add(collector.collect(missing.remove(), clock.instant().plus(AMPLE)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted after " + reports.size() + " days", e);
    }
    return reports;
  }

  /** The days of the window that the bucket does not have, beside those that are asked for. */
  private Deque<LocalDate> missing(JsonNode asked, Collection<LocalDate> days) {
    NavigableSet<LocalDate> missing =
        CollectionPlan.window(asked, settings.windowDays(), clock.instant());
    missing.removeAll(days);
    if (!missing.isEmpty()) {
      // A key is after the one of the day before.
      bucket.list(Keys.RAW_DAYS, Keys.rawDay(missing.last().minusDays(1))).stream()
          .flatMap(object -> Keys.rawDayOf(object.key()).stream())
          .forEach(missing::remove);
    }
    return new ArrayDeque<>(missing);
  }

  /** The time that is left, without what the report needs. */
  private static Duration usable(Context context) {
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
    return left.minus(shorter(RESERVE, left.dividedBy(10)));
  }

  /**
   * How long one day may take: its share of the time, so that one that hangs does not take the
   * others down; but where the share is short, up to half of all that is left, so that of many days
   * from a slow feed as many as fit are collected whole.
   */
  static Duration limit(Duration usable, int daysLeft) {
    Duration share = usable.dividedBy(daysLeft);
    Duration ample = shorter(AMPLE, usable.dividedBy(2));
    return share.compareTo(ample) > 0 ? share : ample;
  }

  private void printMetrics(boolean scheduled, Feed feed, List<DayReport> reports) {
    MetricLine line = new MetricLine(clock.instant());
    METRICS.forEach(
        (outcome, metric) ->
            line.with(metric, reports.stream().filter(day -> day.outcome() == outcome).count()));
    List<String> changed =
        reports.stream()
            .filter(DayReport::feedHasChanged)
            .map(day -> day.day().toString())
            .toList();
    line.with(Metric.FEED_CHANGED, changed.size());
    if (!changed.isEmpty()) {
      line.because("feed_changed", String.join(", ", changed));
    }
    line.with(Metric.TOKENS_REFUSED, feed.tokenRefused() ? 1 : 0);
    // Days that somebody asks for by hand do not show that the schedule works.
    if (scheduled) {
      line.with(
          Metric.SCHEDULED_COLLECTIONS,
          reports.stream().noneMatch(day -> day.outcome() == Outcome.FAILED) ? 1 : 0);
    }
    line.print();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static ObjectNode json(List<DayReport> reports) {
    ObjectNode report = JSON.createObjectNode();
    ArrayNode days = report.putArray("days");
    for (DayReport day : reports) {
      ObjectNode entry =
          days.addObject()
              .put("day", day.day().toString())
              .put("outcome", day.outcome().jsonName())
              .put("rows", day.counts().rows())
              .put("bytes", day.bytes());
      day.counts().rejected().forEach(entry.withObject("rejected")::put);
      day.problem().ifPresent(problem -> entry.put("problem", problem));
    }
    return report;
  }
}
