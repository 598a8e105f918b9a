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
 * @param basis what it rests on, and why if that is not what was hoped for
 * @param model the version of the regression that it rests on; empty where it rests on the medians
 */
record Estimate(
    TypeMedians type,
    Quantiles hours,
    boolean atLeast,
    boolean p90AtLeast,
    String basis,
    Optional<String> model) {
  static final String REGRESSION = "regression";
  static final String MEDIAN = "median";
  static final String UNKNOWN_TYPE = "median: the model does not know this complaint type";
  static final String UNKNOWN_DESCRIPTOR = "median: the model does not know this descriptor";

  /** The published medians of a type, as they are. */
  static Estimate median(TypeMedians type, String basis) {
    return new Estimate(
        type,
        new Quantiles(type.p10(), type.p50(), type.p90()),
        type.atLeast(),
        type.p90AtLeast(),
        basis,
        Optional.empty());
  }

  /** What a model says; it has learnt from open requests too, so it is no lower bound. */
  static Estimate regression(TypeMedians type, Quantiles hours, String model) {
    return new Estimate(type, hours, false, false, REGRESSION, Optional.of(model));
  }
}
