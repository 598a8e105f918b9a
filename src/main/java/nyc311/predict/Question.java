package nyc311.predict;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.regression.Situation;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;
import nyc311.requests.Place;

/**
 * What a client wants to know, checked.
 *
 * @param complaintType as asked
 * @param descriptor the finer category, if given; an empty one is not
 * @param place where, if given
 * @param created the New York wall-clock time at which the request is made, if given; noon where
 *     only the day is given
 * @param openForHours how long the request has been open already, if it has been made
 */
record Question(
    String complaintType,
    Optional<String> descriptor,
    Optional<Place> place,
    Optional<LocalDateTime> created,
    OptionalDouble openForHours) {
  private static final List<String> PARAMETERS =
      List.of("lat", "lon", "date", "descriptor", "open_for");

  /** As JSON has it and people write it; Java's own has {@code NaN} and {@code 0x1p5d} too. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

  /** Ten years. */
  private static final int MAX_OPEN_HOURS = 87_600;

  /** A plus sign in a query arrives as a space, so an offset may begin with either. */
  private static final Pattern DATE =
      Pattern.compile(
          "(?<day>\\d{4}-\\d\\d-\\d\\d)"
              + "(?:[T ](?<time>\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)"
              + "(?<offset>[Zz]| ?[+-]\\d\\d(?::?\\d\\d)?| \\d\\d(?::?\\d\\d)?)?)?");

  /**
   * Stands for a day without a time. Half of the city's requests are made by 12:50, so no hour is
   * nearer to all of them; midnight would stand for the night.
   */
  private static final LocalTime SOME_TIME = LocalTime.NOON;

  /**
   * Checks what was asked.
   *
   * @param query {@code lat} and {@code lon} together, {@code date}, {@code descriptor}, {@code
   *     open_for}; others are ignored
   * @param repeated which of them were given more than once
   * @throws InvalidQuestionException naming the parameter, the limit and the value
   */
  static Question of(String complaintType, Map<String, String> query, Set<String> repeated) {
    for (String name : PARAMETERS) {
      if (repeated.contains(name)) {
        throw new InvalidQuestionException(name, "given once", query.getOrDefault(name, ""));
      }
    }
    return new Question(
        limited("complaint_type", complaintType),
        Optional.ofNullable(query.get("descriptor"))
            .filter(text -> !text.isEmpty())
            .map(text -> limited("descriptor", text)),
        place(query.get("lat"), query.get("lon")),
        Optional.ofNullable(query.get("date")).map(Question::newYorkTime),
        openFor(query.get("open_for")));
  }

  /** What is known of such a request, for the regression. */
  Situation situation(String matchedType) {
    return new Situation(matchedType, descriptor, place, created);
  }

  private static String limited(String field, String text) {
    if (text.length() > ComplaintTypes.MAX_LENGTH) {
      throw new InvalidQuestionException(
          field, "at most " + ComplaintTypes.MAX_LENGTH + " characters", text);
    }
    return text;
  }

  private static Optional<Place> place(String lat, String lon) {
    if (lat == null && lon == null) {
      return Optional.empty();
    }
    if (lat == null) {
      throw new InvalidQuestionException("lat", "given together with lon", "lon=" + lon);
    }
    if (lon == null) {
      throw new InvalidQuestionException("lon", "given together with lat", "lat=" + lat);
    }
    return Optional.of(
        new Place(
            number("lat", lat, 40.4, 41.0, "between 40.4 and 41.0"),
            number("lon", lon, -74.4, -73.6, "between -74.4 and -73.6")));
  }

  private static OptionalDouble openFor(String text) {
    return text == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            number(
                "open_for", text, 0, MAX_OPEN_HOURS, "between 0 and " + MAX_OPEN_HOURS + " hours"));
  }

  private static double number(String field, String text, double min, double max, String limit) {
    // A plus sign in a query arrives as a space.
    String stripped = text.strip();
    if (!NUMBER.matcher(stripped).matches()) {
      throw new InvalidQuestionException(field, "a decimal number " + limit, text);
    }
    double number = Double.parseDouble(stripped);
    if (!(min <= number && number <= max)) {
      throw new InvalidQuestionException(field, limit, text);
    }
    // Without the sign of a negative zero.
    return number + 0.0;
  }

  private static LocalDateTime newYorkTime(String text) {
    Matcher date = DATE.matcher(text);
    if (!date.matches()) {
      throw new InvalidQuestionException(
          "date",
          "like 2019-06-08T00:00:09, 2019-06-08 00:00:09 or 2019-06-08, or have an offset like"
              + " 2019-06-08T00:00:09-04:00",
          text);
    }
    try {
      LocalDateTime wallClock =
          LocalDate.parse(date.group("day"))
              .atTime(date.group("time") == null ? SOME_TIME : LocalTime.parse(date.group("time")));
      if (date.group("offset") == null) {
        return wallClock;
      }
      return OffsetDateTime.of(wallClock, offset(date.group("offset")))
          .atZoneSameInstant(NewYork.ZONE)
          .toLocalDateTime();
    } catch (DateTimeException e) {
      throw new InvalidQuestionException(
          "date", "a day and a time that exist, with an offset of at most 18 hours", text);
    }
  }

  private static ZoneOffset offset(String text) {
    String offset = text.strip();
    return ZoneOffset.of(Character.isDigit(offset.charAt(0)) ? "+" + offset : offset);
  }
}
