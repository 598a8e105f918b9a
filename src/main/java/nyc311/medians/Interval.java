package nyc311.medians;

/**
 * Where a median lies with a confidence of 95%.
 *
 * @param lower in hours; where too few have closed to know it, the median or its lower bound
 * @param upper in hours; infinite where too few have closed to know it
 */
public record Interval(double lower, double upper) {
  /** Of medians from before intervals were told. */
  static final Interval UNTOLD = new Interval(0, Double.POSITIVE_INFINITY);

  /** Beyond so many times its lower end, an interval is wide. */
  private static final double WIDE = 3;

  public Interval {
    if (!(0 <= lower && lower <= TypeMedians.MAX_HOURS && lower <= upper)) {
      throw new IllegalArgumentException(
          "0 <= lower <= upper, and lower <= 1e9, must hold: " + lower + ", " + upper);
    }
  }

  public boolean isTold() {
    return !equals(UNTOLD);
  }

  /** Whether the median is known only roughly: the upper end is unknown, or far from the lower. */
  public boolean isRough() {
    return isTold() && (upper == Double.POSITIVE_INFINITY || upper > WIDE * lower);
  }
}
