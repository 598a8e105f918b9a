package nyc311.commands;

import java.nio.file.NotDirectoryException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import nyc311.requests.RawDays;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What several commands are asked in the same way. */
final class Options {
  private Options() {}

  /** Raw days that are read. */
  static final class RawDaysOption {
    @Option(
        names = "--raw-days",
        required = true,
        paramLabel = "DIR|s3://BUCKET",
        description = "Where the days are: YYYY-MM-DD.json or .json.gz.")
    private Address address;

    RawDays rawDays() throws NotDirectoryException {
      return address.rawDays();
    }

    @Override
    public String toString() {
      return address.toString();
    }
  }

  /** What random draws begin with. */
  static final class SeedOption {
    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Of the random draws. Default: ${DEFAULT-VALUE}.")
    long value;
  }

  /** Which New York days of creation a command is about. */
  static final class Days {
    @Option(
        names = "--day",
        required = true,
        split = ",",
        paramLabel = "DAY",
        description = "This New York day of creation, like 2019-07-01. May be given several times.")
    private List<LocalDate> single = new ArrayList<>();

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Range range;

    /** The days between two, ascending; refused by the command when others are asked for. */
    NavigableSet<LocalDate> between(LocalDate first, LocalDate last, Action command) {
      NavigableSet<LocalDate> days = new TreeSet<>(single);
      if (range != null) {
        days.addAll(List.of(range.from, range.to));
      }
      for (LocalDate day : days) {
        if (day.isBefore(first)) {
          throw command.refused("days must not be before %s: %s", first, day);
        }
        if (day.isAfter(last)) {
          throw command.refused("days must not be after %s: %s", last, day);
        }
      }
      if (range != null) {
        if (range.to.isBefore(range.from)) {
          throw command.refused("--to must not be before %s: %s", range.from, range.to);
        }
        range.from.datesUntil(range.to).forEach(days::add);
      }
      return days;
    }
  }

  private static final class Range {
    @Option(
        names = "--from",
        required = true,
        paramLabel = "DAY",
        description = "All days from this one on, …")
    private LocalDate from;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "DAY",
        description = "… to this one, both included.")
    private LocalDate to;
  }
}
