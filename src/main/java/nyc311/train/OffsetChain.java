package nyc311.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nyc311.medians.KaplanMeier;
import nyc311.regression.Offsets;
import nyc311.regression.QuantileTable;
import nyc311.regression.Quantiles;
import nyc311.regression.Situation;

/**
 * Learns the {@link Offsets}: weighted Kaplan–Meier quantiles, each drawn towards those of what it
 * is one of, as much as if so many requests had said the same. A narrow group with few requests
 * stays near the wider one that it is part of.
 */
final class OffsetChain {
  /** The weight of all requests in a type, of the type in its descriptor, and so on. */
  private static final double[] PRIORS = {5, 20, 30};

  /** The weight of the type in its borough. */
  private static final double BOROUGH_PRIOR = 20;

  private final double[] overall;
  private final Map<String, Group> groups = new HashMap<>();

  private OffsetChain(double[] overall) {
    this.overall = overall;
  }

  /** Requests of one kind, drawn to those of a wider kind; null for all. */
  private record Group(String parent, double prior, List<KaplanMeier.Weighted> durations) {}

  static Offsets learn(Observations observations) {
    double[] weights = observations.weights();
    List<KaplanMeier.Weighted> all = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      Observation observation = observations.all().get(i);
      all.add(new KaplanMeier.Weighted(observation.seconds(), observation.closed(), weights[i]));
    }
    OffsetChain chain = new OffsetChain(logHours(all));
    for (int i = 0; i < all.size(); i++) {
      chain.add(observations.all().get(i).situation(), all.get(i));
    }
    return chain.offsets();
  }

  private void add(Situation situation, KaplanMeier.Weighted duration) {
    List<String> names = Offsets.chain(situation);
    String parent = null;
    for (int i = 0; i < names.size(); i++) {
      add(names.get(i), parent, PRIORS[i], duration);
      parent = names.get(i);
    }
    if (situation.place().isPresent()) {
      add(Offsets.withoutDescriptor(situation), names.get(0), BOROUGH_PRIOR, duration);
    }
  }

  private void add(String name, String parent, double prior, KaplanMeier.Weighted duration) {
    groups
        .computeIfAbsent(name, same -> new Group(parent, prior, new ArrayList<>()))
        .durations
        .add(duration);
  }

  private Offsets offsets() {
    Map<String, double[]> drawn = new HashMap<>();
    for (String name : groups.keySet()) {
      drawn(name, drawn);
    }
    return new Offsets(QuantileTable.of(overall, drawn));
  }

  private double[] drawn(String name, Map<String, double[]> drawn) {
    if (name == null) {
      return overall;
    }
    double[] known = drawn.get(name);
    if (known != null) {
      return known;
    }
    Group group = groups.get(name);
    double[] wider = drawn(group.parent, drawn);
    double[] own = logHours(group.durations);
    double n = group.durations.stream().mapToDouble(KaplanMeier.Weighted::weight).sum();
    for (int i = 0; i < own.length; i++) {
      own[i] = (n * own[i] + group.prior * wider[i]) / (n + group.prior);
    }
    drawn.put(name, own);
    return own;
  }

  private static double[] logHours(List<KaplanMeier.Weighted> durations) {
    Quantiles hours = Training.hours(KaplanMeier.fit(durations));
    return hours.map(Math::log1p).toArray();
  }
}
