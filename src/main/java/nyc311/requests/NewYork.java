package nyc311.requests;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The city's clock. The feed's timestamps are floating: New York wall-clock time without a zone.
 * Durations are counted on the time line, so a night of the change to summer time is an hour short.
 */
public final class NewYork {
  /** The zone of every wall-clock time in this program. */
  public static final ZoneId ZONE = ZoneId.of("America/New_York");

  private NewYork() {}

  /**
   * The instant of a wall-clock time. A time that the change to summer time skips is read as the
   * time an hour later, one that the change back repeats as its first occurrence.
   */
  public static Instant instant(LocalDateTime wallClock) {
    return wallClock.atZone(ZONE).toInstant();
  }

  /**
   * The instant of a wall-clock time that cannot be before another instant: where the change back
   * repeats it and the first occurrence would be too early, the second one is meant.
   */
  public static Instant instantNotBefore(Instant earliest, LocalDateTime wallClock) {
    ZonedDateTime first = wallClock.atZone(ZONE);
    return first.toInstant().isBefore(earliest)
        ? first.withLaterOffsetAtOverlap().toInstant()
        : first.toInstant();
  }

  /** The calendar day in New York at an instant. */
  public static LocalDate day(Instant instant) {
    return instant.atZone(ZONE).toLocalDate();
  }
}
