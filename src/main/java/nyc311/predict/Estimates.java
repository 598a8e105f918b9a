package nyc311.predict;

import java.util.Optional;
import nyc311.medians.TypeMedians;
import nyc311.regression.PublishedModel;
import nyc311.regression.Situation;

/**
 * All that is published, ready to be asked: one consistent state. Immutable.
 *
 * @param types the complaint types and their medians
 * @param model the regression, if one is published
 */
record Estimates(KnownTypes types, Optional<PublishedModel> model) {
  /** Empty when there is no such complaint type. */
  Optional<Estimate> estimate(Question question) {
    return types
        .find(question.complaintType())
        .map(type -> estimate(type, question.situation(type.complaintType())));
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
    return Estimate.regression(type, published.model().estimate(situation), published.version());
  }
}
