package nyc311.predict;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.regression.Situation;
import nyc311.regression.Situation.Place;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;

/**
 * What a client wants to know, checked.
 *
 * @param complaintType as asked
 * @param descriptor the finer category, if given
 * @param place where, if given
 * @param created the New York wall-clock time at which the request is made, if given; noon where
 *     only the day is given
 */
record Question(
    String complaintType,
    Optional<String> descriptor,
    Optional<Place> place,
    Optional<LocalDateTime> created) {
  private static final Pattern DEGREES = Pattern.compile("[+-]?\\d{1,3}(\\.\\d{0,20})?");

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
   * @param query {@code lat} and {@code lon} together, {@code date}, {@code descriptor}; others are
   *     ignored
   * @throws InvalidQuestionException naming the parameter, the limit and the value
   */
  static Question of(String complaintType, Map<String, String> query) {
    return new Question(
        limited("complaint_type", complaintType),
        Optional.ofNullable(query.get("descriptor")).map(text -> limited("descriptor", text)),
        place(query.get("lat"), query.get("lon")),
        Optional.ofNullable(query.get("date")).map(Question::newYorkTime));
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
        new Place(degrees("lat", lat, 40.4, 41.0), degrees("lon", lon, -74.4, -73.6)));
  }

  private static double degrees(String field, String text, double min, double max) {
    if (DEGREES.matcher(text).matches()) {
      double degrees = Double.parseDouble(text);
      if (min <= degrees && degrees <= max) {
        return degrees;
      }
    }
    throw new InvalidQuestionException(field, "between " + min + " and " + max, text);
  }

  private static LocalDateTime newYorkTime(String text) {
    Matcher date = DATE.matcher(text);
    if (date.matches()) {
      try {
        LocalDateTime wallClock =
            LocalDate.parse(date.group("day"))
                .atTime(
                    date.group("time") == null ? SOME_TIME : LocalTime.parse(date.group("time")));
        if (date.group("offset") == null) {
          return wallClock;
        }
        return OffsetDateTime.of(wallClock, offset(date.group("offset")))
            .atZoneSameInstant(NewYork.ZONE)
            .toLocalDateTime();
      } catch (DateTimeException e) {
        throw invalidDate(text);
      }
    }
    throw invalidDate(text);
  }

  private static ZoneOffset offset(String text) {
    String offset = text.strip();
    return ZoneOffset.of(Character.isDigit(offset.charAt(0)) ? "+" + offset : offset);
  }

  private static InvalidQuestionException invalidDate(String text) {
    return new InvalidQuestionException(
        "date",
        "like 2019-06-08T00:00:09, 2019-06-08 00:00:09 or 2019-06-08, or have an offset like"
            + " 2019-06-08T00:00:09-04:00",
        text);
  }
}
