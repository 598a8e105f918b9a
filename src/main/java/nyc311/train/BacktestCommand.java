package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import nyc311.requests.NewYork;
import nyc311.requests.RawDays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how well the estimates would have done. */
@Command(
    name = "backtest",
    description = "Learns from what was known at an instant, and is judged by what came later.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BacktestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where YYYY-MM-DD.json or .json.gz are.")
  private Address rawDays;

  @Option(
      names = "--as-of",
      required = true,
      paramLabel = "TIME",
      description = "New York time, like 2019-03-31T05:00.")
  private LocalDateTime asOf;

  @Option(
      names = "--train-from",
      paramLabel = "DAY",
      defaultValue = "2010-01-01",
      description = "The first day to learn from; the first there is.")
  private LocalDate trainFrom;

  @Option(
      names = "--train-to",
      paramLabel = "DAY",
      description = "The last day to learn from; that of --as-of.")
  private LocalDate trainTo;

  @Option(names = "--test-from", required = true, paramLabel = "DAY")
  private LocalDate testFrom;

  @Option(names = "--test-to", required = true, paramLabel = "DAY")
  private LocalDate testTo;

  @Option(
      names = "--cap",
      paramLabel = "HOURS",
      defaultValue = "NaN",
      description =
          "Cap of 'MLog cap'; the age of the youngest open request, or the longest time if all are"
              + " closed.")
  private double cap;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1")
  private long seed;

  @Option(
      names = "--estimator",
      paramLabel = "NAME",
      defaultValue = Backtest.REGRESSION,
      description = "The line of the table that --csv and --by-type are about.")
  private String estimator;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write what score.py reads.")
  private Path csv;

  @Option(names = "--by-type", description = "Print the scores of each complaint type.")
  private boolean byType;

  @Override
  public Integer call() throws IOException {
    RawDays source = rawDays.rawDays();
    NavigableSet<LocalDate> days = source.days();
    LocalDate lastTrained = trainTo == null ? asOf.toLocalDate() : trainTo;
    Backtest backtest =
        Backtest.run(
            source,
            NewYork.instant(asOf),
            days.subSet(trainFrom, true, lastTrained, true),
            days.subSet(testFrom, true, testTo, true),
            cap,
            seed);
    PrintWriter out = spec.commandLine().getOut();
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
    out.flush();
    if (csv != null) {
      Files.write(csv, lines(backtest.byEstimator().get(estimator)), StandardCharsets.UTF_8);
    }
    return 0;
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
