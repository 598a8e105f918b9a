package nyc311.medians;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The chance of being closed by each moment, as points from (0, 0) on that are joined by straight
 * lines in log1p(hours). It ends where nothing was followed for longer, or where all is closed:
 * nothing is said beyond. Immutable.
 */
public final class Curve {
  /** The chances of p10, p50 and p90. */
  private static final double[] LEVELS = {.1, .5, .9};

  private final double[] hours;
  private final double[] closedBy;

  /** Of points that ascend, in both, and begin at 0 hours. */
  private Curve(double[] hours, double[] closedBy) {
    this.hours = hours;
    this.closedBy = closedBy;
  }

  /**
   * A quantile of the time until a request is closed.
   *
   * @param hours the quantile, or the curve's end where it never gets there
   * @param atLeast whether the true quantile is only known to be no less than that
   */
  public record Quantile(double hours, boolean atLeast) {}

  /** Collects points; those that would lead back, as rounding can have it, move forward. */
  private static final class Points {
    private double[] hours = new double[64];
    private double[] closedBy = new double[64];
    private int size = 1;

    void add(double hour, double chance) {
      boolean same = hour <= hours[size - 1] && chance <= closedBy[size - 1];
      if (same || closedBy[size - 1] == 1) {
        return;
      }
      if (size == hours.length) {
        hours = Arrays.copyOf(hours, 2 * size);
        closedBy = Arrays.copyOf(closedBy, 2 * size);
      }
      hours[size] = Math.min(TypeMedians.MAX_HOURS, Math.max(hours[size - 1], hour));
      closedBy[size] = Math.max(closedBy[size - 1], chance);
      size++;
    }

    Curve curve() {
      return new Curve(Arrays.copyOf(hours, size), Arrays.copyOf(closedBy, size));
    }
  }

  /**
   * The curve of a complaint type as it is published. Its p10, p50 and p90 are the published ones,
   * as far as those are known. It ends at the longest follow-up.
   *
   * @param moments {@link Medians#moments} of the same publication
   */
  public static Curve of(TypeMedians type, List<Double> moments) {
    double[] quantiles = {type.p10(), type.p50(), type.p90()};
    boolean noP10 = type.atLeast() && type.p10() >= type.p50();
    int known = noP10 ? 0 : type.atLeast() ? 1 : type.p90AtLeast() ? 2 : 3;
    Points points = new Points();
    int next = 0;
    double atEnd = 0;
    for (int i = 0; i < type.closedBy().size(); i++) {
      double moment = moments.get(i);
      double chance = type.closedBy().get(i);
      if (moment > type.followUp()) {
        // Known only since all were closed by the end.
        atEnd = chance;
        break;
      }
      while (next < known && quantiles[next] <= moment) {
        points.add(quantiles[next], LEVELS[next++]);
      }
      // The chances are rounded: none may get to a quantile before its time.
      if (next == known || chance < LEVELS[next]) {
        points.add(moment, chance);
      }
    }
    while (next < known) {
      points.add(quantiles[next], LEVELS[next++]);
    }
    points.add(type.followUp(), atEnd);
    return points.curve();
  }

  /** The hours of the points, ascending from 0; two at the same hour are a step. */
  public List<Double> hours() {
    return Arrays.stream(hours).boxed().toList();
  }

  /** The chances of the points, 0 to 1, never descending. */
  public List<Double> closedBy() {
    return Arrays.stream(closedBy).boxed().toList();
  }

  /** The last hour that anything is known of; 0 when nothing is. */
  public double end() {
    return hours[hours.length - 1];
  }

  /**
   * The chance of being closed by a moment; empty after the end.
   *
   * @param hour from the beginning, not negative
   */
  public OptionalDouble closedBy(double hour) {
    return hour > end() ? OptionalDouble.empty() : OptionalDouble.of(chance(hour));
  }

  /** The same; after the end, the last one that is known. */
  private double chance(double hour) {
    int after = 0;
    while (after < hours.length && hours[after] <= hour) {
      after++;
    }
    if (after == hours.length) {
      return closedBy[after - 1];
    }
    double from = Math.log1p(hours[after - 1]);
    double way = (Math.log1p(hour) - from) / (Math.log1p(hours[after]) - from);
    return closedBy[after - 1] + way * (closedBy[after] - closedBy[after - 1]);
  }

  /**
   * The first moment by which the chance of being closed is as high as this.
   *
   * @param chance between 0 and 1, both exclusive
   */
  public Quantile quantile(double chance) {
    if (!(chance > 0 && chance < 1)) {
      throw new IllegalArgumentException("chance must be between 0 and 1: " + chance);
    }
    int reached = 0;
    while (reached < hours.length && closedBy[reached] < chance) {
      reached++;
    }
    if (reached == hours.length) {
      return new Quantile(end(), true);
    }
    double way = (chance - closedBy[reached - 1]) / (closedBy[reached] - closedBy[reached - 1]);
    double from = Math.log1p(hours[reached - 1]);
    double to = Math.log1p(hours[reached]);
    return new Quantile(way == 1 ? hours[reached] : Math.expm1(from + way * (to - from)), false);
  }

