package nyc311.commands;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import nyc311.record.Asked;
import nyc311.record.RecordKeeping;
import nyc311.record.Tally;
import nyc311.record.TrackRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Judges the days that are known by now, and prints the record. */
@Command(
    name = "record",
    header = "Says how right the answers were.",
    description = {
      "Each request of the days between 2 and 60 days old is put to what was in force when its day"
          + " began, and what was said is held against what became of it. What is judged goes to"
          + " 311/record/, the last four weeks of it to 311/record.json. A day for which nothing"
          + " was in force that did not know it is not judged.",
      "",
      "Prints a line for each day and each thing that was asked: the medians of the type alone,"
          + " what is served with all that the row says, and what is left after 6 and 24 hours."
    },
    footer = "  nyc311 record s3://my-bucket")
final class RecordCommand extends Action {
  @Parameters(
      index = "0",
      paramLabel = "DIR|s3://BUCKET",
      description = "Where raw days, medians and model are, below 311/.")
  private Address source;

  @Override
  int run() throws IOException {
    RecordKeeping.Result result =
        new RecordKeeping(source.bucket(), Clock.systemUTC()).run(progress);
    result.failed().forEach((day, why) -> print("%s cannot be read: %s%n", day, why.getMessage()));
    if (!result.without().isEmpty()) {
      print("%d days not judged: nothing was in force%n", result.without().size());
    }
    print("%d days judged now%n", result.judged().size());
    if (result.record().isEmpty()) {
      print("no record yet: no judged day was followed for a week%n");
      return 0;
    }
    TrackRecord record = result.record().get();
    Map<String, Map<Asked, Tally>> lines = new LinkedHashMap<>();
    record.days().forEach(day -> lines.put(day.day().toString(), day.total()));
    lines.put("total", record.total());
    print("%s", Tables.record(lines));
    return result.failed().isEmpty() ? 0 : 1;
  }
}
