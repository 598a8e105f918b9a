package nyc311.medians;

import java.io.IOException;
import java.io.PrintWriter;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.command.Address;
import nyc311.command.Days;
import nyc311.command.Progress;
import nyc311.requests.RawDays;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "Environment:",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 summary raw_days/2019-07-01.json",
      "  nyc311 summary --raw-days s3://my-bucket --from 2019-07-01 --to 2019-07-07 \\%n"
          + "    --types 5",
    })
public final class SummaryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Raw days, named YYYY-MM-DD.json or .json.gz.")
  private List<Path> files = List.of();

  @Option(
      names = "--raw-days",
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
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
  public Integer call() throws IOException {
    if (types < 0) {
      throw refused("--types must not be below 0: " + types);
    }
    NavigableMap<LocalDate, RawDays> asked = asked();
    MediansWindow window = new MediansWindow(asked.firstKey(), asked.lastKey());
    PrintWriter out = spec.commandLine().getOut();
    long accepted = 0;
    try (ProgressBar progress = Progress.of("raw days", asked.size())) {
      Progress.clear();
      out.printf(
          "%-10s  %-20s %9s %9s %8s  %s%n", "day", "as of", "rows", "accepted", "open", "rejected");
      for (Map.Entry<LocalDate, RawDays> day : asked.entrySet()) {
        DaySummary summary;
        try (StoredObject raw = day.getValue().open(day.getKey())) {
          summary = DaySummary.of(day.getKey(), raw);
        }
        window.add(summary);
        accepted += summary.accepted();
        Progress.clear();
        out.printf("%s%n", line(summary));
        out.flush();
        progress.step();
      }
    }
    if (accepted > 0) {
      out.printf(
          Locale.ROOT,
          "%n%-40s %9s %8s %9s %9s %9s%n",
          "complaint type",
          "requests",
          "open",
          "p10",
          "median",
          "p90");
      window.medians().types().stream()
          .sorted(Comparator.comparingInt(TypeMedians::requests).reversed())
          .limit(types)
          .forEach(type -> out.printf("%s%n", line(type)));
    }
    out.flush();
    return 0;
  }

  /** Each day with where it is read from. */
  private NavigableMap<LocalDate, RawDays> asked() throws IOException {
    if (files.isEmpty() == (rawDays == null)) {
      throw refused("either FILE or --raw-days must be given");
    }
    NavigableMap<LocalDate, RawDays> asked = new TreeMap<>();
    if (rawDays == null) {
      if (days != null) {
        throw refused("days are chosen from --raw-days only");
      }
      Map<LocalDate, Path> named = new HashMap<>();
      for (Path file : files) {
        LocalDate day = day(file);
        Path other = named.putIfAbsent(day, file);
        if (other != null) {
          throw refused("a day must be given once: " + other + " and " + file);
        }
        asked.put(day, RawDays.in(file.toAbsolutePath().getParent()));
      }
      return asked;
    }
    RawDays source = rawDays.rawDays();
    for (LocalDate day : days == null ? source.days() : days.in(spec)) {
      asked.put(day, source);
    }
    if (asked.isEmpty()) {
      throw new IOException("no raw days, YYYY-MM-DD.json or .json.gz, in " + rawDays);
    }
    return asked;
  }

  private LocalDate day(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
    Optional<LocalDate> day = Keys.rawDayOf(Keys.RAW_DAYS + name);
    if (day.isEmpty()) {
      throw refused("a raw day must be named YYYY-MM-DD.json or YYYY-MM-DD.json.gz: " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return day.get();
  }

  private ParameterException refused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private static String line(DaySummary summary) {
    MediansWindow alone = new MediansWindow(summary.day(), summary.day());
    alone.add(summary);
    long open =
        summary.accepted() == 0
            ? 0
            : alone.medians().types().stream().mapToLong(TypeMedians::open).sum();
    String rejected =
        summary.rejected().entrySet().stream()
            .map(reason -> reason.getValue() + " " + reason.getKey())
            .collect(Collectors.joining(", "));
    return String.format(
            Locale.ROOT,
            "%s  %-20s %,9d %,9d %,8d  %s",
            summary.day(),
            summary.asOf(),
            summary.rows(),
            summary.accepted(),
            open,
            rejected)
        .stripTrailing();
  }

  private static String line(TypeMedians type) {
    String name = type.complaintType();
    return String.format(
        Locale.ROOT,
        "%-40s %,9d %,8d %9.2f %9s %9s",
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
