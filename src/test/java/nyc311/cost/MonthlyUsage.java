package nyc311.cost;

import static nyc311.cost.Assumption.ANSWER_BYTES;
import static nyc311.cost.Assumption.API_METRICS;
import static nyc311.cost.Assumption.COLD_SECONDS;
import static nyc311.cost.Assumption.COLLECT_SECONDS;
import static nyc311.cost.Assumption.DAYS;
import static nyc311.cost.Assumption.LOG_BYTES;
import static nyc311.cost.Assumption.PUBLISHED_MEGABYTES;
import static nyc311.cost.Assumption.RAW_DAY_MEGABYTES;
import static nyc311.cost.Assumption.RECOMPUTE_READS;
import static nyc311.cost.Assumption.RECOMPUTE_SECONDS;
import static nyc311.cost.Assumption.RECOMPUTE_WRITES;
import static nyc311.cost.Assumption.REFRESH_READS;
import static nyc311.cost.Assumption.RUN_LOG_BYTES;
import static nyc311.cost.Assumption.RUN_METRICS;
import static nyc311.cost.Assumption.START_MILLIS;
import static nyc311.cost.Assumption.START_READS;
import static nyc311.cost.Assumption.SUMMARY_MEGABYTES;
import static nyc311.cost.Assumption.VISIT_BYTES;
import static nyc311.cost.Assumption.VISIT_REQUESTS;
import static nyc311.cost.Assumption.WARM_MILLIS;

import nyc311.settings.Settings;
import nyc311.template.Template;

/** What a deployment of the template, with its default parameters, uses in a month. Immutable. */
final class MonthlyUsage {
  private static final double SECONDS_A_DAY = 86_400;
  private static final double HOURS_A_DAY = 24;
  private static final double DAYS_A_YEAR = 365;
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final int DISK_GB = 8;
  private static final double PINGS_A_DAY = HOURS_A_DAY * 12;

  /** For so long each of several pings at once holds its instance, so that no two get the same. */
  private static final double HOLD_MILLIS = 100;

  private final Template template;

  MonthlyUsage(Template template) {
    this.template = template;
  }

  /** All together, with so many years of raw days in the bucket. */
  Usage all(Traffic traffic, double years) {
    return predictions(traffic).plus(dailyLoop()).plus(watching(traffic)).plus(storage(years));
  }

  /** Metrics, and who looks at them. */
  Usage watching(Traffic traffic) {
    double alarms =
        template.logicalIds("AWS::CloudWatch::Alarm").stream()
            .mapToInt(id -> Math.max(1, template.properties(id).findValues("MetricStat").size()))
            .sum();
    double apiMetrics = traffic.predictionsADay() > 0 ? API_METRICS.value : 0;
    return Usage.of(Charge.ALARMS, alarms)
        .plus(Usage.of(Charge.DASHBOARDS, template.logicalIds("AWS::CloudWatch::Dashboard").size()))
        .plus(Usage.of(Charge.METRICS, RUN_METRICS.value / HOURS_A_DAY + apiMetrics));
  }

  Usage predictions(Traffic traffic) {
    double predictions = DAYS.value * traffic.predictionsADay();
    double starts = predictions * traffic.starts();
    double refreshes =
        traffic.instances()
            * DAYS.value
            * SECONDS_A_DAY
            / settings("PredictFunction").refresh().toSeconds();
    return Usage.of(Charge.HTTP_API, predictions)
        .plus(invocations("PredictFunction", predictions - starts, WARM_MILLIS.value))
        .plus(invocations("PredictFunction", starts, START_MILLIS.value))
        .plus(
            Usage.of(Charge.S3_READS, refreshes * REFRESH_READS.value + starts * START_READS.value))
        .plus(Usage.ofBytes(Charge.LOGS, predictions * LOG_BYTES.value))
        .plus(Usage.ofBytes(Charge.TRANSFER, predictions * ANSWER_BYTES.value));
  }

  /** Visits to the page by browsers that have not been there before, each with one question. */
  Usage visits(double visits) {
    double requests = visits * VISIT_REQUESTS.value;
    return Usage.of(Charge.HTTP_API, requests)
        .plus(invocations("PredictFunction", requests, WARM_MILLIS.value))
        .plus(Usage.ofBytes(Charge.LOGS, requests * LOG_BYTES.value))
        .plus(Usage.ofBytes(Charge.TRANSFER, visits * VISIT_BYTES.value));
  }

  /** Collection and recomputation; each collected day has changed. */
  Usage dailyLoop() {
    double collected = DAYS.value * pulls();
    double reads = settings("MediansFunction").windowDays() + RECOMPUTE_READS.value;
    return Usage.of(Charge.SCHEDULE, DAYS.value)
        .plus(
            invocations(
                "CollectFunction",
                DAYS.value,
                1_000 * (COLLECT_SECONDS.value + COLD_SECONDS.value)))
        .plus(invocations("MediansFunction", collected, 1_000 * RECOMPUTE_SECONDS.value))
        .plus(compute("MediansFunction", DAYS.value, 1_000 * COLD_SECONDS.value))
        // To collect is a HEAD and a PUT.
        .plus(Usage.of(Charge.S3_READS, collected * (1 + reads)))
        .plus(Usage.of(Charge.S3_WRITES, collected * (1 + RECOMPUTE_WRITES.value)))
        .plus(Usage.ofBytes(Charge.LOGS, (DAYS.value + collected) * RUN_LOG_BYTES.value));
  }

  /** Every day's raw rows and summary, for ever, and their replaced versions, for a while. */
  Usage storage(double years) {
    double kept = years * DAYS_A_YEAR + (pulls() - 1) * oldVersionsDays();
    double megabytes =
        kept * (RAW_DAY_MEGABYTES.value + SUMMARY_MEGABYTES.value) + PUBLISHED_MEGABYTES.value;
    return Usage.ofBytes(Charge.S3_STORAGE, megabytes * BYTES_PER_MEGABYTE);
  }

  /** A ping every five minutes to each of so many instances. */
  Usage pings(int instances) {
    double pings = DAYS.value * PINGS_A_DAY * instances;
    return Usage.of(Charge.SCHEDULE, pings)
        .plus(
            invocations("PredictFunction", pings, instances == 1 ? WARM_MILLIS.value : HOLD_MILLIS))
        .plus(Usage.ofBytes(Charge.LOGS, pings * LOG_BYTES.value));
  }

  /** A server that always runs, with a disk and an address. */
  static Usage server(Charge hours) {
    return Usage.of(hours, DAYS.value * HOURS_A_DAY)
        .plus(Usage.of(Charge.ADDRESS, DAYS.value * HOURS_A_DAY))
        .plus(Usage.of(Charge.DISK, DISK_GB));
  }

  private Usage invocations(String function, double count, double millis) {
    return Usage.of(Charge.INVOCATIONS, count).plus(compute(function, count, millis));
  }

  private Usage compute(String function, double count, double millis) {
    return Usage.ofCompute(count, template.properties(function).path("MemorySize").asInt(), millis);
  }

  private int pulls() {
    return settings("CollectFunction").lookbackDays().size();
  }

  private Settings settings(String function) {
    return new Settings(template.environment(function));
  }

  private int oldVersionsDays() {
    return template
        .properties("DataBucket")
        .at("/LifecycleConfiguration/Rules/0/NoncurrentVersionExpiration/NoncurrentDays")
        .asInt();
  }
}
