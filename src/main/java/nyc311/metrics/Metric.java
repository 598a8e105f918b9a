package nyc311.metrics;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the functions tell CloudWatch of themselves, beside what Lambda counts anyway. */
public enum Metric {
  /** 1 for a run of the schedule that collected all its days, 0 for one that did not. */
  SCHEDULED_COLLECTIONS(Unit.COUNT),
  /** Raw days that were new or had changed. */
  DAYS_WRITTEN(Unit.COUNT),
  /** Raw days that were in the bucket already. */
  DAYS_UNCHANGED(Unit.COUNT),
  /** Days of which the feed had no rows, yet. */
  DAYS_EMPTY(Unit.COUNT),
  /** Days that could not be collected, or whose raw file could not be summarised or judged. */
  DAYS_FAILED(Unit.COUNT),
  /** Days that were not taken from the feed, since it seems to have changed. */
  FEED_CHANGED(Unit.COUNT),
  /** 1 for a run of the collector whose application token the feed refused, 0 for any other. */
  TOKENS_REFUSED(Unit.COUNT),

  /** 1 for a recomputation that changed the published medians, 0 for one that did not. */
  PUBLICATIONS(Unit.COUNT),
  /** From the oldest of the raw days' events to the publication that has them in it. */
  PUBLICATION_LAG(Unit.SECONDS),
  /** Rows of the raw days that were summarised. */
  ROWS_SEEN(Unit.COUNT),
  /** Those of them that count. */
  ROWS_KEPT(Unit.COUNT),
  /** Those that do not; the log says why. */
  ROWS_REJECTED(Unit.COUNT),

  /** Raw days whose answers were judged, since they are new or have changed. */
  DAYS_JUDGED(Unit.COUNT),
  /** Raw days that were not judged, since nothing was in force when they began. */
  DAYS_WITHOUT_ANSWERS(Unit.COUNT),

  /** From the instant that the served medians date from until now. */
  ESTIMATE_AGE(Unit.SECONDS),
  /** Instances of the API that were started from nothing. */
  COLD_STARTS(Unit.COUNT),
  /** Instances of the API that were restored from a snapshot. */
  RESTORED_STARTS(Unit.COUNT),
  /** Answers from the medians because the model did not know enough, or was contradicted. */
  FALLBACKS(Unit.COUNT),
  /** Answers with status 500, for a fault of this program. */
  SERVER_ERRORS(Unit.COUNT),
  /** Times that the bucket could not be asked for what is published. */
  REFRESH_FAILURES(Unit.COUNT),
  /** Times that a published model was not taken. */
  MODELS_REFUSED(Unit.COUNT);

  /** As CloudWatch names them. */
  enum Unit {
    COUNT("Count"),
    SECONDS("Seconds");

    private final String cloudWatchName;

    Unit(String cloudWatchName) {
      this.cloudWatchName = cloudWatchName;
    }
  }

  private final Unit unit;
  private final String cloudWatchName;

  Metric(Unit unit) {
    this.unit = unit;
    this.cloudWatchName =
        Stream.of(name().split("_", -1))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());
  }

  /** The metric's name in CloudWatch, such as {@code RowsSeen}. */
  public String cloudWatchName() {
    return cloudWatchName;
  }

  /** The name of its unit in CloudWatch. */
  public String unit() {
    return unit.cloudWatchName;
  }
}
