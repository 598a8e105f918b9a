package nyc311.medians;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import nyc311.bucket.Bucket;
import nyc311.bucket.StoredObject;
import nyc311.command.Address;
import nyc311.command.OutputFile;
import nyc311.command.Progress;
import nyc311.requests.RawDays;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Computes the medians of a window of raw days at once, as the recomputer does day by day. */
@Command(
    name = "medians",
    header = "Computes the medians of raw days, and publishes them.",
    description = {
      "The window ends with the newest day that has requests. What comes out is what the deployed"
          + " recomputer publishes from the same raw days; there, it does so by itself."
    },
    footer = {
      "Environment:",
      "  WINDOW_DAYS       the window, where --window-days is not given",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 medians --raw-days raw_days --window-days 400 --output medians.json",
      "  nyc311 medians --raw-days s3://my-bucket --publish s3://my-bucket"
    })
public final class MediansCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the days are: YYYY-MM-DD.json or .json.gz.")
  private Address rawDays;

  @Option(
      names = "--window-days",
      paramLabel = "N",
      description = "How many days of creation count, 1 to 6000. Default: 60.")
  private Integer windowDays;

  @Option(
      names = "--publish",
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description =
          "Where the medians go, as 311/medians.json. Newer ones are not replaced. Default:"
              + " nowhere.")
  private Address publish;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      converter = OutputFile.Converter.class,
      description = "Also write them to a file, whatever it has, or to /dev/stdout.")
  private OutputFile output;

  @Option(names = "--force", description = "Replace even newer medians.")
  private boolean force;

  /** What sets the window. */
  Map<String, String> environment = System.getenv();

  @Override
  public Integer call() throws IOException {
    int window = window();
    Optional<Bucket> target = publish == null ? Optional.empty() : Optional.of(publish.bucket());
    Medians medians =
        compute(rawDays.rawDays(), window)
            .orElseThrow(() -> new IOException("no requests in " + rawDays));
    byte[] content = MediansJson.write(medians);
    PrintWriter out = OutputFile.beside(output, spec);
    out.printf(
        Locale.ROOT,
        "%d complaint types, %,d requests created from %s to %s, as of %s%n",
        medians.types().size(),
        medians.requests(),
        medians.from(),
        medians.to(),
        medians.asOf());
    out.flush();
    if (output != null) {
      output.write(content);
    }
    if (target.isPresent()) {
      boolean changed = new MediansPublication(content, force).publish(target.get());
      out.printf("%s in %s%n", changed ? "published" : "already published", publish);
      out.flush();
    }
    return 0;
  }

  private int window() {
    try {
      return new Settings(
              windowDays == null
                  ? environment
                  : Map.of(Setting.WINDOW_DAYS.name(), windowDays.toString()))
          .windowDays();
    } catch (IllegalArgumentException e) {
      String problem = e.getMessage();
      if (windowDays != null) {
        problem = problem.replace(Setting.WINDOW_DAYS.name(), "--window-days");
      }
      throw new ParameterException(spec.commandLine(), problem, e);
    }
  }

  /** Reads from the newest day back; empty when no day has a request. */
  private static Optional<Medians> compute(RawDays source, int windowDays) throws IOException {
    NavigableSet<LocalDate> days = source.days();
    MediansWindow window = null;
    LocalDate from = LocalDate.MIN;
    try (ProgressBar progress = Progress.of("raw days", Math.min(days.size(), windowDays))) {
      for (LocalDate day : days.descendingSet()) {
        if (day.isBefore(from)) {
          break;
        }
        DaySummary summary;
        try (StoredObject raw = source.open(day)) {
          summary = DaySummary.of(day, raw);
        }
        if (window == null && summary.accepted() > 0) {
          from = day.minusDays(windowDays - 1L);
          window = new MediansWindow(from, day);
        }
        if (window != null) {
          window.add(summary);
        }
        progress.step();
      }
    }
    return Optional.ofNullable(window).map(MediansWindow::medians);
  }
}
