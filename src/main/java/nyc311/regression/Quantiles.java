package nyc311.regression;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The estimate of a resolution time: it takes no longer than each of these with a chance of 10%,
 * 50% and 90%. In hours, or in log1p(hours) where it says so.
 */
public record Quantiles(double p10, double p50, double p90) {
  /** The names in ascending order, which is also their order in Tribuo's outputs: by name. */
  public static final List<String> NAMES = List.of("p10", "p50", "p90");

  /** The chances that the names stand for. */
  public static final List<Double> LEVELS = List.of(.1, .5, .9);

  public Quantiles {
    if (!(Double.NEGATIVE_INFINITY < p10
        && p10 <= p50
        && p50 <= p90
        && p90 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "p10 <= p50 <= p90 must hold and be finite: " + p10 + ", " + p50 + ", " + p90);
    }
  }

  /** Three values, sorted first: quantiles that are estimated one by one can cross. */
  public static Quantiles sorted(double... values) {
    double[] ascending = values.clone();
    Arrays.sort(ascending);
    return new Quantiles(ascending[0], ascending[1], ascending[2]);
  }

  /** The same quantiles of an increasing function of the value. */
  public Quantiles map(DoubleUnaryOperator increasing) {
    return new Quantiles(
        increasing.applyAsDouble(p10),
        increasing.applyAsDouble(p50),
        increasing.applyAsDouble(p90));
  }

  /** In the order of {@link #NAMES}. */
  public double[] toArray() {
    return new double[] {p10, p50, p90};
  }
}
