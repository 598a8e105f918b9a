package nyc311.requests;

/**
 * The unique keys of a day's rows, each as a number of 64 bits: 16 MB for a million of them. Of a
 * million keys that are no decimal numbers two look the same once in 20 million days. Not
 * thread-safe.
 */
final class UniqueKeys {
  private static final int MAX_DIGITS = 18;
  private static final long FNV_BASIS = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  /** At most half of them are taken, at first by one of the city's days; 0 is a free one. */
  private long[] places = new long[1 << 14];

  private int size;

  /** A key in UTF-8: the decimal number that it is, else a negative hash; never 0. */
  static long number(byte[] bytes, int from, int to) {
    boolean isNumber = to > from && to - from <= MAX_DIGITS && bytes[from] != '0';
    long number = 0;
    for (int at = from; isNumber && at < to; at++) {
      int digit = bytes[at] - '0';
      isNumber = digit >= 0 && digit <= 9;
      number = 10 * number + digit;
    }
    return isNumber ? number : hash(bytes, from, to);
  }

  /** FNV-1a, made negative. */
  private static long hash(byte[] bytes, int from, int to) {
    long hash = FNV_BASIS;
    for (int at = from; at < to; at++) {
      hash = (hash ^ (bytes[at] & 0xFF)) * FNV_PRIME;
    }
    return hash | Long.MIN_VALUE;
  }

  /** Adds a number; false when it was there. */
  boolean add(long number) {
    int last = places.length - 1;
    // The city's follow each other: so they lie side by side, which is quicker.
    int place = (int) (number ^ number >>> 16 ^ number >>> 32) & last;
    while (places[place] != 0) {
      if (places[place] == number) {
        return false;
      }
      place = place + 1 & last;
    }
    places[place] = number;
    size++;
    if (2 * size == places.length) {
      long[] all = places;
      places = new long[2 * all.length];
      size = 0;
      for (long one : all) {
        if (one != 0) {
          add(one);
        }
      }
    }
    return true;
  }
}
