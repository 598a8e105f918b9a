package nyc311.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.commands.Options.Days;
import nyc311.medians.DaySummary;
import nyc311.medians.MediansWindow;
import nyc311.medians.TypeMedians;
import nyc311.requests.RawDays;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a person what is in raw days. */
@Command(
    name = "summary",
    header = "Shows what is in raw days.",
    description = {
      "One line for each day: the instant that its rows date from, how many there are, how many"
          + " count as requests and are open, and why others do not count. Then the types with"
          + " most requests, of all these days together, with their median and the range of eight"
          + " in ten, in hours. A + means: at least, since that many have not been closed yet."
    },
    footer = {
      "  nyc311 summary raw_days/2019-07-01.json",
      "  nyc311 summary --raw-days s3://my-bucket --from 2019-07-01 --to 2019-07-07 \\%n"
          + "    --types 5",
    })
final class SummaryCommand extends Action {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Raw days, named YYYY-MM-DD.json or .json.gz.")
  private List<Path> files = List.of();

  @Option(
      names = "--raw-days",
      paramLabel = "DIR|s3://BUCKET",
      description = "Instead of files: where the days are.")
  private Address rawDays;

  @ArgGroup private Days days;

  @Option(
      names = "--types",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many complaint types to show. Default: ${DEFAULT-VALUE}.")
  private int types;

  @Override
  int run() throws IOException {
    if (types < 0) {
      throw refused("--types must not be below 0: %d", types);
    }
    NavigableMap<LocalDate, RawDays> asked = asked();
    MediansWindow window = new MediansWindow(asked.firstKey(), asked.lastKey());
    long accepted = 0;
    int read = 0;
    print("%-10s  %-20s %9s %9s %8s  %s%n", "day", "as of", "rows", "accepted", "open", "rejected");
    for (Map.Entry<LocalDate, RawDays> day : asked.entrySet()) {
      DaySummary summary;
      try (StoredObject raw = day.getValue().open(day.getKey())) {
        summary = DaySummary.of(day.getKey(), raw);
      }
      window.add(summary);
      accepted += summary.accepted();
      print("%s%n", line(summary));
      progress.show("raw days", ++read, asked.size());
    }
    if (accepted > 0) {
      print(
          "%n%-40s %9s %8s %9s %9s %9s%n",
          "complaint type", "requests", "open", "p10", "median", "p90");
      window.medians().types().stream()
          .sorted(Comparator.comparingInt(TypeMedians::requests).reversed())
          .limit(types)
          .forEach(this::print);
    }
    return 0;
  }

  /** Each day with where it is read from. */
  private NavigableMap<LocalDate, RawDays> asked() throws IOException {
    if (files.isEmpty() == (rawDays == null)) {
      throw refused("either FILE or --raw-days must be given");
    }
    if (rawDays == null && days != null) {
      throw refused("days are chosen from --raw-days only");
    }
    NavigableMap<LocalDate, RawDays> asked = new TreeMap<>();
    Map<LocalDate, Path> named = new HashMap<>();
    for (Path file : files) {
      LocalDate day = day(file);
      Path other = named.putIfAbsent(day, file);
      if (other != null) {
        throw refused("a day must be given once: %s and %s", other, file);
      }
      asked.put(day, RawDays.in(file.toAbsolutePath().getParent()));
    }
    if (rawDays != null) {
      RawDays source = rawDays.rawDays();
      (days == null ? source.days() : days.between(LocalDate.MIN, LocalDate.MAX, this))
          .forEach(day -> asked.put(day, source));
    }
    if (asked.isEmpty()) {
      throw new IOException("no raw days, YYYY-MM-DD.json or .json.gz, in " + rawDays);
    }
    return asked;
  }

  private LocalDate day(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
    LocalDate day =
        Keys.rawDayOf(Keys.RAW_DAYS + name)
            .orElseThrow(
                () ->
                    refused(
                        "a raw day must be named YYYY-MM-DD.json or YYYY-MM-DD.json.gz: %s", file));
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return day;
  }

  private static String line(DaySummary day) {
    String rejected =
        day.rejected().entrySet().stream()
            .map(reason -> reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining(", "));
    Object[] values = {day.day(), day.asOf(), day.rows(), day.accepted(), day.open(), rejected};
    return String.format(Locale.ROOT, "%s  %-20s %,9d %,9d %,8d  %s", values).stripTrailing();
  }

  private void print(TypeMedians type) {
    String name = type.complaintType();
    print(
        "%-40s %,9d %,8d %9.2f %9s %9s%n",
        name.length() <= 40 ? name : name.substring(0, 39) + "…",
        type.requests(),
        type.open(),
        type.p10(),
        hours(type.p50(), type.atLeast()),
        hours(type.p90(), type.p90AtLeast()));
  }

  private static String hours(double hours, boolean atLeast) {
    return String.format(Locale.ROOT, "%.2f%s", hours, atLeast ? "+" : "");
  }
}
