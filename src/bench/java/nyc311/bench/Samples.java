package nyc311.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of one figure. */
final class Samples {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  /** NaN when there are none. */
  double median() {
    return (quantile(.5) + quantile(Math.nextUp(.5))) / 2;
  }

  /** The smallest value that is no less than such a share of all; NaN when there are none. */
  double quantile(double share) {
    int rank = (int) Math.ceil(share * values.size());
    return values.stream().sorted().skip(Math.max(0, rank - 1)).findFirst().orElse(Double.NaN);
  }

  /** The median, and the least and the greatest of so many values; a dash when there are none. */
  @Override
  public String toString() {
    return switch (values.size()) {
      case 0 -> "–";
      case 1 -> text(median());
      default ->
          "%s (%s–%s; %d)"
              .formatted(text(median()), text(quantile(0)), text(quantile(1)), values.size());
    };
  }

  /** With three significant digits, and all those of whole numbers. */
  static String text(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
