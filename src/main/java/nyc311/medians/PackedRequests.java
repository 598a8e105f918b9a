package nyc311.medians;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nyc311.requests.Borough;

/**
 * A growing list of requests, each packed into a number: the seconds that it took or is old, then
 * the weekday, the hour and the borough of its creation. So requests that ascend, ascend in their
 * seconds. A window has millions of them, and most complaint types have few a day, so neither boxes
 * nor a stream for each would do. Not thread-safe.
 */
final class PackedRequests {
  private static final List<Borough> BOROUGHS = List.of(Borough.values());
  private static final int HOUR_SHIFT = 3;
  private static final int WEEKDAY_SHIFT = 8;

  /** All but the seconds is in the bits below. */
  static final int SECONDS_SHIFT = 11;

  /** So many, and the radix sort's tables would take longer than any other sort does. */
  private static final int FEW = 100;

  private long[] values = new long[8];
  private int size;

  /**
   * A request of any weekday; see {@link #addAll}.
   *
   * @param seconds to be sorted, it must not be negative
   * @param hour on New York's clock, 0 to 23
   * @param borough see {@link #number}
   */
  static long pack(long seconds, int hour, int borough) {
    return seconds << SECONDS_SHIFT | (long) hour << HOUR_SHIFT | borough;
  }

  static long seconds(long request) {
    return request >> SECONDS_SHIFT;
  }

  /** From 0 for Monday; a request of any weekday has this too. */
  static int weekday(long request) {
    return (int) (request >>> WEEKDAY_SHIFT) & 7;
  }

  /** On New York's clock, 0 to 23. */
  static int hour(long request) {
    return (int) (request >>> HOUR_SHIFT) & 31;
  }

  /** From 1 for the first of {@link Borough}; 0 when it is not known. */
  static int borough(long request) {
    return (int) request & 7;
  }

  /** The number of a borough in a request. */
  static int number(Optional<Borough> borough) {
    return borough.map(BOROUGHS::indexOf).orElse(-1) + 1;
  }

  void add(long request) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = request;
  }

  /**
   * Adds requests of any weekday as ones of this weekday.
   *
   * @param weekday from 0 for Monday
   */
  void addAll(long[] requests, int weekday) {
    int sum = size + requests.length;
    if (sum > values.length) {
      values = Arrays.copyOf(values, Math.max(sum, 2 * size));
    }
    long bits = (long) weekday << WEEKDAY_SHIFT;
    for (long request : requests) {
      values[size++] = request | bits;
    }
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }

  long[] sorted() {
    return sortedFrom(0);
  }

  /** All, ascending in their seconds. */
  long[] sortedBySeconds() {
    return sortedFrom(SECONDS_SHIFT);
  }

  /**
   * Ascending from a bit on. A radix sort, byte by byte: for a large type of a long window it takes
   * a fourth of the time of {@link Arrays#sort(long[])}, since few bytes differ at all.
   */
  private long[] sortedFrom(int bit) {
    long[] from = toArray();
    if (size < FEW) {
      Arrays.sort(from);
      return from;
    }
    long[] to = new long[size];
    long most = Arrays.stream(from).max().orElse(0);
    for (int shift = bit; shift < Long.SIZE && most >>> shift > 0; shift += Byte.SIZE) {
      int[] next = new int[257];
      for (long value : from) {
        next[(int) ((value >>> shift) & 0xFF) + 1]++;
      }
      for (int i = 1; i < next.length; i++) {
        next[i] += next[i - 1];
      }
      for (long value : from) {
        to[next[(int) ((value >>> shift) & 0xFF)]++] = value;
      }
      long[] done = to;
      to = from;
      from = done;
    }
    return from;
  }
}
