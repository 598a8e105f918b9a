package nyc311.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.NavigableSet;
import nyc311.bucket.StoredObject;
import nyc311.commands.Options.RawDaysOption;
import nyc311.requests.BoroughMap;
import nyc311.requests.RawDay;
import nyc311.requests.RawDays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws the map of the boroughs that a later version's jar has. */
@Command(
    name = "boroughs",
    header = "Draws the map that tells a borough from a place.",
    description =
        "Each cell has the borough of most requests that were made in it. The jar has a map"
            + " already; a new one is for its next version.",
    footer = {
      "  nyc311 boroughs --raw-days raw_days \\%n"
          + "    --output src/main/resources/nyc311/requests/boroughs.txt"
    })
final class BoroughsCommand extends Action {
  @Mixin private RawDaysOption source;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Where the map goes, or /dev/stdout.")
  private OutputFile output;

  @Override
  int run() throws IOException {
    RawDays rawDays = source.rawDays();
    NavigableSet<LocalDate> days = rawDays.days();
    BoroughMap.Survey survey = new BoroughMap.Survey();
    int done = 0;
    for (LocalDate day : days) {
      try (StoredObject raw = rawDays.open(day)) {
        RawDay.read(day, raw, survey::add);
      }
      progress.show("raw days", ++done, days.size());
    }
    if (survey.isEmpty()) {
      throw new IOException("no requests with a borough and a place in " + source);
    }
    output.write(survey.map().toString().getBytes(StandardCharsets.US_ASCII));
    return 0;
  }

  @Override
  PrintWriter out() {
    return OutputFile.beside(output, commandLine());
  }
}