  /**
   * The chance that a request is still open after so long; one that was just made is. Empty after
   * the end.
   *
   * @param openForHours not negative
   */
  public OptionalDouble stillOpen(double openForHours) {
    if (openForHours == 0) {
      return OptionalDouble.of(1);
    }
    return openForHours > end()
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - chance(openForHours));
  }

  /** The curve as far as this, where it goes on for longer. */
  public Curve until(double hour) {
    if (end() <= hour) {
      return this;
    }
    Points points = new Points();
    for (int i = 1; hours[i] <= hour; i++) {
      points.add(hours[i], closedBy[i]);
    }
    points.add(hour, chance(hour));
    return points.curve();
  }

  /**
   * The curve of the time that is left for a request that is still open: with F for this curve,
   * (F(a + t) − F(a)) / (1 − F(a)). Nothing is known, and it ends at once, for one that has been
   * open for longer than any was followed.
   *
   * @param openForHours a, not negative
   */
  public Curve after(double openForHours) {
    if (openForHours == 0) {
      return this;
    }
    Points points = new Points();
    double before = chance(openForHours);
    if (openForHours < end() && before < 1) {
      int own = 0;
      for (double left : hours) {
        while (own < hours.length && hours[own] <= openForHours + left) {
          if (hours[own] > openForHours) {
            points.add(hours[own] - openForHours, (closedBy[own] - before) / (1 - before));
          }
          own++;
        }
        // What is straight here is not so when counted from later on: with this curve's points
        // alone the next hours would look too good. So its hours count from there as well.
        if (own < hours.length) {
          points.add(left, (chance(openForHours + left) - before) / (1 - before));
        }
      }
    }
    return points.curve();
  }

  /**
   * The curve of a place and time: this one with its times stretched so that it has these
   * quantiles. Between 0, p10, p50 and p90 they are stretched evenly in log1p(hours), and moved on
   * alike after that. A curve that does not reach p90 has no shape to give: then only these are
   * joined.
   *
   * @param p10 in hours
   * @param p50 not before p10
   * @param p90 not before p50
   */
  public Curve through(double p10, double p50, double p90) {
    double[] targets = {p10, p50, p90};
    if (closedBy[closedBy.length - 1] < LEVELS[2]) {
      return joined(targets);
    }
    Points points = new Points();
    double[] sources = new double[LEVELS.length];
    for (int i = 0; i < LEVELS.length; i++) {
      sources[i] = quantile(LEVELS[i]).hours();
    }
    int part = 0;
    for (int i = 1; i < hours.length; i++) {
      // A step of this curve may span several parts.
      while (part < LEVELS.length && closedBy[i] >= LEVELS[part]) {
        points.add(targets[part], LEVELS[part]);
        part++;
      }
      if (part == 0 || hours[i] > sources[part - 1] || closedBy[i] > LEVELS[part - 1]) {
        points.add(stretched(i, part, sources, targets), closedBy[i]);
      }
    }
    return points.curve();
  }

  /**
   * The quantiles alone, joined; with as many points as any curve, since what is left after a wait
   * is reckoned from points.
   */
  private static Curve joined(double[] quantiles) {
    Points ends = new Points();
    for (int i = 0; i < quantiles.length; i++) {
      ends.add(quantiles[i], LEVELS[i]);
    }
    Curve straight = ends.curve();
    Points points = new Points();
    int next = 0;
    for (double moment : Medians.MOMENTS) {
      while (next < quantiles.length && quantiles[next] <= moment) {
        points.add(quantiles[next], LEVELS[next++]);
      }
      if (next < quantiles.length) {
        points.add(moment, straight.chance(moment));
      }
    }
    while (next < quantiles.length) {
      points.add(quantiles[next], LEVELS[next++]);
    }
    return points.curve();
  }

  /** Where a point of this curve goes that lies between two quantiles, or after the last one. */
  private double stretched(int point, int part, double[] sources, double[] targets) {
    double from = part == 0 ? 0 : Math.log1p(sources[part - 1]);
    double to = part == 0 ? 0 : Math.log1p(targets[part - 1]);
    double way = Math.log1p(hours[point]) - from;
    if (part < LEVELS.length) {
      double length = Math.log1p(sources[part]) - from;
      way *= length > 0 ? (Math.log1p(targets[part]) - to) / length : 0;
    }
    return Math.expm1(to + way);
  }
}
