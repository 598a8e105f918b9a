package nyc311.requests;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A timestamp taken apart by hand: the plain way that {@link Timestamps} is held against. */
final class PlainTimestamp {
  private static final Pattern ISO =
      Pattern.compile(
          "(.{10,}?)[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{0,9})?)?)(.*)", Pattern.DOTALL);

  private static final Pattern AMERICAN =
      Pattern.compile(
          "(\\d+)/(\\d+)/(\\d{4}|\\+\\d{5,}|-\\d{4,})"
              + " (\\d+):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{3}))?)?(?: ?([AP]M))?(.*)",
          Pattern.DOTALL);

  private PlainTimestamp() {}

  /** Null when it is none. */
  static Instant instant(String given, Instant earliest) {
    String text = given == null ? "" : given.strip().toUpperCase(Locale.ROOT);
    try {
      Matcher iso = ISO.matcher(text);
      if (iso.matches() && !text.contains("/")) {
        LocalDateTime wallClock = LocalDateTime.parse(iso.group(1) + "T" + iso.group(2));
        return instant(wallClock, iso.group(3).strip(), earliest);
      }
      Matcher american = AMERICAN.matcher(text);
      return american.matches()
          ? instant(wallClock(american), american.group(9).strip(), earliest)
          : null;
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }

  private static Instant instant(LocalDateTime wallClock, String offset, Instant earliest) {
    return offset.isEmpty()
        ? NewYork.instantNotBefore(earliest, wallClock)
        : wallClock.toInstant(ZoneOffset.of(offset));
  }

  private static LocalDateTime wallClock(Matcher parts) {
    String half = parts.group(8);
    int hour = Integer.parseInt(parts.group(4));
    if (half != null && (hour < 1 || hour > 12)) {
      throw new DateTimeException("no such hour");
    }
    return LocalDateTime.of(
        Integer.parseInt(parts.group(3)),
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        half == null ? hour : hour % 12 + (half.equals("PM") ? 12 : 0),
        Integer.parseInt(parts.group(5)),
        number(parts.group(6)),
        1_000_000 * number(parts.group(7)));
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
