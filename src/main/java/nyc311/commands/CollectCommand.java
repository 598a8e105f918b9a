package nyc311.commands;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nyc311.bucket.Bucket;
import nyc311.collect.CollectionPlan;
import nyc311.collect.Collector;
import nyc311.collect.Collector.DayReport;
import nyc311.collect.Collector.Outcome;
import nyc311.commands.Options.Days;
import nyc311.requests.NewYork;
import nyc311.settings.Settings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Collects days of the city's feed by hand, as the collector does on its schedule. */
@Command(
    name = "collect",
    header = "Brings days of the city's feed to a folder or a bucket.",
    description = {
      "Each New York day becomes one file YYYY-MM-DD.json, or in a bucket one object, which"
          + " triggers a recomputation. A day that is there is replaced when the feed has other"
          + " rows now; never by none, and never by older data. It appears as a whole or not at"
          + " all, also when this is interrupted.",
      "",
      "Beside each file, YYYY-MM-DD.json.metadata keeps the instant that its rows date from:"
          + " open requests are as old as the feed knew then. Copy both."
    },
    footerHeading =
        "%nEnvironment:%n"
            + "  FEED_URL          the Socrata resource with the days from 2020 on%n"
            + "  FEED_ARCHIVE_URL  the one with the days before%n"
            + "  FEED_APP_TOKEN    a Socrata application token; without one, days are slow%n"
            + Action.AWS
            + Action.EXAMPLES,
    footer = {
      "  nyc311 collect --day 2019-07-01 --raw-days raw_days",
      "  nyc311 collect --from 2026-09-20 --to 2026-11-18 --raw-days s3://my-bucket"
    })
final class CollectCommand extends Action {
  /** For what the feed takes when it throttles. */
  private static final Duration DAY_LIMIT = Duration.ofMinutes(10);

  /** By then the feed is gone, and each further day would take its time to fail. */
  private static final int MAX_FAILED_IN_A_ROW = 3;

  /** For files that are half-written to be removed. */
  private static final Duration CLEAN_UP_LIMIT = Duration.ofSeconds(10);

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      description = "Where the days go. A folder is made if need be.")
  private Address rawDays;

  @ArgGroup(multiplicity = "1")
  private Days days;

  @Option(
      names = "--force",
      description = "Take a day also when the feed seems to have changed, once you have looked.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description = "Pull the days and say what would be written; write nothing.")
  private boolean dryRun;

  private final Map<String, String> environment;

  CollectCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  int run() throws IOException {
    LocalDate today = NewYork.day(Clock.systemUTC().instant());
    NavigableSet<LocalDate> asked = days.between(CollectionPlan.FIRST_DAY, today, this);
    Collector collector = collector(DAY_LIMIT.multipliedBy(asked.size()));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(interruptingUntil(ended));
    try {
      return collect(collector, asked);
    } catch (InterruptedException e) {
      // Said here, since the program may end at once when the clean-up has.
      problem("interrupted");
      return ExitCode.SOFTWARE;
    } finally {
      collector.notes().forEach(this::problem);
      ended.countDown();
    }
  }

  private Collector collector(Duration time) throws IOException {
    Bucket bucket = rawDays.bucketOfRawDays();
    try {
      return new Collector(new Settings(environment), bucket, time, force, dryRun);
    } catch (IllegalArgumentException e) {
      throw refused("%s", e.getMessage());
    }
  }

  /** Ctrl-C ends the program only when what is half-written has been removed. */
  private static Thread interruptingUntil(CountDownLatch ended) {
    Thread collecting = Thread.currentThread();
    return new Thread(
        () -> {
          if (ended.getCount() > 0) {
            collecting.interrupt();
            try {
              ended.await(CLEAN_UP_LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }

  private int collect(Collector collector, NavigableSet<LocalDate> asked)
      throws InterruptedException {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    int tried = 0;
    int failedInARow = 0;
    for (LocalDate day : asked) {
      progress.show(day.toString(), tried, asked.size());
      DayReport report = collector.collect(day, Clock.systemUTC().instant().plus(DAY_LIMIT));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      print(report);
      tried++;
      outcomes.merge(report.outcome(), 1, Integer::sum);
      failedInARow = report.outcome() == Outcome.FAILED ? failedInARow + 1 : 0;
      if (failedInARow == MAX_FAILED_IN_A_ROW) {
        break;
      }
    }
    List<String> sum = new ArrayList<>();
    outcomes.forEach((outcome, count) -> sum.add(count + " " + name(outcome)));
    print("%d %s: %s%n", tried, tried == 1 ? "day" : "days", String.join(", ", sum));
    if (tried < asked.size()) {
      problem(asked.size() - tried + " days not tried, since " + failedInARow + " failed in a row");
    }
    return outcomes.containsKey(Outcome.FAILED) ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private void print(DayReport report) {
    if (report.outcome() == Outcome.FAILED) {
      problem(report.day() + " failed: " + report.problem().orElse(""));
      return;
    }
    String leftOut =
        report.rejected().entrySet().stream()
            .map(reason -> "  " + reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining());
    print(
        "%s  %,7d rows  %,11d bytes  %s%s%n",
        report.day(), report.rows(), report.bytes(), name(report.outcome()), leftOut);
  }

  private String name(Outcome outcome) {
    return dryRun && outcome == Outcome.WRITTEN ? "would be written" : outcome.jsonName();
  }
}
