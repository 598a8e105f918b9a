package nyc311.requests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All requests created on one New York calendar day, as the feed gave them: a JSON array of flat
 * objects. Read row by row, so memory does not grow with the file.
 *
 * <p>A request is closed when its status is {@code Closed} and it has a closing date that is not
 * before its creation; a closing date under any other status means nothing.
 */
public final class RawDay {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String CLOSED = "Closed";

  /** Clocks differ, and some agencies stamp the end of the day. */
  private static final Duration TOLERANCE = Duration.ofDays(2);

  private RawDay() {}

  /**
   * What a reading saw.
   *
   * @param rows how many rows there are
   * @param rejected how many of them were not counted, by reason; reasons without any are absent
   * @param latest the latest creation or closing in the file not after the bound asked for; empty
   *     when there is none
   */
  public record Report(long rows, Map<Rejection, Long> rejected, Optional<Instant> latest) {
    /** Copies the map. */
    public Report {
      EnumMap<Rejection, Long> copy = new EnumMap<>(Rejection.class);
      copy.putAll(rejected);
      rejected = Collections.unmodifiableMap(copy);
    }

    /** How many rows were accepted. */
    public long accepted() {
      return rows - rejected.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Reads a raw day and hands over each accepted request in the file's order.
   *
   * @param in the JSON; not closed
   * @param source the key or file name, for messages
   * @param day the day that the file is named for: rows created on another are rejected
   * @param bound when the file was written: timestamps after it do not count as {@link
   *     Report#latest}, and nothing can have been closed days after it
   * @throws MalformedRawDayException when it is not a JSON array of objects; some requests may have
   *     been handed over by then
   * @throws IOException when it cannot be read
   */
  public static Report read(
      InputStream in,
      String source,
      LocalDate day,
      Instant bound,
      Consumer<ServiceRequest> accepted)
      throws IOException {
    JsonParser parser = JSON.createParser(in);
    parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
    Reading reading = new Reading(day, bound, accepted);
    try (parser) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw malformed(source, parser.currentTokenLocation(), "not a JSON array of objects", null);
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw malformed(source, parser.currentTokenLocation(), "not a JSON object", null);
        }
        reading.row(parser);
      }
      if (parser.nextToken() != null) {
        throw malformed(source, parser.currentTokenLocation(), "more after the array", null);
      }
    } catch (JsonProcessingException e) {
      throw malformed(source, e.getLocation(), e.getOriginalMessage(), e);
    }
    return reading.report();
  }

  private static MalformedRawDayException malformed(
      String source, JsonLocation at, String problem, Throwable cause) {
    long line = at == null ? 1 : Math.max(1, at.getLineNr());
    long column = at == null ? 1 : Math.max(1, at.getColumnNr());
    return new MalformedRawDayException(source, line, column, problem, cause);
  }

  /** One pass over the rows, with its counts. */
  private static final class Reading {
    private final LocalDate day;
    private final Instant bound;
    private final Consumer<ServiceRequest> accepted;
    private final EnumMap<Rejection, Long> rejected = new EnumMap<>(Rejection.class);
    private long rows;
    private Instant latest;

    Reading(LocalDate day, Instant bound, Consumer<ServiceRequest> accepted) {
      this.day = day;
      this.bound = bound;
      this.accepted = accepted;
    }

    void row(JsonParser parser) throws IOException {
      Row row = Row.parse(parser);
      rows++;
      LocalDateTime createdOn = timestamp(row.createdDate);
      LocalDateTime closedOn = timestamp(row.closedDate);
      Instant created = createdOn == null ? null : NewYork.instant(createdOn);
      Instant closed = null;
      if (closedOn != null) {
        closed =
            created == null
                ? NewYork.instant(closedOn)
                : NewYork.instantNotBefore(created, closedOn);
      }
      note(created);
      note(closed);

      Optional<Rejection> rejection = rejection(row, createdOn, created, closed);
      if (rejection.isPresent()) {
        rejected.merge(rejection.get(), 1L, Long::sum);
        return;
      }
      accepted.accept(
          new ServiceRequest(
              created,
              CLOSED.equals(row.status) ? closed : null,
              row.complaintType,
              row.descriptor,
              row.agency,
              row.borough,
              row.hasPlace() ? row.latitude : null,
              row.hasPlace() ? row.longitude : null));
    }

