package nyc311.estimate;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import nyc311.medians.Curve;
import nyc311.medians.Interval;
import nyc311.medians.TypeMedians;
import nyc311.regression.Quantiles;

/**
 * The answer to a question.
 *
 * @param type the complaint type that was found, with its medians
 * @param hours the resolution time, or what is left of it; none is beyond what requests of the type
 *     were followed for
 * @param p10AtLeast whether p10 is only a lower bound, and so there is no range
 * @param atLeast whether the median is only a lower bound
 * @param p90AtLeast whether p90 is only a lower bound
 * @param rough whether it rests on so little that it may be far off
 * @param followed how many requests were followed for as long as this one has been open, at least;
 *     empty where that was not asked, or is not told
 * @param fallback why it is less than was asked for: it rests on the medians, or leaves the
 *     descriptor out, since the model does not know enough, or nothing is known of so long a wait;
 *     empty where none is so
 * @param model the version of the regression that it rests on; empty where it rests on the medians
 * @param stillOpen the chance, 0 to 1, that a request is still open after as long as this one has
 *     been; empty where that was not asked, or none was followed for so long
 */
public record Estimate(
    TypeMedians type,
    Quantiles hours,
    boolean p10AtLeast,
    boolean atLeast,
    boolean p90AtLeast,
    boolean rough,
    OptionalInt followed,
    Optional<String> fallback,
    Optional<String> model,
    OptionalDouble stillOpen) {
  public static final String UNKNOWN_TYPE = "the model does not know this complaint type";
  public static final String UNKNOWN_DESCRIPTOR = "the model does not know this descriptor";
  public static final String CONTRADICTED =
      "more than half of the newest requests take longer than the model says";
  public static final String BEYOND = "the model says longer than any request was followed";
  public static final String UNKNOWN_WAIT = "the model does not know so long a wait";
  public static final String NEVER_FOLLOWED = "no request was followed for so long";

  /** Fewer that are still followed tell only roughly how it goes on. */
  private static final int FEW = 30;

  /** What it rests on. */
  public String basis() {
    return model.isPresent() ? "regression" : "median";
  }

  /** The published medians of a type, as they are. */
  public static Estimate median(TypeMedians type) {
    return median(type, Optional.empty());
  }

  /** The published medians of a type, for want of something nearer to the question. */
  static Estimate fallback(TypeMedians type, String why) {
    return median(type, Optional.of(why));
  }

  private static Estimate median(TypeMedians type, Optional<String> fallback) {
    return new Estimate(
        type,
        new Quantiles(type.p10(), type.p50(), type.p90()),
        type.p10AtLeast(),
        type.atLeast(),
        type.p90AtLeast(),
        type.interval().isRough(),
        OptionalInt.empty(),
        fallback,
        Optional.empty(),
        OptionalDouble.empty());
  }

  /** What a model says, as far as requests of the type were followed. */
  static Estimate regression(TypeMedians type, Quantiles hours, String model) {
    double end = type.followUp();
    return new Estimate(
        type,
        hours.map(quantile -> Math.min(quantile, end)),
        hours.p10() > end,
        hours.p50() > end,
        hours.p90() > end,
        type.interval().isRough(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.of(model),
        OptionalDouble.empty());
  }

  /** The same, with a reason why it is less than was asked for unless it has one. */
  Estimate because(String why) {
    return new Estimate(
        type,
        hours,
        p10AtLeast,
        atLeast,
        p90AtLeast,
        rough,
        followed,
        fallback.or(() -> Optional.of(why)),
        model,
        stillOpen);
  }

  /** Where the median lies; empty unless it is the type's own, of requests that were just made. */
  public Optional<Interval> interval() {
    boolean itsOwn = model.isEmpty() && stillOpen.isEmpty() && followed.isEmpty();
    return Optional.of(type.interval()).filter(interval -> itsOwn && interval.isTold());
  }

  /**
   * What is left for a request that has been open for some hours.
   *
   * @param curve that of this estimate, from the request's beginning
   * @param followed how many requests were followed for as long
   */
  Estimate after(double openForHours, Curve curve, OptionalInt followed) {
    Curve left = curve.after(openForHours);
    Curve.Quantile p10 = left.quantile(.1);
    Curve.Quantile p50 = left.quantile(.5);
    Curve.Quantile p90 = left.quantile(.9);
    return new Estimate(
        type,
        new Quantiles(p10.hours(), p50.hours(), p90.hours()),
        p10.atLeast(),
        p50.atLeast(),
        p90.atLeast(),
        followed.orElse(FEW) < FEW,
        followed,
        left.end() == 0 ? Optional.of(NEVER_FOLLOWED) : fallback,
        model,
        curve.stillOpen(openForHours));
  }
}
