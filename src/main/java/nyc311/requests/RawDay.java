package nyc311.requests;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;

/**
 * All requests created on one New York calendar day, as the feed gave them: a JSON array of flat
 * objects. Read row by row, so that of each no more than its key is kept. A row is handed over only
 * if it counts; this is what is known when all have been.
 *
 * <p>A request is closed when its status is {@code Closed} or {@code Unspecified} and it has a
 * closing date that is not before its creation; a closing date under any other status means
 * nothing. Of rows with one {@code unique_key} the first that counts is taken.
 *
 * @param day the New York day of creation
 * @param asOf the instant that its knowledge dates from, a whole second; open requests are censored
 *     there
 * @param rows how many rows there are
 * @param rejected how many of them do not count, by reason; reasons without any are absent
 */
public record RawDay(LocalDate day, Instant asOf, long rows, Map<Rejection, Long> rejected) {
  /** Rows of one day: the city has 12,000. What is kept of each must stay within the memory. */
  public static final int MAX_ROWS = 1_000_000;

  /** Complaint types of one day, by spelling: the city has two hundred. */
  public static final int MAX_TYPES = 1_000;

  /** Ages are counted from 1970 on. */
  private static final int FIRST_YEAR = 1970;

  private static final Instant EARLIEST = Instant.EPOCH;

  /** No client could read a later one (RFC 3339), and no summary could hold its ages. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** How compressed files begin (RFC 1952, section 2.3.1). */
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  /** Clocks differ, and some agencies stamp the end of the day. */
  private static final Duration TOLERANCE = Duration.ofDays(2);

  /** In the order of the reasons, whatever map is given. */
  public RawDay {
    EnumMap<Rejection, Long> ordered = new EnumMap<>(Rejection.class);
    ordered.putAll(rejected);
    rejected = Collections.unmodifiableMap(ordered);
  }

  /**
   * Checks an instant that knowledge dates from, wherever it is read.
   *
   * @return that instant
   * @throws IllegalArgumentException when it is not of the years 1970 to 9999
   */
  public static Instant requireAsOf(Instant asOf) {
    if (asOf.isBefore(EARLIEST) || asOf.isAfter(LATEST)) {
      throw new IllegalArgumentException(
          "as_of must be between " + EARLIEST + " and " + LATEST + ": " + asOf);
    }
    return asOf;
  }

