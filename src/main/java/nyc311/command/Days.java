package nyc311.command;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which New York days of creation a command is about: a group of options. */
public final class Days {
  @Option(
      names = "--day",
      required = true,
      split = ",",
      paramLabel = "DAY",
      description = "This New York day of creation, like 2019-07-01. May be given several times.")
  private List<LocalDate> single = new ArrayList<>();

  @ArgGroup(exclusive = false, multiplicity = "1")
  private Range range;

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

  /**
   * Checks that there can be such days.
   *
   * @throws ParameterException when one of them is before the first or after the last one
   */
  public void requireBetween(LocalDate first, LocalDate last, CommandSpec command) {
    List<LocalDate> given = new ArrayList<>(single);
    if (range != null) {
      given.addAll(List.of(range.from, range.to));
    }
    for (LocalDate day : given) {
      if (day.isBefore(first)) {
        throw new ParameterException(
            command.commandLine(), "days must not be before " + first + ": " + day);
      }
      if (day.isAfter(last)) {
        throw new ParameterException(
            command.commandLine(), "days must not be after " + last + ": " + day);
      }
    }
  }

  /**
   * The days, ascending.
   *
   * @throws ParameterException when a range ends before it begins
   */
  public NavigableSet<LocalDate> in(CommandSpec command) {
    NavigableSet<LocalDate> days = new TreeSet<>(single);
    if (range != null) {
      if (range.to.isBefore(range.from)) {
        throw new ParameterException(
            command.commandLine(), "--to must not be before " + range.from + ": " + range.to);
      }
      range.from.datesUntil(range.to.plusDays(1)).forEach(days::add);
    }
    return days;
  }
}
