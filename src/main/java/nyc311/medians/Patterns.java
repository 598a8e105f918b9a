package nyc311.medians;

import java.time.DayOfWeek;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import nyc311.requests.Borough;

/**
 * How the median of one complaint type changes with when and where its requests were created.
 * Groups without a request are absent; the others are in order.
 *
 * @param byHour by the hour of creation on New York's clock, 0 to 23; the hour that comes twice
 *     when summer time ends is one
 * @param byWeekday by New York's day of creation
 * @param byBorough without the requests whose borough is not known
 */
public record Patterns(
    Map<Integer, Group> byHour, Map<DayOfWeek, Group> byWeekday, Map<Borough, Group> byBorough) {
  static final int HOURS = 24;
  static final int BOROUGHS = Borough.values().length;

  /** Nothing is known, as of medians from before there were any. */
  public static final Patterns NONE = new Patterns(Map.of(), Map.of(), Map.of());

  /** A request has an hour, a weekday and a borough or none in so many bits. */
  private static final int KINDS = 1 << PackedRequests.SECONDS_SHIFT;

  /**
   * The requests of one hour, weekday or borough.
   *
   * @param p50 the hours by which half of them are closed, with open ones counted
   * @param atLeast whether too few have closed to know: it is at least {@code p50}
   * @param requests how many there are, closed and open ones
   * @param interval where the median lies
   */
  public record Group(double p50, boolean atLeast, int requests, Interval interval) {
    public Group {
      Objects.requireNonNull(interval, "interval");
      if (!(0 <= p50 && p50 <= TypeMedians.MAX_HOURS)) {
        throw new IllegalArgumentException("p50 must be between 0 and 1e9: " + p50);
      }
      if (requests < 1) {
        throw new IllegalArgumentException("requests must be above 0: " + requests);
      }
    }
  }

  public Patterns {
    byHour = ordered(byHour);
    byWeekday = ordered(byWeekday);
    byBorough = ordered(byBorough);
    for (int hour : byHour.keySet()) {
      if (hour < 0 || hour >= HOURS) {
        throw new IllegalArgumentException("hour must be between 0 and 23: " + hour);
      }
    }
  }

  private static <K> Map<K, Group> ordered(Map<K, Group> groups) {
    return Collections.unmodifiableMap(new TreeMap<>(groups));
  }

  static List<Integer> hours() {
    Integer[] hours = new Integer[HOURS];
    for (int hour = 0; hour < HOURS; hour++) {
      hours[hour] = hour;
    }
    return List.of(hours);
  }

  /**
   * Estimates from {@link PackedRequests}.
   *
   * @param closed with their resolution times, ascending in these
   * @param open with their ages, ascending in these
   */
  static Patterns of(long[] closed, long[] open) {
    Estimates estimates = new Estimates();
    estimates.announce(closed, open);
    int older = 0;
    for (long request : closed) {
      if (estimates.unknown == 0) {
        break;
      }
      long seconds = PackedRequests.seconds(request);
      while (older < open.length && PackedRequests.seconds(open[older]) < seconds) {
        estimates.openFor(open[older++]);
      }
      estimates.closedAfter(seconds, request);
    }
    while (older < open.length && estimates.unknown > 0) {
      estimates.openFor(open[older++]);
    }
    return new Patterns(
        groups(hours(), estimates.hours, 0),
        groups(List.of(DayOfWeek.values()), estimates.weekdays, 0),
        groups(List.of(Borough.values()), estimates.boroughs, 1));
  }

  private static <K> Map<K, Group> groups(List<K> keys, RunningMedian[] medians, int from) {
    Map<K, Group> groups = new TreeMap<>();
    for (int i = 0; i < keys.size(); i++) {
      if (medians[from + i].hasRequests()) {
        groups.put(keys.get(i), medians[from + i].group());
      }
    }
    return groups;
  }

  /** A median of every hour, weekday and borough, and of those whose borough is not known. */
  private static final class Estimates {
    private final RunningMedian[] hours = medians(HOURS);
    private final RunningMedian[] weekdays = medians(DayOfWeek.values().length);
    private final RunningMedian[] boroughs = medians(1 + BOROUGHS);

    /** How many groups have requests, and no median yet. */
    private int unknown;

    private static RunningMedian[] medians(int count) {
      return Stream.generate(RunningMedian::new).limit(count).toArray(RunningMedian[]::new);
    }

    void announce(long[] closed, long[] open) {
      int[] counts = new int[KINDS];
      for (long request : closed) {
        counts[(int) request & (KINDS - 1)]++;
      }
      for (long request : open) {
        counts[(int) request & (KINDS - 1)]++;
      }
      for (int kind = 0; kind < KINDS; kind++) {
        if (counts[kind] > 0) {
          hours[PackedRequests.hour(kind)].announce(counts[kind]);
          weekdays[PackedRequests.weekday(kind)].announce(counts[kind]);
          boroughs[PackedRequests.borough(kind)].announce(counts[kind]);
        }
      }
      unknown =
          (int)
              Stream.of(hours, weekdays, boroughs)
                  .flatMap(Stream::of)
                  .filter(RunningMedian::hasRequests)
                  .count();
    }

    void closedAfter(long resolutionTime, long request) {
      closedAfter(resolutionTime, hours[PackedRequests.hour(request)]);
      closedAfter(resolutionTime, weekdays[PackedRequests.weekday(request)]);
      closedAfter(resolutionTime, boroughs[PackedRequests.borough(request)]);
    }

    private void closedAfter(long resolutionTime, RunningMedian median) {
      if (median.closedAfter(resolutionTime)) {
        unknown--;
      }
    }

    void openFor(long request) {
      long age = PackedRequests.seconds(request);
      hours[PackedRequests.hour(request)].openFor(age);
      weekdays[PackedRequests.weekday(request)].openFor(age);
      boroughs[PackedRequests.borough(request)].openFor(age);
    }
  }
}
