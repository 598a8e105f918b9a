package nyc311.medians;

import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import nyc311.requests.Borough;

/**
 * How the median of one complaint type changes with when and where its requests were created.
 * Immutable. Groups without a request are absent; {@link #NONE} has none at all, as medians from
 * before there were any.
 */
public final class Patterns {
  static final int HOURS = 24;
  static final int WEEKDAYS = DayOfWeek.values().length;
  static final int BOROUGHS = Borough.values().length;

  /** Nothing is known. */
  public static final Patterns NONE = new Patterns(Map.of(), Map.of(), Map.of());

  /** Here and below: null where there is no request. */
  final Group[] hours = new Group[HOURS];

  final Group[] weekdays = new Group[WEEKDAYS];
  final Group[] boroughs = new Group[BOROUGHS];

  /**
   * The requests of one hour, weekday or borough.
   *
   * @param p50 the hours by which half of them are closed, with open ones counted
   * @param atLeast whether too few have closed to know: it is at least {@code p50}
   * @param requests how many there are, closed and open ones
   */
  public record Group(double p50, boolean atLeast, int requests) {
    /** Checks what it is served from. */
    public Group {
      if (!(0 <= p50 && p50 <= TypeMedians.MAX_HOURS)) {
        throw new IllegalArgumentException("p50 must be between 0 and 1e9: " + p50);
      }
      if (requests < 1) {
        throw new IllegalArgumentException("requests must be above 0: " + requests);
      }
    }
  }

  /**
   * @param byHour by the hour of creation on New York's clock, 0 to 23; the hour that comes twice
   *     when summer time ends is one
   * @param byWeekday by the day of creation
   * @param byBorough without the requests whose borough is not known
   * @throws IllegalArgumentException when an hour is none
   */
  public Patterns(
      Map<Integer, Group> byHour, Map<DayOfWeek, Group> byWeekday, Map<Borough, Group> byBorough) {
    for (int hour : byHour.keySet()) {
      if (hour < 0 || hour >= HOURS) {
        throw new IllegalArgumentException("hour must be between 0 and 23: " + hour);
      }
    }
    Arrays.setAll(hours, byHour::get);
    fill(weekdays, DayOfWeek.values(), byWeekday);
    fill(boroughs, Borough.values(), byBorough);
  }

  private static <K> void fill(Group[] groups, K[] keys, Map<K, Group> byKey) {
    for (int i = 0; i < keys.length; i++) {
      groups[i] = byKey.get(keys[i]);
    }
  }

  /** The same from arrays with null for what is absent; each may be shorter than what it is for. */
  Patterns(Group[] hours, Group[] weekdays, Group[] boroughs) {
    System.arraycopy(hours, 0, this.hours, 0, hours.length);
    System.arraycopy(weekdays, 0, this.weekdays, 0, weekdays.length);
    System.arraycopy(boroughs, 0, this.boroughs, 0, boroughs.length);
  }

  /**
   * Estimates from {@link PackedRequests}.
   *
   * @param closed with their resolution times, ascending in these
   * @param open with their ages, ascending in these
   */
  static Patterns of(long[] closed, long[] open) {
    Estimates estimates = new Estimates();
    estimates.announce(closed);
    estimates.announce(open);
    int older = 0;
    for (long request : closed) {
      long seconds = PackedRequests.seconds(request);
      while (older < open.length && PackedRequests.seconds(open[older]) < seconds) {
        estimates.openFor(open[older++]);
      }
      estimates.closed(request, seconds);
    }
    while (older < open.length) {
      estimates.openFor(open[older++]);
    }
    return new Patterns(
        groups(estimates.hours, 0), groups(estimates.weekdays, 0), groups(estimates.boroughs, 1));
  }

  private static Group[] groups(RunningMedian[] medians, int from) {
    return Arrays.stream(medians).skip(from).map(RunningMedian::group).toArray(Group[]::new);
  }

  /** A median of every hour, weekday and borough, and of those whose borough is not known. */
  private static final class Estimates {
    private final RunningMedian[] hours = medians(HOURS);
    private final RunningMedian[] weekdays = medians(WEEKDAYS);
    private final RunningMedian[] boroughs = medians(1 + BOROUGHS);

    private static RunningMedian[] medians(int count) {
      return Stream.generate(RunningMedian::new).limit(count).toArray(RunningMedian[]::new);
    }

    void announce(long[] requests) {
      for (long request : requests) {
        hours[PackedRequests.hour(request)].announce();
        weekdays[PackedRequests.weekday(request)].announce();
        boroughs[PackedRequests.borough(request)].announce();
      }
    }

    void closed(long request, long seconds) {
      hours[PackedRequests.hour(request)].closedAfter(seconds);
      weekdays[PackedRequests.weekday(request)].closedAfter(seconds);
      boroughs[PackedRequests.borough(request)].closedAfter(seconds);
    }

    void openFor(long request) {
      long age = PackedRequests.seconds(request);
      hours[PackedRequests.hour(request)].openFor(age);
      weekdays[PackedRequests.weekday(request)].openFor(age);
      boroughs[PackedRequests.borough(request)].openFor(age);
    }
  }

  /** By the hour of creation on New York's clock, 0 to 23. */
  public SortedMap<Integer, Group> byHour() {
    Integer[] keys = new Integer[HOURS];
    Arrays.setAll(keys, hour -> hour);
    return present(keys, hours);
  }

  /** By New York's day of creation. */
  public SortedMap<DayOfWeek, Group> byWeekday() {
    return present(DayOfWeek.values(), weekdays);
  }

  /** By borough, without the requests whose borough is not known. */
  public SortedMap<Borough, Group> byBorough() {
    return present(Borough.values(), boroughs);
  }

  private static <K> SortedMap<K, Group> present(K[] keys, Group[] groups) {
    SortedMap<K, Group> present = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      if (groups[i] != null) {
        present.put(keys[i], groups[i]);
      }
    }
    return Collections.unmodifiableSortedMap(present);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Patterns that
        && Arrays.equals(hours, that.hours)
        && Arrays.equals(weekdays, that.weekdays)
        && Arrays.equals(boroughs, that.boroughs);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(hours) + Arrays.hashCode(weekdays))
        + Arrays.hashCode(boroughs);
  }

  @Override
  public String toString() {
    return "byHour=" + byHour() + ", byWeekday=" + byWeekday() + ", byBorough=" + byBorough();
  }
}
