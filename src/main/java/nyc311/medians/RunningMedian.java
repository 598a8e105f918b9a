package nyc311.medians;

/**
 * The {@link KaplanMeier} median of requests that come one by one, the fastest first, and its
 * interval, without their curve: so one pass over a type's requests gives those of all its groups.
 *
 * <p>The interval is the one of R. Brookmeyer, J. Crowley: A confidence interval for the median
 * survival time, Biometrics 38 (1982), 29–41, at 95%, with Greenwood's variance and the log-log
 * transform: the times at which the lower and the upper band of the curve get to one half.
 *
 * <p>Those that end at the same time may come one after the other: (1 − 1/n) · (1 − 1/(n − 1)) is 1
 * − 2/n, and so with the terms of the variance. Not thread-safe.
 */
final class RunningMedian {
  /** The 97.5% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private static final double LOG_2 = Math.log(2);
  private static final long NONE = -1;

  private int requests;
  private int atRisk;
  private double stillOpen = 1;

  /** Greenwood's sum of d / (n (n − d)). */
  private double variance;

  private long seconds;
  private long lower = NONE;
  private long median = NONE;
  private long upper = NONE;

  /** The median of durations in seconds, closed or open, both ascending. */
  static Patterns.Group of(long[] closed, long[] open) {
    RunningMedian median = new RunningMedian();
    median.announce(closed.length + open.length);
    int older = 0;
    for (long resolutionTime : closed) {
      while (older < open.length && open[older] < resolutionTime) {
        median.openFor(open[older++]);
      }
      if (median.closedAfter(resolutionTime)) {
        return median.group();
      }
    }
    while (older < open.length) {
      median.openFor(open[older++]);
    }
    return median.group();
  }

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
   * @return whether all is known now, so that those which come later do not matter
   */
  boolean closedAfter(long resolutionTime) {
    if (upper != NONE) {
      return false;
    }
    if (resolutionTime > seconds) {
      settle();
      if (upper != NONE) {
        return true;
      }
    }
    stillOpen *= 1 - 1.0 / atRisk;
    variance += 1 / (atRisk * (atRisk - 1.0));
    atRisk--;
    seconds = resolutionTime;
    return false;
  }

  /** An open request, after all that were shorter. */
  void openFor(long age) {
    if (upper == NONE && age > seconds) {
      settle();
      seconds = age;
    }
    atRisk--;
  }

  /** Looks where the curve and its bands are, now that all of one time have come. */
  private void settle() {
    if (median == NONE && stillOpen <= .5 + KaplanMeier.TOLERANCE) {
      median = seconds;
    }
    if (stillOpen < 1 && stillOpen > KaplanMeier.TOLERANCE) {
      double hazard = -Math.log(stillOpen);
      double beyondHalf = Math.log(hazard / LOG_2);
      double error = Z * Math.sqrt(variance) / hazard;
      if (lower == NONE && beyondHalf >= -error) {
        lower = seconds;
      }
      if (upper == NONE && beyondHalf >= error) {
        upper = seconds;
      }
    }
  }

  /** The median of all that came. */
  Patterns.Group group() {
    if (upper == NONE) {
      settle();
    }
    long known = median == NONE ? seconds : median;
    return new Patterns.Group(
        TypeMedians.hours(known),
        median == NONE,
        requests,
        new Interval(
            TypeMedians.hours(lower == NONE ? known : lower),
            upper == NONE ? Double.POSITIVE_INFINITY : TypeMedians.hours(upper)));
  }
}
