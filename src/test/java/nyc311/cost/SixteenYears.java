package nyc311.cost;

import static nyc311.cost.Assumption.COLLECT_SECONDS;
import static nyc311.cost.Assumption.RECOMPUTE_READS;
import static nyc311.cost.Assumption.RECOMPUTE_SECONDS;
import static nyc311.cost.Assumption.RUN_LOG_BYTES;
import static nyc311.cost.Assumption.SUMMARY_MEGABYTES;

import java.time.LocalDate;
import nyc311.settings.Settings;
import nyc311.template.Backfill;
import nyc311.template.Template;

/**
 * What a backfill of 2010 to 2025 uses once, by a deployment of the template with its default
 * parameters. Immutable.
 */
final class SixteenYears {
  static final LocalDate FROM = LocalDate.of(2010, 1, 1);
  static final LocalDate TO = LocalDate.of(2025, 12, 31);
  static final int DAYS = (int) (TO.toEpochDay() - FROM.toEpochDay() + 1);

  /** About so many requests were made in these years. */
  static final int ROWS = 40_000_000;

  static final int ROW_BYTES = 600;

  /** A count and one page: 50,000 rows are more than any day has. */
  static final int FEED_REQUESTS_A_DAY = 2;

  /** The start of an execution, and its one state; each retry is one more. */
  static final int TRANSITIONS_A_DAY = 2;

  /** As a test counts: two for each year, six for all. */
  static final int OTHER_TRANSITIONS = 2 * 16 + 6;

  /** A raw day and its summary are put, and two folders listed; the medians stay as they are. */
  static final int S3_WRITES_A_DAY = 4;

  private static final double SECONDS_AN_HOUR = 3_600;

  private final Template template;

  SixteenYears(Template template) {
    this.template = template;
  }

  /** For how long the collector is at work on one day, most of it waiting for the feed. */
  double collectSeconds() {
    return COLLECT_SECONDS.value / settings("CollectFunction").lookbackDays().size();
  }

  /** How many days are collected at once. */
  int concurrency() {
    return Backfill.concurrency(template);
  }

  double hours() {
    return DAYS * collectSeconds() / concurrency() / SECONDS_AN_HOUR;
  }

  /** How many recomputations run at once, on average. */
  double recomputationsAtOnce() {
    return concurrency() / collectSeconds() * RECOMPUTE_SECONDS.value;
  }

  /** A HEAD by the collector; a GET for each day of the window, and a few more. */
  double s3ReadsADay() {
    return 1 + settings("MediansFunction").windowDays() + RECOMPUTE_READS.value;
  }

  Usage collecting() {
    return compute("CollectFunction", collectSeconds());
  }

  Usage recomputing() {
    return compute("MediansFunction", RECOMPUTE_SECONDS.value);
  }

  /** Beside the two functions' time. */
  Usage requests() {
    return Usage.of(Charge.INVOCATIONS, 2 * DAYS)
        .plus(Usage.of(Charge.S3_WRITES, S3_WRITES_A_DAY * DAYS))
        .plus(Usage.of(Charge.S3_READS, s3ReadsADay() * DAYS))
        .plus(Usage.of(Charge.STATES, TRANSITIONS_A_DAY * DAYS + OTHER_TRANSITIONS))
        .plus(Usage.ofBytes(Charge.LOGS, 2 * DAYS * RUN_LOG_BYTES.value));
  }

  Usage all() {
    return collecting().plus(recomputing()).plus(requests());
  }

  /** What the raw days and their summaries then take, each month. */
  Usage stored() {
    return Usage.ofBytes(
        Charge.S3_STORAGE, 1.0 * ROWS * ROW_BYTES + DAYS * SUMMARY_MEGABYTES.value * 1e6);
  }

  private Usage compute(String function, double seconds) {
    int megabytes = template.properties(function).path("MemorySize").asInt();
    return Usage.ofCompute(DAYS, megabytes, 1_000 * seconds);
  }

  private Settings settings(String function) {
    return new Settings(template.environment(function));
  }
}
