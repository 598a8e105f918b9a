package nyc311.predict;

import java.util.Optional;
import java.util.OptionalInt;
import nyc311.medians.Curve;
import nyc311.medians.TypeMedians;
import nyc311.regression.PublishedModel;
import nyc311.regression.Quantiles;
import nyc311.regression.Situation;

/**
 * All that is published, ready to be asked: one consistent state. Immutable.
 *
 * @param types the complaint types and their medians
 * @param model the regression, if one is published
 */
record Estimates(KnownTypes types, Optional<PublishedModel> model) {
  /**
   * An estimate, and the chances behind it.
   *
   * @param asked of what was asked
   * @param overall of its complaint type, wherever and whenever
   */
  record Curves(Estimate estimate, Curve asked, Curve overall) {
    /**
     * The same for a request that has been open for some hours: counted from now.
     *
     * @param followed how many requests were followed for as long
     */
    Curves after(double openForHours, OptionalInt followed) {
      return new Curves(
          estimate.after(openForHours, asked, followed),
          asked.after(openForHours),
          overall.after(openForHours));
    }
  }

  /**
   * Answers a question.
   *
   * @param type what the question's complaint type was found to be
   */
  Estimate estimate(Question question, TypeMedians type) {
    return question.openForHours().isPresent()
        ? curves(question, type).estimate()
        : estimate(type, question.situation(type.complaintType()));
  }

  /** The same with the chances behind it. */
  Curves curves(Question question, TypeMedians type) {
    Situation situation = question.situation(type.complaintType());
    Estimate estimate = estimate(type, situation);
    Curve overall = Curve.of(type, types.medians().moments());
    Curve asked = estimate.model().isPresent() ? asked(overall, type, situation) : overall;
    Curves curves = new Curves(estimate, asked, overall);
    if (question.openForHours().isEmpty()) {
      return curves;
    }
    double openForHours = question.openForHours().getAsDouble();
    OptionalInt followed = type.followedFor(openForHours, types.medians().moments());
    if (openForHours >= asked.end() && openForHours < overall.end()) {
      // A curve that is stretched to be shorter ends before the requests behind it do.
      Estimate known = Estimate.fallback(type, Estimate.UNKNOWN_WAIT);
      return new Curves(known, overall, overall).after(openForHours, followed);
    }
    return curves.after(openForHours, followed);
  }

  private Curve asked(Curve overall, TypeMedians type, Situation situation) {
    Quantiles hours = model.orElseThrow().model().estimate(situation);
    return overall.through(hours.p10(), hours.p50(), hours.p90()).until(type.followUp());
  }

  /** A question for a type alone is what the medians are for. */
  private Estimate estimate(TypeMedians type, Situation situation) {
    Situation typeAlone = Situation.of(type.complaintType());
    if (model.isEmpty() || situation.equals(typeAlone)) {
      return Estimate.median(type);
    }
    PublishedModel published = model.get();
    if (!published.model().knows(typeAlone)) {
      return Estimate.fallback(type, Estimate.UNKNOWN_TYPE);
    }
    if (!published.model().knows(situation)) {
      return Estimate.fallback(type, Estimate.UNKNOWN_DESCRIPTOR);
    }
    Quantiles hours = published.model().estimate(situation);
    // What is newest is seen by the medians only: of such a type more than half are still open.
    if (type.atLeast() && hours.p50() < type.p50()) {
      return Estimate.fallback(type, Estimate.CONTRADICTED);
    }
    // A known median says more than a lower bound.
    return !type.atLeast() && hours.p50() > type.followUp()
        ? Estimate.fallback(type, Estimate.BEYOND)
        : Estimate.regression(type, hours, published.version());
  }
}
