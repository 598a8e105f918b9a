package nyc311.bench;

/**
 * What a figure should be.
 *
 * @param of what it limits
 * @param must the limit that must be kept
 * @param stretch the one to strive for; NaN when there is none
 */
record Budget(Of of, double must, double stretch) {
  /** What a budget limits. */
  enum Of {
    /** Our figure is at most the limit. */
    VALUE("≤", ""),
    /** Our figure is at most so many times the alternative's. */
    RATIO("≤", " ×"),
    /** Our figure is at least so many times the alternative's. */
    RATE("≥", " ×");

    private final String sign;
    private final String unit;

    Of(String sign, String unit) {
      this.sign = sign;
      this.unit = unit;
    }
  }

  static Budget value(double must, double stretch) {
    return new Budget(Of.VALUE, must, stretch);
  }

  static Budget ratio(double must, double stretch) {
    return new Budget(Of.RATIO, must, stretch);
  }

  static Budget rate(double must, double stretch) {
    return new Budget(Of.RATE, must, stretch);
  }

  /** How a figure and its ratio stand to it. */
  String verdict(double value, double ratio) {
    double judged = of == Of.VALUE ? value : ratio;
    if (Double.isNaN(judged)) {
      return "–";
    }
    return keeps(judged, stretch) ? "stretch" : keeps(judged, must) ? "must" : "**missed**";
  }

  private boolean keeps(double judged, double limit) {
    return of == Of.RATE ? judged >= limit : judged <= limit;
  }

  @Override
  public String toString() {
    String limits = number(must) + (Double.isNaN(stretch) ? "" : " / " + number(stretch));
    return of.sign + " " + limits + of.unit;
  }

  private String number(double limit) {
    if (of == Of.RATIO && limit <= .25) {
      return "1/" + Math.round(1 / limit);
    }
    return limit == Math.rint(limit) ? String.valueOf((long) limit) : String.valueOf(limit);
  }
}
