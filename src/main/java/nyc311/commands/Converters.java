package nyc311.commands;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the texts of options and parameters are read, and refused with the limit and the value. */
final class Converters {
  private static final String WHOLE = "a whole number from %d to %d";
  private static final String INTEGER = WHOLE.formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
  private static final String LONG = WHOLE.formatted(Long.MIN_VALUE, Long.MAX_VALUE);

  private Converters() {}

  static void register(CommandLine commands, Map<String, String> environment) {
    commands
        .registerConverter(Path.class, text -> Path.of(notEmpty(text)))
        .registerConverter(Address.class, text -> Address.of(text, environment))
        .registerConverter(Address.OfBucket.class, text -> Address.ofBucket(text, environment))
        .registerConverter(OutputFile.class, OutputFile::of)
        .registerConverter(int.class, parsing(Integer::valueOf, INTEGER))
        .registerConverter(Integer.class, parsing(Integer::valueOf, INTEGER))
        .registerConverter(long.class, parsing(Long::valueOf, LONG))
        .registerConverter(Double.class, parsing(Double::valueOf, "a number"))
        .registerConverter(
            LocalDate.class,
            parsing(text -> LocalDate.parse(ofFourDigits(text)), "like 2019-07-01"))
        .registerConverter(
            LocalDateTime.class,
            parsing(text -> LocalDateTime.parse(ofFourDigits(text)), "like 2019-07-01T05:00"));
  }

  /** To Java the current folder; but mostly a variable that is not set. */
  static String notEmpty(String text) {
    if (text.isBlank()) {
      throw new TypeConversionException("must not be empty");
    }
    return text;
  }

  private static <T> ITypeConverter<T> parsing(Function<String, T> parsing, String kind) {
    return text -> {
      try {
        return parsing.apply(text);
      } catch (NumberFormatException | DateTimeException e) {
        throw new TypeConversionException("must be " + kind + ": " + text);
      }
    };
  }

  /** With a year of five digits, a range that ends there would have no end. */
  private static String ofFourDigits(String text) {
    if (text.startsWith("+")) {
      throw new DateTimeException(text);
    }
    return text;
  }
}
