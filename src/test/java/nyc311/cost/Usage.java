package nyc311.cost;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much is used in a month. Immutable.
 *
 * @param quantities of each charge; 0 where there is none
 */
record Usage(Map<Charge, Double> quantities) {
  private static final double BYTES_PER_GB = 1 << 30;
  private static final double MEGABYTES_PER_GB = 1_024;

  Usage {
    quantities = Collections.unmodifiableMap(new EnumMap<>(quantities));
  }

  static Usage of(Charge charge, double quantity) {
    return new Usage(Map.of(charge, quantity));
  }

  static Usage ofBytes(Charge charge, double bytes) {
    return of(charge, bytes / BYTES_PER_GB);
  }

  /**
   * What Lambda bills by the millisecond begun: runs of a function, or its starts.
   *
   * @param megabytes the function's memory
   * @param millis how long each takes
   */
  static Usage ofCompute(double count, int megabytes, double millis) {
    double seconds = Math.ceil(millis) / 1_000;
    return of(Charge.COMPUTE, count * seconds * megabytes / MEGABYTES_PER_GB);
  }

  Usage plus(Usage other) {
    Map<Charge, Double> sum = new EnumMap<>(Charge.class);
    sum.putAll(quantities);
    other.quantities.forEach((charge, quantity) -> sum.merge(charge, quantity, Double::sum));
    return new Usage(sum);
  }

  double dollars(Charge charge) {
    return charge.dollars(quantities.getOrDefault(charge, 0.0));
  }

  double dollars() {
    return quantities.keySet().stream().mapToDouble(this::dollars).sum();
  }

  double dollarsBeyondFree() {
    return quantities.entrySet().stream()
        .mapToDouble(used -> used.getKey().dollarsBeyondFree(used.getValue()))
        .sum();
  }
}
