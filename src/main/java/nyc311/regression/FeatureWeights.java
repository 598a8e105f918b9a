package nyc311.regression;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights of a linear model with the outputs {@link Quantiles#NAMES}, in the form that loads
 * quickest: features are known by a 64-bit hash of their name, in ascending order, and weights are
 * floats. Three arrays are read as they are, where names would be tens of thousands of objects.
 * Immutable.
 */
public final class FeatureWeights {
  private static final int OUTPUTS = Quantiles.NAMES.size();

  /** In log1p(hours): far beyond any that training gives. */
  private static final float MAX_WEIGHT = 1_000;

  private final float[] bias;
  private final long[] hashes;
  private final float[] weights;

  private FeatureWeights(float[] bias, long[] hashes, float[] weights) {
    this.bias = bias;
    this.hashes = hashes;
    this.weights = weights;
    for (float weight : bias) {
      requireFinite(weight);
    }
    for (float weight : weights) {
      requireFinite(weight);
    }
    for (int i = 1; i < hashes.length; i++) {
      if (hashes[i - 1] >= hashes[i]) {
        throw new IllegalArgumentException("hashes of features must ascend: number " + i);
      }
    }
  }

  /** One that is not a number would make every estimate that it is part of fail. */
  private static void requireFinite(float weight) {
    if (!(Math.abs(weight) < MAX_WEIGHT)) {
      throw new IllegalArgumentException(
          "weights must be below " + MAX_WEIGHT + " and finite: " + weight);
    }
  }

  /**
   * Copies weights, rounded to floats.
   *
   * @param bias what is added in any case, for each output
   * @param weights of each feature that is known, for each output
   * @throws IllegalArgumentException when a weight is too large or no number, or when two names
   *     have the same hash, which with a million features happens once in 37 million models
   */
  public static FeatureWeights of(double[] bias, Map<String, double[]> weights) {
    TreeMap<Long, double[]> byHash = new TreeMap<>();
    weights.forEach(
        (feature, values) -> {
          if (byHash.put(hash(feature), values) != null) {
            throw new IllegalArgumentException("another feature has the same hash: " + feature);
          }
        });
    long[] hashes = new long[byHash.size()];
    float[] floats = new float[OUTPUTS * hashes.length];
    int i = 0;
    for (Map.Entry<Long, double[]> feature : byHash.entrySet()) {
      hashes[i] = feature.getKey();
      System.arraycopy(floats(feature.getValue()), 0, floats, OUTPUTS * i++, OUTPUTS);
    }
    return new FeatureWeights(floats(bias), hashes, floats);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[OUTPUTS];
    for (int i = 0; i < OUTPUTS; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  public int size() {
    return hashes.length;
  }

  boolean contains(String feature) {
    return Arrays.binarySearch(hashes, hash(feature)) >= 0;
  }

  /**
   * Adds the outputs for some features, each of the value 1; unknown ones add nothing.
   *
   * @param outputs in the order of {@link Quantiles#NAMES}
   */
  void addTo(double[] outputs, List<String> features) {
    for (int i = 0; i < OUTPUTS; i++) {
      outputs[i] += bias[i];
    }
    for (String feature : features) {
      int at = Arrays.binarySearch(hashes, hash(feature));
      for (int i = 0; at >= 0 && i < OUTPUTS; i++) {
        outputs[i] += weights[OUTPUTS * at + i];
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
    return Integer.BYTES
        + Float.BYTES * (bias.length + weights.length)
        + Long.BYTES * hashes.length;
  }

  /** Writes the number of features, then bias, hashes and weights. */
  void writeTo(ByteBuffer out) {
    out.putInt(hashes.length);
    for (float weight : bias) {
      out.putFloat(weight);
    }
    for (long hash : hashes) {
      out.putLong(hash);
    }
    for (float weight : weights) {
      out.putFloat(weight);
    }
  }

  /**
   * Reads what {@link #writeTo} has written.
   *
   * @throws IllegalArgumentException when it cannot be
   * @throws java.nio.BufferUnderflowException when it is cut short
   */
  static FeatureWeights read(ByteBuffer in) {
    int features = in.getInt();
    if (features < 0 || features > in.remaining() / (Long.BYTES + Float.BYTES * OUTPUTS)) {
      throw new IllegalArgumentException(
          "there must be as many features as it says: " + features + ", bytes " + in.remaining());
    }
    float[] bias = floats(in, OUTPUTS);
    long[] hashes = new long[features];
    in.asLongBuffer().get(hashes);
    in.position(in.position() + Long.BYTES * features);
    return new FeatureWeights(bias, hashes, floats(in, OUTPUTS * features));
  }

  private static float[] floats(ByteBuffer in, int count) {
    float[] floats = new float[count];
    in.asFloatBuffer().get(floats);
    in.position(in.position() + Float.BYTES * count);
    return floats;
  }
}
