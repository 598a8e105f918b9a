package nyc311.regression;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Three values, one for each of {@link Quantiles#NAMES}, under each of many names, and three as
 * their base, in the form that loads quickest: a name is known by a 64-bit hash, in ascending
 * order, and values are floats. Arrays are read as they are, where names would be tens of thousands
 * of objects. Immutable.
 */
public final class QuantileTable {
  private static final int VALUES = Quantiles.NAMES.size();

  /** In log1p(hours): far beyond any that training gives. */
  private static final float MAX_VALUE = 1_000;

  private final float[] base;
  private final long[] hashes;
  private final float[] values;

  private QuantileTable(float[] base, long[] hashes, float[] values) {
    this.base = base;
    this.hashes = hashes;
    this.values = values;
    requireFinite(base);
    requireFinite(values);
    for (int i = 1; i < hashes.length; i++) {
      if (hashes[i - 1] >= hashes[i]) {
        throw new IllegalArgumentException("hashes of names must ascend: number " + i);
      }
    }
  }

  /** One that is not a number would make every estimate that it is part of fail. */
  private static void requireFinite(float[] values) {
    for (float value : values) {
      if (!(Math.abs(value) < MAX_VALUE)) {
        throw new IllegalArgumentException(
            "values must be below " + MAX_VALUE + " and finite: " + value);
      }
    }
  }

  /**
   * Copies values, rounded to floats.
   *
   * @param values by name, each with one for each of {@link Quantiles#NAMES}, as the base has
   * @throws IllegalArgumentException when a value is too large or no number, or when two names have
   *     the same hash, which with a million names happens once in 37 million tables
   */
  public static QuantileTable of(double[] base, Map<String, double[]> values) {
    TreeMap<Long, double[]> byHash = new TreeMap<>();
    values.forEach(
        (name, three) -> {
          if (byHash.put(hash(name), three) != null) {
            throw new IllegalArgumentException("another name has the same hash: " + name);
          }
        });
    long[] hashes = new long[byHash.size()];
    float[] floats = new float[VALUES * hashes.length];
    int i = 0;
    for (Map.Entry<Long, double[]> entry : byHash.entrySet()) {
      hashes[i] = entry.getKey();
      System.arraycopy(floats(entry.getValue()), 0, floats, VALUES * i++, VALUES);
    }
    return new QuantileTable(floats(base), hashes, floats);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** How many names it has. */
  public int size() {
    return hashes.length;
  }

  boolean contains(String name) {
    return find(name) >= 0;
  }

  /** Negative for a name that it has not. */
  private int find(String name) {
    return Arrays.binarySearch(hashes, hash(name));
  }

  /** The base. */
  double[] base() {
    return copy(base, 0);
  }

  /** The values under a name; null for a name that it has not. */
  double[] get(String name) {
    int at = find(name);
    return at < 0 ? null : copy(values, VALUES * at);
  }

  private static double[] copy(float[] from, int at) {
    double[] three = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      three[i] = from[at + i];
    }
    return three;
  }

  /** Hands out the base, then the values under each name. */
  void forEach(Consumer<double[]> taker) {
    taker.accept(base());
    for (int i = 0; i < hashes.length; i++) {
      taker.accept(copy(values, VALUES * i));
    }
  }

  /**
   * Adds the base, and the values under some names; unknown ones add nothing.
   *
   * @param sums in the order of {@link Quantiles#NAMES}
   */
  void addTo(double[] sums, List<String> names) {
    for (int i = 0; i < VALUES; i++) {
      sums[i] += base[i];
    }
    for (String name : names) {
      int at = find(name);
      for (int i = 0; at >= 0 && i < VALUES; i++) {
        sums[i] += values[VALUES * at + i];
      }
    }
  }

  /**
   * FNV-1a, over UTF-16 units instead of bytes. Changing it changes {@link ModelPointer}'s format.
   * G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake: The FNV Non-Cryptographic Hash Algorithm,
   * draft-eastlake-fnv.
   */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** How many bytes {@link #writeTo} writes. */
  int bytes() {
    return Integer.BYTES + Float.BYTES * (base.length + values.length) + Long.BYTES * hashes.length;
  }

  /** Writes the number of names, then base, hashes and values. */
  void writeTo(ByteBuffer out) {
    out.putInt(hashes.length);
    for (float value : base) {
      out.putFloat(value);
    }
    for (long hash : hashes) {
      out.putLong(hash);
    }
    for (float value : values) {
      out.putFloat(value);
    }
  }

  /**
   * Reads what {@link #writeTo} has written.
   *
   * @throws IllegalArgumentException when it cannot be
   * @throws java.nio.BufferUnderflowException when it is cut short
   */
  static QuantileTable read(ByteBuffer in) {
    int names = in.getInt();
    if (names < 0 || names > in.remaining() / (Long.BYTES + Float.BYTES * VALUES)) {
      throw new IllegalArgumentException(
          "there must be as many names as it says: " + names + ", bytes " + in.remaining());
    }
    float[] base = floats(in, VALUES);
    long[] hashes = new long[names];
    in.asLongBuffer().get(hashes);
    in.position(in.position() + Long.BYTES * names);
    return new QuantileTable(base, hashes, floats(in, VALUES * names));
  }

  private static float[] floats(ByteBuffer in, int count) {
    float[] floats = new float[count];
    in.asFloatBuffer().get(floats);
    in.position(in.position() + Float.BYTES * count);
    return floats;
  }
}
