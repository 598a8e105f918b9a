package nyc311.predict;

import java.util.Optional;
import nyc311.medians.TypeMedians;
import nyc311.regression.Quantiles;

/**
 * The answer to a question.
 *
 * @param type the complaint type that was found, with its medians
 * @param hours the resolution time
 * @param atLeast whether the median is only a lower bound
 * @param p90AtLeast whether p90 is only a lower bound
 * @param fallback why it rests on the medians although more than a type was asked for; empty where
 *     it does not, or where no model is published
 * @param model the version of the regression that it rests on; empty where it rests on the medians
 */
record Estimate(
    TypeMedians type,
    Quantiles hours,
    boolean atLeast,
    boolean p90AtLeast,
    Optional<String> fallback,
    Optional<String> model) {
  static final String UNKNOWN_TYPE = "the model does not know this complaint type";
  static final String UNKNOWN_DESCRIPTOR = "the model does not know this descriptor";

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
        Optional.empty());
  }

  /** What a model says; it has learnt from open requests too, so it is no lower bound. */
  static Estimate regression(TypeMedians type, Quantiles hours, String model) {
    return new Estimate(type, hours, false, false, Optional.empty(), Optional.of(model));
  }
}
