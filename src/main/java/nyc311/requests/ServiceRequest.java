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
 * @param descriptor the finer category; null when absent
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

  /** How long it took to resolve; empty while it is open. */
  public Optional<Duration> resolutionTime() {
    return Optional.ofNullable(closed).map(instant -> Duration.between(created, instant));
  }

  /** How old it is at an instant, never negative: the time at which an open one is censored. */
  public Duration ageAt(Instant asOf) {
    return asOf.isBefore(created) ? Duration.ZERO : Duration.between(created, asOf);
  }
}
