package nyc311.requests;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The city's clock. The feed's timestamps are floating: New York wall-clock time without a zone.
 * Durations are counted on the time line, so a night of the change to summer time is an hour short.
 */
public final class NewYork {
  /** The zone of every wall-clock time in this program. */
  public static final ZoneId ZONE = ZoneId.of("America/New_York");

  /** By the last digits of the day's number: which days a raw day's closings are on, repeats. */
  private static final DayOffset[] DAY_OFFSETS = new DayOffset[512];

  private NewYork() {}

  /**
   * The instant of a wall-clock time. A time that the change to summer time skips is read as the
   * time an hour later, one that the change back repeats as its first occurrence.
   */
  public static Instant instant(LocalDateTime wallClock) {
    ZoneOffset offset = offset(wallClock.toLocalDate());
    return offset == null ? wallClock.atZone(ZONE).toInstant() : wallClock.toInstant(offset);
  }

  /**
   * The instant of a wall-clock time that cannot be before another instant: where the change back
   * repeats it and the first occurrence would be too early, the second one is meant.
   */
  public static Instant instantNotBefore(Instant earliest, LocalDateTime wallClock) {
    Instant first = instant(wallClock);
    return first.isBefore(earliest) && offset(wallClock.toLocalDate()) == null
        ? wallClock.atZone(ZONE).withLaterOffsetAtOverlap().toInstant()
        : first;
  }

  /** The offset of a whole day; null when it changes meanwhile. */
  private static ZoneOffset offset(LocalDate day) {
    if (day.equals(LocalDate.MAX)) {
      return null;
    }
    int slot = (int) day.toEpochDay() & (DAY_OFFSETS.length - 1);
    DayOffset known = DAY_OFFSETS[slot];
    if (known == null || !known.day.equals(day)) {
      ZoneOffset offset = ZONE.getRules().getOffset(day.atStartOfDay());
      ZoneOffset next = ZONE.getRules().getOffset(day.plusDays(1).atStartOfDay());
      known = new DayOffset(day, offset.equals(next) ? offset : null);
      DAY_OFFSETS[slot] = known;
    }
    return known.offset;
  }

  /**
   * The hour on the city's clock at an instant, 0 to 23.
   *
   * @param day the calendar day in New York at that instant
   */
  public static int hour(LocalDate day, Instant instant) {
    ZoneOffset offset = offset(day);
    return offset == null
        ? instant.atZone(ZONE).getHour()
        : Math.floorMod(instant.getEpochSecond() + offset.getTotalSeconds(), 86_400) / 3_600;
  }

  private record DayOffset(LocalDate day, ZoneOffset offset) {}

  /** Whether the city's clock shows midnight at an instant. */
  public static boolean isMidnight(Instant instant) {
    // Offsets have been whole hours since 1883.
    return instant.getEpochSecond() % 3_600 == 0
        && instant.atZone(ZONE).toLocalTime().equals(LocalTime.MIDNIGHT);
  }

  /** The next midnight in New York after an instant. */
  public static Instant endOfDay(Instant instant) {
    return day(instant).plusDays(1).atStartOfDay(ZONE).toInstant();
  }

  /** The calendar day in New York at an instant. */
  public static LocalDate day(Instant instant) {
    return instant.atZone(ZONE).toLocalDate();
  }
}
