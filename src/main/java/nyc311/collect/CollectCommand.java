package nyc311.collect;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import nyc311.collect.Collector.DayReport;
import nyc311.collect.Collector.Outcome;
import nyc311.command.Address;
import nyc311.command.Days;
import nyc311.command.Progress;
import nyc311.requests.NewYork;
import nyc311.settings.Settings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
    footer = {
      "Environment:",
      "  FEED_URL          the Socrata resource with the days from 2020 on",
      "  FEED_ARCHIVE_URL  the one with the days before",
      "  FEED_APP_TOKEN    a Socrata application token; without one, days are slow",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 collect --day 2019-07-01 --raw-days raw_days",
      "  nyc311 collect --from 2026-09-20 --to 2026-11-18 --raw-days s3://my-bucket"
    })
public final class CollectCommand implements Callable<Integer> {
  /** For what the feed takes when it throttles. */
  private static final Duration DAY_LIMIT = Duration.ofMinutes(10);

  /** By then the feed is gone, and each further day would take its time to fail. */
  private static final int MAX_FAILED_IN_A_ROW = 3;

  /** For files that are half-written to be removed. */
  private static final Duration CLEAN_UP_LIMIT = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the days go. A folder is made if need be.")
  private Address rawDays;

  @ArgGroup(multiplicity = "1")
  private Days days;

  @Option(
      names = "--dry-run",
      description = "Pull the days and say what would be written; write nothing.")
  private boolean dryRun;

  /** What sets the feed. */
  Map<String, String> environment = System.getenv();

  @Override
  public Integer call() throws IOException {
    days.requireBetween(CollectionPlan.FIRST_DAY, NewYork.day(Clock.systemUTC().instant()), spec);
    NavigableSet<LocalDate> asked = days.in(spec);
    Collector collector = new Collector(feed(), rawDays.bucketOfRawDays(), dryRun);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(interruptingUntil(ended));
    try {
      return collect(collector, asked);
    } catch (InterruptedException e) {
      // Said here, since the program may end at once when the clean-up has.
      problem("interrupted");
      return spec.exitCodeOnExecutionException();
    } finally {
      ended.countDown();
    }
  }

  private Feed feed() {
    try {
      Settings settings = new Settings(environment);
      return new Feed(
          settings.feedUrl(),
          settings.feedArchiveUrl(),
          settings.feedAppToken(),
          Clock.systemUTC());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
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
    try (ProgressBar progress = Progress.of("collect", asked.size())) {
      for (LocalDate day : asked) {
        progress.setExtraMessage(day.toString());
        DayReport report = collector.collect(day, Clock.systemUTC().instant().plus(DAY_LIMIT));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        print(report);
        progress.step();
        tried++;
        outcomes.merge(report.outcome(), 1, Integer::sum);
        failedInARow = report.outcome() == Outcome.FAILED ? failedInARow + 1 : 0;
        if (failedInARow == MAX_FAILED_IN_A_ROW) {
          break;
        }
      }
    }
    String sum =
        outcomes.entrySet().stream()
            .map(entry -> entry.getValue() + " " + name(entry.getKey()))
            .collect(Collectors.joining(", "));
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%d %s: %s%n", tried, tried == 1 ? "day" : "days", sum);
    out.flush();
    if (tried < asked.size()) {
      problem(
          asked.size()
              - tried
              + " days not tried, since "
              + MAX_FAILED_IN_A_ROW
              + " failed in a row");
    }
    return outcomes.containsKey(Outcome.FAILED) ? 1 : 0;
  }

  private void print(DayReport report) {
    Progress.clear();
    if (report.outcome() == Outcome.FAILED) {
      problem(report.day() + " failed: " + report.problem().orElse(""));
      return;
    }
    String leftOut =
        report.counts().rejected().entrySet().stream()
            .map(reason -> "  " + reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining());
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s  %,7d rows  %,11d bytes  %s%s%n",
        report.day(),
        report.counts().rows(),
        report.bytes(),
        name(report.outcome()),
        leftOut);
    out.flush();
  }

  private String name(Outcome outcome) {
    return dryRun && outcome == Outcome.WRITTEN ? "would be written" : outcome.jsonName();
  }

  private void problem(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(spec.qualifiedName() + ": " + text.replaceAll("\\R", " "));
    err.flush();
  }
}
