package nyc311.record;

/** What each request is put to, with all that was known of it when it was made. */
public enum Asked {
  /** The medians of its type alone. */
  MEDIANS(0),
  /** What the API answers to all that the row says. */
  SERVED(0),
  /** What the API answers when it has been open for six hours, if it was: how much is left. */
  AFTER_6_HOURS(6),
  AFTER_24_HOURS(24);

  private final double waitedHours;

  Asked(double waitedHours) {
    this.waitedHours = waitedHours;
  }

  double waitedHours() {
    return waitedHours;
  }
}