    private Optional<Rejection> rejection(
        Row row, LocalDateTime createdOn, Instant created, Instant closed) {
      if (row.createdDate == null) {
        return Optional.of(Rejection.MISSING_CREATED_DATE);
      }
      if (created == null) {
        return Optional.of(Rejection.INVALID_CREATED_DATE);
      }
      if (row.complaintType == null || ComplaintTypes.normalise(row.complaintType).isEmpty()) {
        return Optional.of(Rejection.MISSING_COMPLAINT_TYPE);
      }
      if (row.complaintType.length() > ComplaintTypes.MAX_LENGTH) {
        return Optional.of(Rejection.OVERLONG_COMPLAINT_TYPE);
      }
      if (row.status == null) {
        return Optional.of(Rejection.MISSING_STATUS);
      }
      if (!createdOn.toLocalDate().equals(day)) {
        return Optional.of(Rejection.CREATED_ON_ANOTHER_DAY);
      }
      if (CLOSED.equals(row.status) && row.closedDate != null) {
        if (closed == null) {
          return Optional.of(Rejection.INVALID_CLOSED_DATE);
        }
        if (closed.isBefore(created)) {
          return Optional.of(Rejection.CLOSED_BEFORE_CREATED);
        }
        if (closed.isAfter(bound.plus(TOLERANCE))) {
          return Optional.of(Rejection.CLOSED_IN_THE_FUTURE);
        }
      }
      return Optional.empty();
    }

    private void note(Instant instant) {
      if (instant != null
          && !instant.isAfter(bound)
          && (latest == null || instant.isAfter(latest))) {
        latest = instant;
      }
    }

    private static LocalDateTime timestamp(String text) {
      if (text == null) {
        return null;
      }
      try {
        return LocalDateTime.parse(text);
      } catch (DateTimeException e) {
        return null;
      }
    }

    Report report() {
      return new Report(rows, rejected, Optional.ofNullable(latest));
    }
  }

  /** The fields of one row, each null when absent. */
  private static final class Row {
    private String createdDate;
    private String closedDate;
    private String status;
    private String complaintType;
    private String descriptor;
    private String agency;
    private String borough;
    private Double latitude;
    private Double longitude;

    static Row parse(JsonParser parser) throws IOException {
      Row row = new Row();
      String field;
      while ((field = parser.nextFieldName()) != null) {
        parser.nextToken();
        switch (field) {
          case "created_date" -> row.createdDate = text(parser);
          case "closed_date" -> row.closedDate = text(parser);
          case "status" -> row.status = text(parser);
          case "complaint_type" -> row.complaintType = text(parser);
          case "descriptor" -> row.descriptor = text(parser);
          case "agency" -> row.agency = text(parser);
          case "borough" -> row.borough = text(parser);
          case "latitude" -> row.latitude = degrees(parser);
          case "longitude" -> row.longitude = degrees(parser);
          case "location" -> row.location(parser);
          default -> parser.skipChildren();
        }
      }
      return row;
    }

    boolean hasPlace() {
      return latitude != null && longitude != null;
    }

    /** Either {"latitude":…,"longitude":…} or GeoJSON; the row's own columns take precedence. */
    private void location(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      Double north = null;
      Double east = null;
      String field;
      while ((field = parser.nextFieldName()) != null) {
        parser.nextToken();
        switch (field) {
          case "latitude" -> north = degrees(parser);
          case "longitude" -> east = degrees(parser);
          case "coordinates" -> {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
              parser.skipChildren();
              break;
            }
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
              Double value = degrees(parser);
              east = i == 0 ? value : east;
              north = i == 1 ? value : north;
            }
          }
          default -> parser.skipChildren();
        }
      }
      if (!hasPlace()) {
        latitude = north;
        longitude = east;
      }
    }

    private static String text(JsonParser parser) throws IOException {
      if (parser.currentToken().isStructStart()) {
        parser.skipChildren();
        return null;
      }
      String text = parser.getValueAsString();
      return text == null || text.isBlank() ? null : text;
    }

    private static Double degrees(JsonParser parser) throws IOException {
      String text = text(parser);
      if (text == null) {
        return null;
      }
      try {
        double degrees = Double.parseDouble(text);
        return Double.isFinite(degrees) ? degrees : null;
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }
}