  /** How many rows count. */
  public long accepted() {
    return rows - rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Reads a raw day and hands over each request that counts, in the file's order.
   *
   * @param day the day that it is named for: rows created on another are rejected
   * @param raw its content is not closed
   * @throws MalformedRawDayException when it is not a JSON array of objects, or has more of them or
   *     of complaint types than a day can have, after some requests may have been handed over; when
   *     all rows that it has are of other days; when its {@code collected-at} is not an instant
   *     from 1970 to the days after it was written; or when it is a day before 1970
   * @throws IOException when it cannot be read
   */
  public static RawDay read(LocalDate day, StoredObject raw, Consumer<ServiceRequest> accepted)
      throws IOException {
    return read(day, raw, true, accepted);
  }

  /** The same, but no request has a place, which saves a third of the time. */
  public static RawDay readWithoutPlaces(
      LocalDate day, StoredObject raw, Consumer<ServiceRequest> accepted) throws IOException {
    return read(day, raw, false, accepted);
  }

  private static RawDay read(
      LocalDate day, StoredObject raw, boolean withPlaces, Consumer<ServiceRequest> accepted)
      throws IOException {
    Reading reading = new Reading(day, raw.head(), accepted);
    RowReader rows = new RowReader(notCompressed(raw), withPlaces);
    try {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        reading.row(row);
        if (reading.rows > MAX_ROWS) {
          throw tooMany(raw, rows, MAX_ROWS, "rows");
        }
        if (reading.types.size() > MAX_TYPES) {
          throw tooMany(raw, rows, MAX_TYPES, "complaint types");
        }
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? rows.location() : e.getLocation();
      throw malformed(raw, at, e.getOriginalMessage(), e);
    } catch (CharConversionException e) {
      // A fault of the file as well, for which the JSON reader has no exception of its own.
      throw malformed(raw, null, e.getMessage(), e);
    }
    RawDay read = new RawDay(day, reading.asOf(), reading.rows, reading.rejected);
    if (read.accepted() == 0 && reading.firstElsewhere != null) {
      throw new MalformedRawDayException(
          raw.head().key(), "must have rows of its day: " + reading.elsewhere(), null);
    }
    return read;
  }

  private static InputStream notCompressed(StoredObject raw) throws IOException {
    PushbackInputStream whole = new PushbackInputStream(raw.content(), GZIP.length);
    byte[] beginning = whole.readNBytes(GZIP.length);
    if (Arrays.equals(beginning, GZIP)) {
      throw new MalformedRawDayException(
          raw.head().key(), "is gzip: decompress it, or in a folder name it .json.gz", null);
    }
    whole.unread(beginning);
    return whole;
  }

  private static MalformedRawDayException tooMany(
      StoredObject raw, RowReader rows, int limit, String what) {
    return malformed(raw, rows.location(), "must have at most " + limit + " " + what, null);
  }

  private static MalformedRawDayException malformed(
      StoredObject raw, JsonLocation at, String problem, Throwable cause) {
    long line = at == null ? 1 : Math.max(1, at.getLineNr());
    long column = at == null ? 1 : Math.max(1, at.getColumnNr());
    return new MalformedRawDayException(raw.head().key(), line, column, problem, cause);
  }

  /** One pass over the rows, with its counts. */
  private static final class Reading {
    private final long dayBegins;
    private final long dayEnds;
    private final Instant written;
    private final Instant collected;
    private final boolean isOfTheFuture;
    private final Consumer<ServiceRequest> accepted;
    private final EnumMap<Rejection, Long> rejected = new EnumMap<>(Rejection.class);
    private final Set<String> types = new HashSet<>();
    private final UniqueKeys keys = new UniqueKeys();
    private final Cut cut;
    private long rows;
    private Instant firstElsewhere;
    private Instant lastElsewhere;

    Reading(LocalDate day, ObjectHead head, Consumer<ServiceRequest> accepted)
        throws MalformedRawDayException {
      if (day.getYear() < FIRST_YEAR) {
        throw new MalformedRawDayException(
            head.key(), "must be a day from " + FIRST_YEAR + " on: " + day, null);
      }
      this.dayBegins = NewYork.instant(day.atStartOfDay()).getEpochSecond();
      this.dayEnds = NewYork.instant(day.plusDays(1).atStartOfDay()).getEpochSecond();
      this.cut = new Cut(dayEnds);
      this.written = head.lastModified();
      this.collected = collected(head);
      // A file of the far future would otherwise hold the window for ever.
      this.isOfTheFuture = day.isAfter(NewYork.day(collected == null ? written : collected));
      this.accepted = accepted;
    }

    /** Null where it was put by hand. */
    private static Instant collected(ObjectHead head) throws MalformedRawDayException {
      String collectedAt = head.metadata().get(Keys.COLLECTED_AT);
      if (collectedAt == null) {
        return null;
      }
      Instant latest = head.lastModified().plus(TOLERANCE);
      try {
        Instant collected = requireAsOf(Instant.parse(collectedAt));
        if (!collected.isAfter(latest)) {
          return collected;
        }
      } catch (DateTimeException | IllegalArgumentException e) {
        // Refused like one that is too late.
      }
      throw new MalformedRawDayException(
          head.key(),
          "%s must be an ISO instant from %s to %s, two days after it was written: %s"
              .formatted(Keys.COLLECTED_AT, EARLIEST, latest, collectedAt),
          null);
    }

    void row(Row row) {
      rows++;
      Instant created = Timestamps.instant(row.createdDate, Instant.MIN);
      Instant closed = created == null ? null : Timestamps.instant(row.closedDate, created);
      Status status = row.status == null ? null : Status.named(row.status);
      boolean isClosed = status == Status.CLOSED && row.closedDate != null;
      Rejection rejection = rejection(row, created, closed, status);
      if (rejection != null) {
        rejected.merge(rejection, 1L, Long::sum);
        return;
      }
      note(created);
      note(closed);
      types.add(row.complaintType);
      accepted.accept(
          new ServiceRequest(
              created,
              isClosed ? closed : null,
              row.complaintType,
              row.wholeDescriptor(),
              row.agency,
              row.borough,
              row.hasPlace() ? row.latitude : null,
              row.hasPlace() ? row.longitude : null));
    }

    /** Null when the row counts. */
    private Rejection rejection(Row row, Instant created, Instant closed, Status status) {
      if (row.hasOverlongText()) {
        return Rejection.OVERLONG_TEXT;
      }
      if (row.createdDate == null) {
        return Rejection.MISSING_CREATED_DATE;
      }
      if (created == null) {
        return Rejection.INVALID_CREATED_DATE;
      }
      if (row.complaintType == null || !ComplaintTypes.isNamed(row.complaintType)) {
        return Rejection.MISSING_COMPLAINT_TYPE;
      }
      if (row.complaintType.length() > ComplaintTypes.MAX_LENGTH) {
        return Rejection.OVERLONG_COMPLAINT_TYPE;
      }
      if (status == null) {
        return Rejection.MISSING_STATUS;
      }
      if (status == Status.CANCELLED) {
        return Rejection.CANCELLED;
      }
      if (created.getEpochSecond() < dayBegins || created.getEpochSecond() >= dayEnds) {
        noteElsewhere(created);
        return Rejection.CREATED_ON_ANOTHER_DAY;
      }
      if (status == Status.CLOSED && row.closedDate != null) {
        if (closed == null) {
          return Rejection.INVALID_CLOSED_DATE;
        }
        if (closed.isBefore(created)) {
          return Rejection.CLOSED_BEFORE_CREATED;
        }
        if (closed.isAfter(written.plus(TOLERANCE))) {
          return Rejection.CLOSED_IN_THE_FUTURE;
        }
      }
      if (isOfTheFuture) {
        return Rejection.CREATED_AFTER_COLLECTION;
      }
      return row.uniqueKey == 0 || keys.add(row.uniqueKey) ? null : Rejection.DUPLICATE;
    }

    private void note(Instant time) {
      if (collected == null && time != null && !time.isAfter(written)) {
        cut.note(time);
      }
    }

    private void noteElsewhere(Instant created) {
      if (firstElsewhere == null || created.isBefore(firstElsewhere)) {
        firstElsewhere = created;
      }
      if (lastElsewhere == null || created.isAfter(lastElsewhere)) {
        lastElsewhere = created;
      }
    }

    String elsewhere() {
      return "%d of its %d rows were created from %s to %s"
          .formatted(
              rejected.get(Rejection.CREATED_ON_ANOTHER_DAY),
              rows,
              NewYork.day(firstElsewhere),
              NewYork.day(lastElsewhere));
    }

    /** A folder's files have nanoseconds, S3's objects and the feed have none. */
    Instant asOf() {
      Instant known = collected != null ? collected : cut.instant();
      return (known == null ? written : known).truncatedTo(ChronoUnit.SECONDS);
    }
  }
}
