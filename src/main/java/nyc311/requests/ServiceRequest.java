package nyc311.requests;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One row of the feed, as far as estimates need it.
 *
 * @param created when it was made
 * @param closed when it was resolved, not before {@code created}; null while it is open
 * @param complaintType its category as the feed spells it
 * @param descriptor the finer category, both parts of it where the city tells it in two; null when
 *     absent
 * @param agency who handles it; null when absent
 * @param borough where it is; null when absent
 * @param latitude degrees north; null when the place is unknown
 * @param longitude degrees east, so negative here; null when the place is unknown
 */
public record ServiceRequest(
    Instant created,
    Instant closed,
    String complaintType,
    String descriptor,
    String agency,
    String borough,
    Double latitude,
    Double longitude) {
  /** Checks that a closing is not before the creation. */
  public ServiceRequest {
    Objects.requireNonNull(created, "created");
    Objects.requireNonNull(complaintType, "complaintType");
    if (closed != null && closed.isBefore(created)) {
      throw new IllegalArgumentException("closed must not be before " + created + ": " + closed);
    }
    if ((latitude == null) != (longitude == null)) {
      throw new IllegalArgumentException(
          "latitude and longitude come together: " + latitude + ", " + longitude);
    }
  }

  /**
   * Whether the city tells on which day it was closed, but not when: such closings are stamped
   * midnight, or the very second of the creation. False while it is open.
   */
  public boolean isClosedDayOnly() {
    return closed != null && (closed.equals(created) || NewYork.isMidnight(closed));
  }

  /**
   * How long it took to resolve, so that it is certain to have been closed by then: where only the
   * day is known, until that New York day ended, or until the as-of if that is earlier. Empty while
   * it is open.
   *
   * @param asOf the instant that the knowledge dates from
   */
  public Optional<Duration> resolutionTime(Instant asOf) {
    if (!isClosedDayOnly()) {
      return Optional.ofNullable(closed).map(instant -> Duration.between(created, instant));
    }
    Instant end = NewYork.endOfDay(closed);
    return Optional.of(ageAt(end.isBefore(asOf) ? end : asOf));
  }

  /** How old it is at an instant, never negative: the time at which an open one is censored. */
  public Duration ageAt(Instant asOf) {
    return asOf.isBefore(created) ? Duration.ZERO : Duration.between(created, asOf);
  }
}
