package nyc311.requests;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All requests created on one New York calendar day, as the feed gave them: a JSON array of flat
 * objects. Read row by row, so memory does not grow with the file.
 *
 * <p>A request is closed when its status is {@code Closed} and it has a closing date that is not
 * before its creation; a closing date under any other status means nothing.
 */
public final class RawDay {
  /** Rows of one day: the city has 12,000. What is kept of each must stay within the memory. */
  public static final int MAX_ROWS = 1_000_000;

  /** Complaint types of one day, by spelling: the city has two hundred. */
  public static final int MAX_TYPES = 1_000;

  private static final String CLOSED = "Closed";

  /** How compressed files begin (RFC 1952, section 2.3.1). */
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

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
   * @param withPlaces false: no request has a place, which saves a third of the time
   * @throws MalformedRawDayException when it is not a JSON array of objects, or has more of them or
   *     of complaint types than a day can have; some requests may have been handed over by then
   * @throws IOException when it cannot be read
   */
  public static Report read(
      InputStream in,
      String source,
      LocalDate day,
      Instant bound,
      boolean withPlaces,
      Consumer<ServiceRequest> accepted)
      throws IOException {
    PushbackInputStream whole = new PushbackInputStream(in, GZIP.length);
    byte[] beginning = whole.readNBytes(GZIP.length);
    if (Arrays.equals(beginning, GZIP)) {
      throw new MalformedRawDayException(
          source, "is gzip: decompress it, or in a folder name it .json.gz", null);
    }
    whole.unread(beginning);
    Reading reading = new Reading(day, bound, accepted);
    RowReader rows = new RowReader(whole, withPlaces);
    try {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        reading.row(row);
        if (reading.rows > MAX_ROWS) {
          throw tooMany(source, rows, MAX_ROWS, "rows");
        }
        if (reading.types.size() > MAX_TYPES) {
          throw tooMany(source, rows, MAX_TYPES, "complaint types");
        }
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? rows.location() : e.getLocation();
      throw malformed(source, at, e.getOriginalMessage(), e);
    } catch (CharConversionException e) {
      // A fault of the file as well, for which the JSON reader has no exception of its own.
      throw malformed(source, null, e.getMessage(), e);
    }
    return reading.report();
  }

  private static MalformedRawDayException tooMany(
      String source, RowReader rows, int limit, String what) {
    return malformed(source, rows.location(), "must have at most " + limit + " " + what, null);
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
    private final Set<String> types = new HashSet<>();
    private long rows;
    private Instant latest;

    Reading(LocalDate day, Instant bound, Consumer<ServiceRequest> accepted) {
      this.day = day;
      this.bound = bound;
      this.accepted = accepted;
    }

    void row(Row row) {
      rows++;
      LocalDateTime createdOn = Row.timestamp(row.createdDate);
      LocalDateTime closedOn = Row.timestamp(row.closedDate);
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
      types.add(row.complaintType);
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
      if (row.hasOverlongText()) {
        return Optional.of(Rejection.OVERLONG_TEXT);
      }
      if (row.createdDate == null) {
        return Optional.of(Rejection.MISSING_CREATED_DATE);
      }
      if (created == null) {
        return Optional.of(Rejection.INVALID_CREATED_DATE);
      }
      if (row.complaintType == null || !ComplaintTypes.isNamed(row.complaintType)) {
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

    Report report() {
      return new Report(rows, rejected, Optional.ofNullable(latest));
    }
  }
}
