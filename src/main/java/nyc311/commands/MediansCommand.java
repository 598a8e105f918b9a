package nyc311.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.commands.Options.RawDaysOption;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.medians.MediansPublication;
import nyc311.medians.MediansWindow;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes the medians of a window of raw days at once, as the recomputer does day by day. */
@Command(
    name = "medians",
    header = "Computes the medians of raw days, and publishes them.",
    description = {
      "The window ends with the newest day that has requests. What comes out is what the deployed"
          + " recomputer publishes from the same raw days; there, it does so by itself."
    },
    footerHeading =
        "%nEnvironment:%n"
            + "  WINDOW_DAYS       the window, where --window-days is not given%n"
            + Action.AWS
            + Action.EXAMPLES,
    footer = {
      "  nyc311 medians --raw-days raw_days --window-days 400 --output medians.json",
      "  nyc311 medians --raw-days s3://my-bucket --publish s3://my-bucket"
    })
final class MediansCommand extends Action {
  @Mixin private RawDaysOption source;

  @Option(
      names = "--window-days",
      paramLabel = "N",
      description = "How many days of creation count, 1 to 6000. Default: 60.")
  private Integer windowDays;

  @Option(
      names = "--publish",
      paramLabel = "DIR|s3://BUCKET",
      description =
          "Where the medians go, as 311/medians.json. Newer ones are not replaced. Default:"
              + " nowhere.")
  private Address publish;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Also write them to a file, whatever it has, or to /dev/stdout.")
  private OutputFile output;

  @Option(names = "--force", description = "Replace even newer medians.")
  private boolean force;

  private final Map<String, String> environment;

  MediansCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  int run() throws IOException {
    int window = window();
    Optional<Bucket> target = publish == null ? Optional.empty() : Optional.of(publish.bucket());
    Medians medians =
        MediansWindow.newest(source.rawDays(), window, progress)
            .orElseThrow(() -> new IOException("no requests in " + source));
    byte[] content = MediansJson.write(medians);
    print(
        "%d complaint types, %,d requests created from %s to %s, as of %s%n",
        medians.types().size(), medians.requests(), medians.from(), medians.to(), medians.asOf());
    if (output != null) {
      output.write(content);
    }
    if (target.isPresent()) {
      boolean changed = new MediansPublication(content, force).publish(target.get());
      print("%s in %s%n", changed ? "published" : "already published", publish);
    }
    return 0;
  }

  @Override
  PrintWriter out() {
    return OutputFile.beside(output, commandLine());
  }

  private int window() {
    String variable = Setting.WINDOW_DAYS.name();
    try {
      return new Settings(
              windowDays == null ? environment : Map.of(variable, windowDays.toString()))
          .windowDays();
    } catch (IllegalArgumentException e) {
      String problem = e.getMessage();
      throw refused(windowDays == null ? problem : problem.replace(variable, "--window-days"));
    }
  }
}
