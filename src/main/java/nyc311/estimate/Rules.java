package nyc311.estimate;

import java.util.Optional;
import nyc311.medians.Interval;
import nyc311.medians.TypeMedians;
import nyc311.regression.LearntType;
import nyc311.regression.PublishedModel;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import nyc311.regression.Situation;

/**
 * Whether the medians of a complaint type are believed or the regression: the only place where they
 * meet. In this order:
 *
 * <ol>
 *   <li>A type alone is what the medians are for.
 *   <li>A type that the model has not learnt is answered from the medians; a descriptor that it has
 *       not learnt is left out of the question.
 *   <li>A model's median that lies farther from what the medians know than place, time and
 *       descriptor move it as a rule is drawn to them, the less the model has learnt of the type.
 *   <li>Where more than half of the newest requests are open for longer than the model's median,
 *       the medians' lower bound is right and the model is not.
 *   <li>A known median says more than a model's lower bound beyond all follow-up.
 * </ol>
 */
public final class Rules {
  /**
   * How far, in log1p(hours), place and time move the median of a type from the type's own: 99 in
   * 100 of the backtest's types with 300 requests or more were moved by less.
   */
  private static final double SPAN = 1.1;

  /** The same with a descriptor. */
  private static final double SPAN_WITH_DESCRIPTOR = 2;

  /** The weight of the medians in what is drawn to them, in requests that the model learnt from. */
  private static final double PRIOR = 50;

  private Rules() {}

  /**
   * What is believed.
   *
   * @param regression the quantiles that the estimate rests on, in hours and as far as the model
   *     says; empty where it rests on the medians
   */
  public record Believed(Estimate estimate, Optional<Quantiles> regression) {
    private Believed because(String why) {
      return new Believed(estimate.because(why), regression);
    }
  }

  public static Believed believed(
      TypeMedians type, Situation situation, Optional<PublishedModel> model) {
    Situation typeAlone = Situation.of(type.complaintType());
    if (model.isEmpty() || situation.equals(typeAlone)) {
      return new Believed(Estimate.median(type), Optional.empty());
    }
    RegressionModel regression = model.get().model();
    if (!regression.knowsType(typeAlone.complaintType())) {
      return medians(type, Estimate.UNKNOWN_TYPE);
    }
    if (!regression.knowsDescriptor(situation)) {
      Situation without = situation.withoutDescriptor();
      return without.equals(typeAlone)
          ? medians(type, Estimate.UNKNOWN_DESCRIPTOR)
          : believed(type, without, model).because(Estimate.UNKNOWN_DESCRIPTOR);
    }
    LearntType learnt = regression.types().get(typeAlone.complaintType());
    Quantiles hours = drawn(regression.estimate(situation), situation, learnt, type);
    if (type.atLeast() && hours.p50() < type.p50()) {
      return medians(type, Estimate.CONTRADICTED);
    }
    if (!type.atLeast() && hours.p50() > type.followUp()) {
      return medians(type, Estimate.BEYOND);
    }
    return new Believed(
        Estimate.regression(type, hours, model.get().version()), Optional.of(hours));
  }

  private static Believed medians(TypeMedians type, String why) {
    return new Believed(Estimate.fallback(type, why), Optional.empty());
  }

  private static Quantiles drawn(
      Quantiles hours, Situation situation, LearntType learnt, TypeMedians type) {
    double span = situation.descriptor().isPresent() ? SPAN_WITH_DESCRIPTOR : SPAN;
    Interval known = type.interval();
    double median = Math.log1p(hours.p50());
    boolean within =
        median >= Math.log1p(known.lower()) - span && median <= Math.log1p(known.upper()) + span;
    if (type.atLeast() || !known.isTold() || within) {
      return hours;
    }
    double own = learnt.requests() / (learnt.requests() + PRIOR);
    return new Quantiles(
        drawn(hours.p10(), type.p10(), own),
        drawn(hours.p50(), type.p50(), own),
        drawn(hours.p90(), type.p90(), own));
  }

  private static double drawn(double hours, double to, double own) {
    return Math.expm1(own * Math.log1p(hours) + (1 - own) * Math.log1p(to));
  }
}
