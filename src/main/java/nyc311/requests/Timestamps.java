package nyc311.requests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.format.DateTimeFormatter.ISO_LOCAL_TIME;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;

/**
 * The timestamps of rows: New York's wall clock as the feed writes it, with a blank instead of the
 * {@code T}, or in American style; or an instant, with a {@code Z} or an offset at its end.
 */
public final class Timestamps {
  /** What they nearly always look like: with a digit for each 0 up to the fraction. */
  private static final byte[] USUAL = "0000-00-00T00:00:00.000".getBytes(ISO_8859_1);

  private static final int FRACTION = 19;

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("[uuuu-MM-dd'T'][uuuu-MM-dd ]")
          .append(ISO_LOCAL_TIME)
          .toFormatter(Locale.US)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter AMERICAN =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("M/d/uuuu [h:mm[:ss[.SSS]][ ]a][H:mm[:ss[.SSS]]]")
          .toFormatter(Locale.US)
          .withResolverStyle(ResolverStyle.STRICT);

  private Timestamps() {}

  /**
   * Reads one.
   *
   * @param text may be null
   * @param earliest what it cannot be before, see {@link NewYork#instantNotBefore}
   * @return null when it is none
   */
  public static Instant instant(String text, Instant earliest) {
    if (text == null) {
      return null;
    }
    try {
      // Twenty times as fast as the formatter, which would take most of the time of a reading; as
      // bytes, since at the first compiler level a string's characters are slow one by one.
      byte[] bytes = text.getBytes(ISO_8859_1);
      if (!isUsual(bytes)) {
        return unusual(text.strip(), earliest);
      }
      LocalDateTime wallClock =
          LocalDateTime.of(
              number(bytes, 0, 4),
              number(bytes, 5, 7),
              number(bytes, 8, 10),
              number(bytes, 11, 13),
              number(bytes, 14, 16),
              number(bytes, 17, 19));
      return NewYork.instantNotBefore(earliest, wallClock);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant unusual(String text, Instant earliest) {
    ParsePosition end = new ParsePosition(0);
    LocalDateTime wallClock =
        LocalDateTime.from((text.indexOf('/') < 0 ? ISO : AMERICAN).parse(text, end));
    String offset = text.substring(end.getIndex()).strip();
    return offset.isEmpty()
        ? NewYork.instantNotBefore(earliest, wallClock)
        : wallClock.toInstant(ZoneOffset.of(offset.toUpperCase(Locale.ROOT)));
  }

  private static boolean isUsual(byte[] text) {
    if (text.length != USUAL.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      byte usual = USUAL[i];
      boolean digit = usual == '0' && i < FRACTION;
      if (digit ? text[i] < '0' || text[i] > '9' : text[i] != usual) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] digits, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + digits[i] - '0';
    }
    return number;
  }
}
