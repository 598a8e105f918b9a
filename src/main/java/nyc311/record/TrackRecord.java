package nyc311.record;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How right the answers of the last weeks were.
 *
 * @param days the judged days that it is the sum of, ascending; at least one
 */
public record TrackRecord(List<JudgedDay> days) {
  /** Four weeks, so that each weekday counts alike. */
  static final int DAYS = 28;

  /** Of the days with less, those requests that take long are not known yet. */
  static final Duration MIN_FOLLOW_UP = Duration.ofDays(7);

  public TrackRecord {
    days = List.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("there must be a judged day");
    }
  }

  /** Of the newest days that were followed for long enough; empty when there is none. */
  static Optional<TrackRecord> of(Collection<JudgedDay> judged) {
    List<JudgedDay> newestFirst =
        judged.stream()
            .filter(day -> day.followUp().compareTo(MIN_FOLLOW_UP) >= 0)
            .sorted(Comparator.comparing(JudgedDay::day).reversed())
            .limit(DAYS)
            .toList();
    return newestFirst.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TrackRecord(
                newestFirst.stream().sorted(Comparator.comparing(JudgedDay::day)).toList()));
  }

  /** The instant that the newest knowledge in it dates from. */
  public Instant asOf() {
    return days.stream().map(JudgedDay::asOf).max(Comparator.naturalOrder()).orElseThrow();
  }

  /** The sums of all days and types. */
  public Map<Asked, Tally> total() {
    return sum(types().values());
  }

  /** The sums of all days by complaint type. */
  public SortedMap<String, Map<Asked, Tally>> types() {
    SortedMap<String, Map<Asked, Tally>> types = new TreeMap<>();
    for (JudgedDay day : days) {
      day.types().forEach((type, sums) -> types.merge(type, sums, TrackRecord::sum));
    }
    return types;
  }

  private static Map<Asked, Tally> sum(Map<Asked, Tally> some, Map<Asked, Tally> others) {
    return sum(List.of(some, others));
  }

  /** The sums of several, by what was asked. */
  public static Map<Asked, Tally> sum(Collection<Map<Asked, Tally>> all) {
    Map<Asked, Tally> sums = new EnumMap<>(Asked.class);
    for (Map<Asked, Tally> some : all) {
      some.forEach((asked, tally) -> sums.merge(asked, tally, Tally::plus));
    }
    return sums;
  }
}
