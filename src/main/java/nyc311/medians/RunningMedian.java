package nyc311.medians;

/**
 * The {@link KaplanMeier} median of requests that come one by one, the fastest first, without their
 * curve: so one pass over a type's requests gives the medians of all its groups.
 *
 * <p>Those that end at the same time may come one after the other: (1 − 1/n) · (1 − 1/(n − 1)) is 1
 * − 2/n. Not thread-safe.
 */
final class RunningMedian {
  private int requests;
  private int atRisk;
  private double stillOpen = 1;
  private boolean reached;
  private long seconds;

  /** Announces requests, closed or open. All must be before any of them comes. */
  void announce(int more) {
    requests += more;
    atRisk += more;
  }

  boolean hasRequests() {
    return requests > 0;
  }

  /**
   * A closed request, after all that were shorter, and before open ones of the same age.
   *
   * @return whether it is the median, so that those which come later do not matter
   */
  boolean closedAfter(long resolutionTime) {
    if (reached) {
      return false;
    }
    stillOpen *= 1 - 1.0 / atRisk--;
    reached = stillOpen <= .5 + KaplanMeier.TOLERANCE;
    seconds = resolutionTime;
    return reached;
  }

  /** An open request, after all that were shorter. */
  void openFor(long age) {
    if (!reached) {
      seconds = age;
    }
    atRisk--;
  }

  /** The median of all that came. */
  Patterns.Group group() {
    return new Patterns.Group(TypeMedians.hours(seconds), !reached, requests);
  }
}
