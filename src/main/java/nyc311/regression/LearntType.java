package nyc311.regression;

import java.util.List;
import java.util.Optional;

/**
 * What a model knows of a complaint type beside its quantiles.
 *
 * @param agency that handles most of its requests
 * @param requests how many it has learnt from, the newer ones counted more
 * @param drift how much the ends of its range move with time
 * @param descriptors that it knows, as the city spells them, the most frequent first
 */
public record LearntType(
    Optional<String> agency, double requests, Drift drift, List<String> descriptors) {
  /**
   * How much the ends of the range move from one period to the next, in log1p(hours).
   *
   * @param p10 how far p10 is moved down
   * @param p90 how far p90 is moved up
   */
  public record Drift(double p10, double p90) {
    /** A factor of twenty. */
    public static final double MAX = 3;

    public static final Drift NONE = new Drift(0, 0);

    public Drift {
      if (!(0 <= p10 && p10 <= MAX && 0 <= p90 && p90 <= MAX)) {
        throw new IllegalArgumentException(
            "drift must be between 0 and " + MAX + ": " + p10 + ", " + p90);
      }
    }
  }

  public LearntType {
    descriptors = List.copyOf(descriptors);
    if (!(0 <= requests && requests < Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("requests must be between 0 and 2147483647: " + requests);
    }
  }
}
