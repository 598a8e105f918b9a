package nyc311.medians;

import java.time.DayOfWeek;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.requests.Borough;

/**
 * How the median of one complaint type changes with when and where its requests were created.
 * Immutable. Groups without a request are absent; {@link #NONE} has none at all, as medians from
 * before there were any.
 *
 * <p>Each sort of group is kept as the text that is published, and read when it is asked for, one
 * type at a time: there are seven thousand groups, and reading all would take a tenth of what the
 * API does before its first answer. The text has an entry for each hour, weekday from Monday on, or
 * borough by name: {@code 0} without a request, otherwise their number and median, such as {@code
 * 12:1.5}, with a {@code +} where it is only known to be at least that.
 */
public final class Patterns {
  static final int HOURS = 24;
  static final int BOROUGHS = Borough.values().length;

  /** Nothing is known. */
  public static final Patterns NONE = new Patterns(Map.of(), Map.of(), Map.of());

  /** A request has an hour, a weekday and a borough or none in so many bits. */
  private static final int KINDS = 1 << PackedRequests.SECONDS_SHIFT;

  private final String hours;
  private final String weekdays;
  private final String boroughs;

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

    private static String text(Group group) {
      return group == null ? "0" : group.requests + ":" + group.p50 + (group.atLeast ? "+" : "");
    }

    private static Group of(String text) {
      int colon = text.indexOf(':');
      boolean atLeast = text.endsWith("+");
      return new Group(
          Double.parseDouble(text.substring(colon + 1, text.length() - (atLeast ? 1 : 0))),
          atLeast,
          Integer.parseInt(text.substring(0, colon)));
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
    this(
        text(hours(), byHour),
        text(DayOfWeek.values(), byWeekday),
        text(Borough.values(), byBorough));
    for (int hour : byHour.keySet()) {
      if (hour < 0 || hour >= HOURS) {
        throw new IllegalArgumentException("hour must be between 0 and 23: " + hour);
      }
    }
  }

  /** From what is published; each is empty where there is no group at all. */
  Patterns(String hours, String weekdays, String boroughs) {
    this.hours = hours;
    this.weekdays = weekdays;
    this.boroughs = boroughs;
  }

  private static Integer[] hours() {
    return IntStream.range(0, HOURS).boxed().toArray(Integer[]::new);
  }

  private static <K> String text(K[] keys, Map<K, Group> groups) {
    return groups.isEmpty()
        ? ""
        : Stream.of(keys).map(groups::get).map(Group::text).collect(Collectors.joining(" "));
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
        text(estimates.hours, 0), text(estimates.weekdays, 0), text(estimates.boroughs, 1));
  }

  private static String text(RunningMedian[] medians, int from) {
    boolean any = Stream.of(medians).skip(from).anyMatch(median -> median.group() != null);
    return !any
        ? ""
        : Stream.of(medians)
            .skip(from)
            .map(RunningMedian::group)
            .map(Group::text)
            .collect(Collectors.joining(" "));
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

  /** By the hour of creation on New York's clock, 0 to 23. */
  public SortedMap<Integer, Group> byHour() {
    return groups(hours(), hours);
  }

  /** By New York's day of creation. */
  public SortedMap<DayOfWeek, Group> byWeekday() {
    return groups(DayOfWeek.values(), weekdays);
  }

  /** By borough, without the requests whose borough is not known. */
  public SortedMap<Borough, Group> byBorough() {
    return groups(Borough.values(), boroughs);
  }

  /** Empty where the text, which may come from anywhere, is not that of groups. */
  private static <K> SortedMap<K, Group> groups(K[] keys, String text) {
    String[] entries = text.split(" ", keys.length + 1);
    if (entries.length != keys.length) {
      return Collections.emptySortedMap();
    }
    SortedMap<K, Group> groups = new TreeMap<>();
    try {
      for (int i = 0; i < keys.length; i++) {
        if (!entries[i].equals("0")) {
          groups.put(keys[i], Group.of(entries[i]));
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Collections.emptySortedMap();
    }
    return Collections.unmodifiableSortedMap(groups);
  }

  /** As published, and so are the others. */
  String hoursText() {
    return hours;
  }

  String weekdaysText() {
    return weekdays;
  }

  String boroughsText() {
    return boroughs;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Patterns that
        && hours.equals(that.hours)
        && weekdays.equals(that.weekdays)
        && boroughs.equals(that.boroughs);
  }

  @Override
  public int hashCode() {
    return Objects.hash(hours, weekdays, boroughs);
  }

  @Override
  public String toString() {
    return hours + ", " + weekdays + ", " + boroughs;
  }
}
