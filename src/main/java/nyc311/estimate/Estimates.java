package nyc311.estimate;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import nyc311.medians.Curve;
import nyc311.medians.TypeMedians;
import nyc311.regression.PublishedModel;
import nyc311.regression.Situation;

/**
 * All that is published, ready to be asked: one consistent state. Immutable.
 *
 * @param types the complaint types and their medians
 * @param model the regression, if one is published
 */
public record Estimates(KnownTypes types, Optional<PublishedModel> model) {
  /**
   * An estimate, and the chances behind it.
   *
   * @param asked of what was asked
   * @param overall of its complaint type, wherever and whenever
   */
  public record Curves(Estimate estimate, Curve asked, Curve overall) {
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
   * Estimates how long a request takes, or what is left of it.
   *
   * @param type the medians of its complaint type, one of {@link #types}
   * @param situation what is known of it, of that type
   * @param openForHours how long it has been open, if it has been made
   */
  public Estimate estimate(TypeMedians type, Situation situation, OptionalDouble openForHours) {
    return openForHours.isPresent()
        ? curves(type, situation, openForHours).estimate()
        : Rules.believed(type, situation, model).estimate();
  }

  /** The same with the chances behind it. */
  public Curves curves(TypeMedians type, Situation situation, OptionalDouble openForHours) {
    Curves fresh = curves(type, situation);
    return openForHours.isEmpty() ? fresh : after(fresh, type, openForHours.getAsDouble());
  }

  private Curves curves(TypeMedians type, Situation situation) {
    Rules.Believed believed = Rules.believed(type, situation, model);
    Curve overall = Curve.of(type, types.medians().moments());
    Curve asked =
        believed
            .regression()
            .map(hours -> overall.through(hours.p10(), hours.p50(), hours.p90()))
            .map(curve -> curve.until(type.followUp()))
            .orElse(overall);
    return new Curves(believed.estimate(), asked, overall);
  }

  /**
   * The same for a request that has been open for some hours: what is left of it.
   *
   * @param fresh what was told of it when it was made
   * @param type the medians of its complaint type
   */
  public Curves after(Curves fresh, TypeMedians type, double waited) {
    OptionalInt followed = type.followedFor(waited, types.medians().moments());
    if (waited >= fresh.asked.end() && waited < fresh.overall.end()) {
      // A curve that is stretched to be shorter ends before the requests behind it do.
      Estimate known = Estimate.fallback(type, Estimate.UNKNOWN_WAIT);
      return new Curves(known, fresh.overall, fresh.overall).after(waited, followed);
    }
    return fresh.after(waited, followed);
  }
}
