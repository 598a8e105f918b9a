package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import nyc311.command.Address;
import nyc311.command.OutputFile;
import nyc311.requests.NewYork;
import nyc311.requests.RawDays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
      "Environment:",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 backtest --raw-days raw_days --as-of 2019-03-31T05:00 \\%n"
          + "    --train-from 2019-01-01 --train-to 2019-03-30 \\%n"
          + "    --test-from 2019-04-06 --test-to 2019-04-28 --cap 1080"
    })
public final class BacktestCommand implements Callable<Integer> {
  /** Estimates count up to there, see {@link Judged#logEstimate}. */
  private static final double MAX_CAP_HOURS = 1e5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the days are: YYYY-MM-DD.json or .json.gz.")
  private Address rawDays;

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

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the random draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

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
      converter = OutputFile.Converter.class,
      description = "Write each tested request: closed, hours or age, p10, p50, p90.")
  private OutputFile csv;

  @Option(names = "--by-type", description = "Print the scores of each complaint type as well.")
  private boolean byType;

  @Option(
      names = "--calibration",
      description = "Print the share that was closed by each of the curves' quantiles as well.")
  private boolean calibration;

  @Override
  public Integer call() throws IOException {
    requirePossible();
    RawDays source = rawDays.rawDays();
    NavigableSet<LocalDate> days = source.days();
    LocalDate lastTrained = trainTo == null ? asOf.toLocalDate() : trainTo;
    Backtest backtest =
        Backtest.run(
            source,
            NewYork.instant(asOf),
            days.subSet(trainFrom, true, lastTrained, true),
            days.subSet(testFrom, true, testTo, true),
            cap == null ? Double.NaN : cap,
            seed);
    PrintWriter out = OutputFile.beside(csv, spec);
    out.print(table("estimator", backtest.scores()));
    out.printf(
        Locale.ROOT,
        "%,d requests learnt from, %,d tested; cap %.0f hours, seed %d%n",
        backtest.trained(),
        backtest.byEstimator().get(Backtest.KAPLAN_MEIER).size(),
        backtest.capHours(),
        seed);
    if (byType) {
      out.print(table(estimator, backtest.scoresBy(Judged::complaintType, estimator)));
    }
    if (calibration) {
      out.print(table(Calibration.of(backtest, estimator)));
    }
    out.flush();
    if (csv != null) {
      String rows = String.join("\n", lines(backtest.byEstimator().get(estimator))) + "\n";
      csv.write(rows.getBytes(StandardCharsets.UTF_8));
    }
    return 0;
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
    LocalDate known = asOf.toLocalDate();
    require(
        !known.isBefore(trainFrom),
        "--as-of must not be before --train-from %s: %s",
        trainFrom,
        asOf);
    require(
        trainTo == null || !trainTo.isBefore(trainFrom),
        "--train-to must not be before --train-from %s: %s",
        trainFrom,
        trainTo);
    require(
        !testTo.isBefore(testFrom),
        "--test-to must not be before --test-from %s: %s",
        testFrom,
        testTo);
    require(!testTo.isBefore(known), "--test-to must not be before --as-of %s: %s", asOf, testTo);
  }

  private void require(boolean holds, String problem, Object... values) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), String.format(Locale.ROOT, problem, values));
    }
  }

  static String table(String title, Map<String, Scores> scores) {
    return String.format(
            Locale.ROOT,
            "| %-36s | MLog | MLog cap | pinball sum | above p90 | coverage | mean err h |"
                + " median err h | requests |%n",
            title)
        + "|---|---|---|---|---|---|---|---|---|\n"
        + scores.entrySet().stream()
            .map(entry -> line(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining());
  }

  private static String line(String name, Scores scores) {
    return String.format(
        Locale.ROOT,
        "| %-36s | %.4f | %.4f | %.4f | %.4f | %.4f | %.1f | %.2f | %d |%n",
        name,
        scores.mlog(),
        scores.mlogCap(),
        scores.pinballSum(),
        scores.aboveP90(),
        scores.coverage(),
        scores.meanErrorHours(),
        scores.medianErrorHours(),
        scores.requests());
  }

  private static String table(Map<String, Calibration> calibrations) {
    StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "| %-38s |", "closed by"));
    Calibration.LEVELS.forEach(
        level -> table.append(String.format(Locale.ROOT, " p%.0f |", 100 * level)));
    table.append(" p10 to p90 | pinball sum | requests |\n|---|---|---|---|---|---|---|---|---|\n");
    calibrations.forEach(
        (name, of) -> {
          table.append(String.format(Locale.ROOT, "| %-38s |", name));
          of.closedBy()
              .forEach(share -> table.append(String.format(Locale.ROOT, " %.3f |", share)));
          table.append(
              String.format(
                  Locale.ROOT,
                  " %.3f | %.4f | %d |%n",
                  of.coverage(),
                  of.pinballSum(),
                  of.requests()));
        });
    return table.toString();
  }

  static List<String> lines(List<Judged> judged) {
    List<String> lines = new ArrayList<>();
    lines.add("complaint_type,closed,hours_or_age,p10,p50,p90");
    for (Judged row : judged) {
      lines.add(
          String.join(
              ",",
              row.complaintType(),
              row.closed() ? "1" : "0",
              Double.toString(row.hours()),
              Double.toString(row.estimate().p10()),
              Double.toString(row.estimate().p50()),
              Double.toString(row.estimate().p90())));
    }
    return lines;
  }
}
