package nyc311.collect;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;
import nyc311.json.EventKind;
import nyc311.requests.NewYork;

/** Which New York days an event asks to be collected. */
public final class CollectionPlan {
  /** Of the archive, and so of all. */
  public static final LocalDate FIRST_DAY = LocalDate.of(2010, 1, 1);

  private static final int MAX_DAYS = 400;

  private CollectionPlan() {}

  /**
   * The days of an event, the newest first.
   *
   * @param event has either {@code time}, an ISO instant: the days that are as old as the look-back
   *     ages say, seen from the New York day at that instant; or {@code dates}, a list; or {@code
   *     from} and {@code to}, both inclusive. An empty object is as one with the time now. Other
   *     fields are ignored
   * @param lookbackDays ages in days
   * @param now the time of an event that has none
   * @throws IllegalArgumentException naming the field, the limit and the value
   */
  static NavigableSet<LocalDate> days(
      JsonNode event, Collection<Integer> lookbackDays, Instant now) {
    boolean range = event.has("from") || event.has("to");
    int ways = (event.has("time") ? 1 : 0) + (event.has("dates") ? 1 : 0) + (range ? 1 : 0);
    boolean empty = event.isObject() && event.isEmpty();
    if (EventKind.isForeign(event)
        || (ways != 1 && !empty)
        || event.has("from") != event.has("to")) {
      throw new IllegalArgumentException(
          "the event must be a schedule's or have either time, or dates, or from and to: "
              + EventKind.of(event));
    }
    NavigableSet<LocalDate> days = new TreeSet<>(Collections.reverseOrder());
    if (range) {
      LocalDate from = day("from", event.get("from"));
      LocalDate to = day("to", event.get("to"));
      if (to.isBefore(from)) {
        throw new IllegalArgumentException("to must not be before " + from + ": " + to);
      }
      requireAtMost("from and to", to.toEpochDay() - from.toEpochDay() + 1);
      from.datesUntil(to.plusDays(1)).forEach(days::add);
    } else if (event.has("dates")) {
      if (!event.get("dates").isArray() || event.get("dates").isEmpty()) {
        throw new IllegalArgumentException("dates must be a list of days: " + event.get("dates"));
      }
      requireAtMost("dates", event.get("dates").size());
      event.get("dates").forEach(date -> days.add(day("dates", date)));
    } else {
      LocalDate today = today(event, now);
      lookbackDays.forEach(age -> days.add(today.minusDays(age)));
    }
    return days;
  }

  /**
   * The days that the medians cover, the newest first: the schedule also collects those of them
   * that the bucket does not have.
   *
   * @param event was accepted
   * @param now the time of an event that has none
   * @return none when the event names its days
   */
  static NavigableSet<LocalDate> window(JsonNode event, int windowDays, Instant now) {
    NavigableSet<LocalDate> days = new TreeSet<>(Collections.reverseOrder());
    if (isScheduled(event)) {
      LocalDate today = today(event, now);
      today.minusDays(windowDays).datesUntil(today).forEach(days::add);
    }
    return days;
  }

  private static LocalDate today(JsonNode event, Instant now) {
    return NewYork.day(event.has("time") ? instant(event.get("time")) : now);
  }

  /** Whether an event that was accepted is the schedule's, and not a person's. */
  static boolean isScheduled(JsonNode event) {
    return !event.has("dates") && !event.has("from");
  }

  /**
   * Whether an event wants its days also when the feed seems to have changed.
   *
   * @throws IllegalArgumentException when it says so in another way than as true, beside dates
   */
  static boolean isForced(JsonNode event) {
    JsonNode force = event.path("force");
    if (!force.isMissingNode() && (!force.isBoolean() || !event.has("dates"))) {
      throw new IllegalArgumentException("force must be true or false, beside dates: " + event);
    }
    return force.asBoolean();
  }

  private static void requireAtMost(String field, long days) {
    if (days > MAX_DAYS) {
      throw new IllegalArgumentException(
          field + " must name at most " + MAX_DAYS + " days: " + days);
    }
  }

  private static LocalDate day(String field, JsonNode value) {
    String problem = field + " must be a day from " + FIRST_DAY + " on: " + value;
    try {
      LocalDate day = LocalDate.parse(value.asText());
      if (!day.isBefore(FIRST_DAY)) {
        return day;
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(problem, e);
    }
    throw new IllegalArgumentException(problem);
  }

  private static Instant instant(JsonNode value) {
    try {
      return Instant.parse(value.asText());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("time must be an ISO instant: " + value, e);
    }
  }
}
