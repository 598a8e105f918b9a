package nyc311.requests;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;

/**
 * A raw day as it was collected, and the instant that its knowledge dates from.
 *
 * @param day the New York day of creation
 * @param asOf a whole second; open requests are censored there
 * @param rows how many rows there are
 * @param rejected how many of them were not counted, by reason
 */
public record CollectedDay(LocalDate day, Instant asOf, long rows, Map<Rejection, Long> rejected) {
  private static final Instant EARLIEST = Instant.EPOCH;

  /** No client could read a later one (RFC 3339), and no summary could hold its ages. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** Copies the map. */
  public CollectedDay {
    rejected = Map.copyOf(rejected);
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

  /** How many rows were accepted. */
  public long accepted() {
    return rows - rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Reads a raw day and hands over each request in its order. Where in the end none is accepted,
   * those that were handed over do not count either: the file is of a future day.
   *
   * @param raw its content is not closed
   * @throws MalformedRawDayException when it is not a JSON array of objects, or its {@code
   *     collected-at} is not an instant
   * @throws IOException when it cannot be read
   */
  public static CollectedDay read(
      LocalDate day, StoredObject raw, Consumer<ServiceRequest> accepted) throws IOException {
    return read(day, raw, true, accepted);
  }

  /** The same, but no request has a place, which saves a third of the time. */
  public static CollectedDay readWithoutPlaces(
      LocalDate day, StoredObject raw, Consumer<ServiceRequest> accepted) throws IOException {
    return read(day, raw, false, accepted);
  }

  private static CollectedDay read(
      LocalDate day, StoredObject raw, boolean withPlaces, Consumer<ServiceRequest> accepted)
      throws IOException {
    ObjectHead head = raw.head();
    RawDay.Report report =
        RawDay.read(raw.content(), head.key(), day, head.lastModified(), withPlaces, accepted);
    // A folder's files have nanoseconds, S3's objects and the feed have none.
    Instant asOf = asOf(head, report).truncatedTo(ChronoUnit.SECONDS);
    Map<Rejection, Long> rejected = new TreeMap<>(report.rejected());
    if (report.accepted() > 0 && day.isAfter(NewYork.day(asOf))) {
      // A file of the far future would otherwise hold the window for ever.
      rejected.put(Rejection.CREATED_AFTER_COLLECTION, report.accepted());
    }
    return new CollectedDay(day, asOf, report.rows(), rejected);
  }

  private static Instant asOf(ObjectHead head, RawDay.Report report) throws IOException {
    String collectedAt = head.metadata().get(Keys.COLLECTED_AT);
    if (collectedAt == null) {
      // Put by hand. What the file itself knows last is when it dates from.
      return report.latest().orElse(head.lastModified());
    }
    try {
      return requireAsOf(Instant.parse(collectedAt));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new MalformedRawDayException(
          head.key(),
          Keys.COLLECTED_AT + " must be an ISO instant, 1970 to 9999: " + collectedAt,
          e);
    }
  }
}
