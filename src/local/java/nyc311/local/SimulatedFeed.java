package nyc311.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.requests.NewYork;
import nyc311.requests.ServiceRequest;
import nyc311.requests.Timestamps;

/**
 * A recording, told as the feed told it on one morning after another: it knows what the city's load
 * of that night did. Requests that were created later are absent; closings that came later are
 * hidden, and their requests open. A day whose file was cut earlier has just what the file has.
 *
 * <p>A closing that tells only its day is known once that New York day has ended, which is when it
 * counts, see {@link ServiceRequest#resolutionTime}. Its stamp would be too early: it says midnight
 * of a day on which the work was done later. In the recorded days of August 2026, cut at 02:05, the
 * buildings department has no closing at the midnight before the cut, and 69 at the one before
 * that; of its requests of the day before, as many are stamped closed when created as of an older
 * day. A closing that really was at midnight comes a day late, which are two in a thousand.
 *
 * <p>Until the first morning and after {@link #tellAll} it has all that is recorded. Thread-safe,
 * while one thread changes the morning.
 */
final class SimulatedFeed implements FeedSource {
  /** When the schedule runs. */
  private static final LocalTime MORNING = LocalTime.of(6, 0);

  /** Up to when the rows of a night's load were created. */
  private static final LocalTime CUT = LocalTime.of(2, 5);

  private static final String STATUS = "status";
  private static final String CLOSED = "closed_date";
  private static final List<String> TOLD_BY_CLOSING =
      List.of(CLOSED, "resolution_description", "resolution_action_updated_date");

  private final FeedSource recorded;
  private final Clock clock;
  private volatile Optional<LocalDate> today = Optional.empty();

  /** Null until a day was asked for. */
  private volatile KnownDay lastAsked;

  /** What was known of a day on a morning. */
  private record KnownDay(LocalDate day, LocalDate morning, List<ObjectNode> rows) {}

  /**
   * @param real the time when no morning is simulated
   */
  SimulatedFeed(FeedSource recorded, Clock real) {
    this.recorded = recorded;
    InstantSource now = () -> today.map(day -> at(day, MORNING)).orElseGet(real::instant);
    this.clock = now.withZone(ZoneOffset.UTC);
  }

  /** For everything that is to live on these mornings: it stands still at six in New York. */
  Clock clock() {
    return clock;
  }

  /** From now on it is that morning. */
  void wakeOn(LocalDate day) {
    today = Optional.of(day);
  }

  /** From now on it is the real time, and all that is recorded is known. */
  void tellAll() {
    today = Optional.empty();
  }

  /** Holds a single day: a pull asks for it three times, and reading it is most of the work. */
  @Override
  public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
    Optional<LocalDate> morning = today;
    if (morning.isEmpty()) {
      return recorded.rows(first, last);
    }
    if (!first.equals(last)) {
      return known(first, last, morning.get());
    }
    KnownDay day = lastAsked;
    if (day == null || !day.day.equals(first) || !day.morning.equals(morning.get())) {
      try (Stream<ObjectNode> rows = known(first, last, morning.get())) {
        day = new KnownDay(first, morning.get(), rows.toList());
      }
      lastAsked = day;
    }
    return day.rows.stream();
  }

  private Stream<ObjectNode> known(LocalDate first, LocalDate last, LocalDate morning) {
    Instant cut = at(morning, CUT);
    return recorded.rows(first, last).flatMap(row -> known(row, cut));
  }

  @Override
  public Optional<Instant> truth(LocalDate first, LocalDate last) {
    Stream<Instant> cut = today.map(day -> at(day, CUT)).stream();
    return Stream.concat(cut, recorded.truth(first, last).stream()).min(Instant::compareTo);
  }

  private static Instant at(LocalDate day, LocalTime time) {
    return NewYork.instant(day.atTime(time));
  }

  /** The row as it was known; none when it was not. */
  private static Stream<ObjectNode> known(ObjectNode row, Instant cut) {
    Instant created = Timestamps.instant(row.path("created_date").textValue(), Instant.MIN);
    if (created == null) {
      return Stream.of(row);
    }
    if (created.isAfter(cut)) {
      return Stream.empty();
    }
    Instant closed = Timestamps.instant(row.path(CLOSED).textValue(), created);
    if (closed == null || !toldAt(created, closed).isAfter(cut)) {
      return Stream.of(row);
    }
    ObjectNode open = row.deepCopy();
    return Stream.of(open.remove(TOLD_BY_CLOSING).put(STATUS, "In Progress"));
  }

  private static Instant toldAt(Instant created, Instant closed) {
    return closed.isBefore(created)
        ? closed
        : new ServiceRequest(created, closed, "", null, null, null, null, null)
            .resolutionTime(Instant.MAX)
            .map(created::plus)
            .orElseThrow();
  }
}
