package nyc311.predict;

import java.util.Optional;
import java.util.OptionalDouble;
import nyc311.medians.Curve;
import nyc311.medians.TypeMedians;
import nyc311.regression.Quantiles;

/**
 * The answer to a question.
 *
 * @param type the complaint type that was found, with its medians
 * @param hours the resolution time, or what is left of it
 * @param atLeast whether the median is only a lower bound
 * @param p90AtLeast whether p90 is only a lower bound
 * @param fallback why it is less than was asked for: it rests on the medians since the model does
 *     not know enough, or nothing is known of so long a wait; empty where neither is so
 * @param model the version of the regression that it rests on; empty where it rests on the medians
 * @param stillOpen the chance, 0 to 1, that a request is still open after as long as this one has
 *     been; empty where that was not asked
 */
record Estimate(
    TypeMedians type,
    Quantiles hours,
    boolean atLeast,
    boolean p90AtLeast,
    Optional<String> fallback,
    Optional<String> model,
    OptionalDouble stillOpen) {
  static final String UNKNOWN_TYPE = "the model does not know this complaint type";
  static final String UNKNOWN_DESCRIPTOR = "the model does not know this descriptor";
  static final String CONTRADICTED =
      "more than half of the newest requests take longer than the model says";
  static final String UNKNOWN_WAIT = "the model does not know so long a wait";
  static final String NEVER_FOLLOWED = "no request was followed for so long";

  /** What it rests on. */
  String basis() {
    return model.isPresent() ? "regression" : "median";
  }

  /** The published medians of a type, as they are. */
  static Estimate median(TypeMedians type) {
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
        type.atLeast(),
        type.p90AtLeast(),
        fallback,
        Optional.empty(),
        OptionalDouble.empty());
  }

  /** What a model says; it has learnt from open requests too, so it is no lower bound. */
  static Estimate regression(TypeMedians type, Quantiles hours, String model) {
    return new Estimate(
        type, hours, false, false, Optional.empty(), Optional.of(model), OptionalDouble.empty());
  }

  /**
   * What is left for a request that has been open for some hours.
   *
   * @param curve that of this estimate, from the request's beginning
   */
  Estimate after(double openForHours, Curve curve) {
    Curve left = curve.after(openForHours);
    Curve.Quantile p50 = left.quantile(.5);
    Curve.Quantile p90 = left.quantile(.9);
    return new Estimate(
        type,
        new Quantiles(left.quantile(.1).hours(), p50.hours(), p90.hours()),
        p50.atLeast(),
        p90.atLeast(),
        left.end() == 0 ? Optional.of(NEVER_FOLLOWED) : fallback,
        model,
        OptionalDouble.of(curve.stillOpen(openForHours)));
  }
}
