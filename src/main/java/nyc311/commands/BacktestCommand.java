package nyc311.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.Temporal;
import java.util.List;
import java.util.NavigableSet;
import nyc311.commands.Options.RawDaysOption;
import nyc311.commands.Options.SeedOption;
import nyc311.requests.NewYork;
import nyc311.requests.RawDays;
import nyc311.train.Backtest;
import nyc311.train.Calibration;
import nyc311.train.Judged;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints how well the estimates would have done. */
@Command(
    name = "backtest",
    aliases = "evaluate",
    header = "Says how good estimates would have been.",
    description = {
      "Learns from what a collector that pulled every day would have known at an instant, and is"
          + " judged by requests that were created later, as the newest files know them. Prints a"
          + " line for each estimator, two simple ones first. Lower is better; 'above p90' should"
          + " be .1, coverage .8. docs/quality.md says what the columns are."
    },
    footer = {
      "  nyc311 backtest --raw-days raw_days --as-of 2019-03-31T05:00 \\%n"
          + "    --train-from 2019-01-01 --train-to 2019-03-30 \\%n"
          + "    --test-from 2019-04-06 --test-to 2019-04-28 --cap 1080"
    })
final class BacktestCommand extends Action {
  /** Estimates count up to there, as {@link Judged} takes them. */
  private static final double MAX_CAP_HOURS = 1e5;

  @Mixin private RawDaysOption source;

  @Option(
      names = "--as-of",
      required = true,
      paramLabel = "TIME",
      description = "Nothing later is known: New York time, like 2019-03-31T05:00.")
  private LocalDateTime asOf;

  @Option(
      names = "--train-from",
      paramLabel = "DAY",
      defaultValue = "2010-01-01",
      description = "The first day to learn from. Default: the first there is.")
  private LocalDate trainFrom;

  @Option(
      names = "--train-to",
      paramLabel = "DAY",
      description = "The last day to learn from. Default: that of --as-of.")
  private LocalDate trainTo;

  @Option(
      names = "--test-from",
      required = true,
      paramLabel = "DAY",
      description = "The first day to be judged by, …")
  private LocalDate testFrom;

  @Option(
      names = "--test-to",
      required = true,
      paramLabel = "DAY",
      description = "… and the last one, both included.")
  private LocalDate testTo;

  @Option(
      names = "--cap",
      paramLabel = "HOURS",
      description =
          "Of 'MLog cap'. Default: the age of the youngest open request, or the longest time if all"
              + " are closed.")
  private Double cap;

  @Mixin private SeedOption seed;

  @Option(
      names = "--estimator",
      paramLabel = "NAME",
      defaultValue = Backtest.REGRESSION,
      description =
          "The line of the table that --csv, --by-type and --calibration are about. Default:"
              + " ${DEFAULT-VALUE}.")
  private String estimator;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write each tested request: closed, hours or age, p10, p50, p90.")
  private OutputFile csv;

  @Option(names = "--by-type", description = "Print the scores of each complaint type as well.")
  private boolean byType;

  @Option(
      names = "--calibration",
      description = "Print the share that was closed by each of the curves' quantiles as well.")
  private boolean calibration;

  @Override
  int run() throws IOException {
    requirePossible();
    RawDays rawDays = source.rawDays();
    NavigableSet<LocalDate> days = rawDays.days();
    LocalDate lastTrained = trainTo == null ? asOf.toLocalDate() : trainTo;
    Backtest backtest =
        Backtest.run(
            rawDays,
            NewYork.instant(asOf),
            days.subSet(trainFrom, true, lastTrained, true),
            days.subSet(testFrom, true, testTo, true),
            cap == null ? Double.NaN : cap,
            seed.value,
            progress);
    List<Judged> judged = backtest.byEstimator().get(estimator);
    print("%s", Tables.scores("estimator", backtest.scores()));
    print(
        "%,d requests learnt from, %,d tested; cap %.0f hours, seed %d%n",
        backtest.trained(), judged.size(), backtest.capHours(), seed.value);
    if (byType) {
      print("%s", Tables.scores(estimator, backtest.scoresBy(Judged::complaintType, estimator)));
    }
    if (calibration) {
      print("%s", Tables.calibrations(Calibration.of(backtest, estimator)));
    }
    if (csv != null) {
      csv.write(Tables.csv(judged).getBytes(StandardCharsets.UTF_8));
    }
    return 0;
  }

  @Override
  PrintWriter out() {
    return OutputFile.beside(csv, commandLine());
  }

  private void requirePossible() {
    require(
        Backtest.estimators().contains(estimator),
        "--estimator must be one of '%s': %s",
        String.join("', '", Backtest.estimators()),
        estimator);
    require(
        cap == null || (cap > 0 && cap <= MAX_CAP_HOURS),
        "--cap must be above 0 and at most %.0f hours: %s",
        MAX_CAP_HOURS,
        cap);
    requireInOrder("--train-from", trainFrom, "--as-of", asOf);
    requireInOrder("--train-from", trainFrom, "--train-to", trainTo == null ? asOf : trainTo);
    requireInOrder("--test-from", testFrom, "--test-to", testTo);
    requireInOrder("--as-of", asOf, "--test-to", testTo);
  }

  private void requireInOrder(String first, Temporal from, String last, Temporal to) {
    require(
        !LocalDate.from(to).isBefore(LocalDate.from(from)),
        "%s must not be before %s %s: %s",
        last,
        first,
        from,
        to);
  }

  private void require(boolean holds, String problem, Object... values) {
    if (!holds) {
      throw refused(problem, values);
    }
  }
}
