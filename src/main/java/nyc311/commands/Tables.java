package nyc311.commands;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nyc311.record.Asked;
import nyc311.record.Tally;
import nyc311.regression.Quantiles;
import nyc311.train.Calibration;
import nyc311.train.Judged;
import nyc311.train.Scores;

/** A backtest and the record as text: tables in Markdown, and rows as CSV. */
final class Tables {
  private static final String RULE = "|---|---|---|---|---|---|---|---|---|\n";

  private Tables() {}

  static String scores(String title, Map<String, Scores> scores) {
    return format(
            "| %-36s | MLog | MLog cap | pinball sum | above p90 | coverage | mean err h |"
                + " median err h | requests |%n",
            title)
        + RULE
        + all(scores.entrySet(), named -> line(named.getKey(), named.getValue()));
  }

  private static String line(String name, Scores scores) {
    return format(
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

  static String calibrations(Map<String, Calibration> calibrations) {
    return format("| %-38s |", "closed by")
        + all(Calibration.LEVELS, level -> format(" p%.0f |", 100 * level))
        + " p10 to p90 | pinball sum | requests |\n"
        + RULE
        + all(calibrations.entrySet(), named -> line(named.getKey(), named.getValue()));
  }

  private static String line(String name, Calibration of) {
    return format("| %-38s |", name)
        + all(of.closedBy(), share -> format(" %.3f |", share))
        + format(" %.3f | %.4f | %d |%n", of.coverage(), of.pinballSum(), of.requests());
  }

  /** The sums of some days as shares and means; what should be 0.1, 0.25 and so on comes last. */
  static String record(Map<String, Map<Asked, Tally>> sums) {
    return format("| %-10s | %-14s | requests | below | within | above |", "", "asked")
        + " MLog cap | pinball sum |"
        + all(Tally.LEVELS, level -> format(" p%.0f |", 100 * level))
        + "\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
        + all(
            sums.entrySet(),
            day ->
                all(
                    day.getValue().entrySet(),
                    asked -> line(day.getKey(), asked.getKey(), asked.getValue())));
  }

  private static String line(String day, Asked asked, Tally tally) {
    double all = tally.requests();
    return format("| %-10s | %-14s |", day, asked.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        + format(" %d |", tally.requests())
        + format(" %.3f |", tally.below() / all)
        + format(" %.3f |", tally.within() / all)
        + format(" %.3f |", tally.above() / all)
        + format(" %.4f | %.4f |", tally.meanMlogCap(), tally.meanPinballSum())
        + IntStream.range(0, Tally.LEVELS.size())
            .mapToObj(i -> (double) tally.closedBy().get(i) / tally.followed().get(i))
            .map(share -> format(" %.3f |", share))
            .collect(Collectors.joining())
        + "\n";
  }

  static String csv(List<Judged> judged) {
    return "complaint_type,closed,hours_or_age,p10,p50,p90\n" + all(judged, Tables::row);
  }

  private static String row(Judged row) {
    Quantiles said = row.estimate();
    int closed = row.closed() ? 1 : 0;
    Object[] values = {
      row.complaintType(), closed, row.hours(), said.p10(), said.p50(), said.p90()
    };
    return format("%s,%s,%s,%s,%s,%s\n", values);
  }

  private static <T> String all(Collection<T> things, Function<T, String> text) {
    return things.stream().map(text).collect(Collectors.joining());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
