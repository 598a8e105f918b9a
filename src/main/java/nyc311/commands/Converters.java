package nyc311.commands;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How the texts of options and parameters are read, and refused with the limit and the value. */
final class Converters {
  private static final String WHOLE = "a whole number from %d to %d";
  private static final String INTEGER = WHOLE.formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
  private static final String LONG = WHOLE.formatted(Long.MIN_VALUE, Long.MAX_VALUE);

  private Converters() {}

  static void register(CommandLine commands, Map<String, String> environment) {
    commands
        .registerConverter(Path.class, Converters::path)
        .registerConverter(Address.class, text -> Address.of(text, environment))
        .registerConverter(Address.OfBucket.class, text -> Address.ofBucket(text, environment))
        .registerConverter(OutputFile.class, OutputFile::of)
        .registerConverter(int.class, text -> number(text, Integer::valueOf, INTEGER))
        .registerConverter(Integer.class, text -> number(text, Integer::valueOf, INTEGER))
        .registerConverter(long.class, text -> number(text, Long::valueOf, LONG))
        .registerConverter(Double.class, text -> number(text, Double::valueOf, "a number"))
        .registerConverter(LocalDate.class, text -> time(text, LocalDate::parse, "2019-07-01"))
        .registerConverter(
            LocalDateTime.class, text -> time(text, LocalDateTime::parse, "2019-07-01T05:00"));
  }

  static Path path(String text) {
    // The current folder for Java; but mostly a variable that is not set.
    if (text.isBlank()) {
      throw new TypeConversionException("must not be empty");
    }
    return Path.of(text);
  }

  private static <T> T number(String text, Function<String, T> parsing, String kind) {
    try {
      return parsing.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("must be " + kind + ": " + text);
    }
  }

  private static <T> T time(String text, Function<String, T> parsing, String example) {
    String problem = "must be like " + example + ": " + text;
    // A year of five digits: a range that ends there would have no end.
    if (text.startsWith("+")) {
      throw new TypeConversionException(problem);
    }
    try {
      return parsing.apply(text);
    } catch (DateTimeException e) {
      throw new TypeConversionException(problem);
    }
  }
}
