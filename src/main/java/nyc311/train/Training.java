package nyc311.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleUnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.medians.KaplanMeier;
import nyc311.regression.Offsets;
import nyc311.regression.Quantiles;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.Progress;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.regression.sgd.linear.LinearSGDTrainer;

/** Learns a regression from observations. The same seed and data give the same model. */
final class Training {
  private static final double LEARNING_RATE = .02;
  private static final int EPOCHS = 8;

  /** The weight of all types' quantiles in one type's, in requests. */
  private static final double PRIOR = 5;

  private static final Comparator<Map.Entry<String, Long>> MOST_FREQUENT_FIRST =
      Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
          .thenComparing(Map.Entry.comparingByKey());

  /** Kept, since a logger that nobody holds forgets its level. */
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  static {
    TRIBUO.setLevel(Level.WARNING);
  }

  private Training() {}

  static LearntModel train(Observations observations, long seed, Progress progress) {
    Offsets offsets = offsets(observations);
    Map<String, String> agencies = agencies(observations);
    TrainingExamples examples = TrainingExamples.of(observations, offsets, agencies, seed);
    long steps = (long) EPOCHS * examples.size();
    AtomicLong done = new AtomicLong();
    PinballObjective objective =
        new PinballObjective(Quantiles.LEVELS.stream().mapToDouble(Double::doubleValue).toArray())
            .onExample(() -> progress.show("training", done.incrementAndGet(), steps));
    // A trainer that is used twice goes on with its random numbers.
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(objective, new AdaGrad(LEARNING_RATE), EPOCHS, seed);
    return LearntModel.of(trainer.train(examples), offsets, agencies, descriptors(observations));
  }

  /** Quantiles of each type, drawn towards those of all types where there are few requests. */
  static Offsets offsets(Observations observations) {
    double[] weights = observations.weights();
    List<KaplanMeier.Weighted> all = new ArrayList<>();
    Map<String, List<KaplanMeier.Weighted>> byType = new TreeMap<>();
    for (int i = 0; i < weights.length; i++) {
      Observation observation = observations.all().get(i);
      KaplanMeier.Weighted weighted =
          new KaplanMeier.Weighted(observation.seconds(), observation.closed(), weights[i]);
      all.add(weighted);
      byType.computeIfAbsent(observation.complaintType(), type -> new ArrayList<>()).add(weighted);
    }
    double[] overall = logHours(all).toArray();
    Map<String, Quantiles> offsets = new HashMap<>();
    byType.forEach(
        (type, durations) -> {
          double n = durations.stream().mapToDouble(KaplanMeier.Weighted::weight).sum();
          double[] own = logHours(durations).toArray();
          for (int i = 0; i < own.length; i++) {
            own[i] = (n * own[i] + PRIOR * overall[i]) / (n + PRIOR);
          }
          offsets.put(type, Quantiles.sorted(own));
        });
    return new Offsets(Quantiles.sorted(overall), offsets);
  }

  private static Quantiles logHours(List<KaplanMeier.Weighted> durations) {
    return hours(KaplanMeier.fit(durations)).map(Math::log1p);
  }

  /** A curve's quantiles in hours; where it never gets there, the longest follow-up. */
  static Quantiles hours(KaplanMeier curve) {
    DoubleUnaryOperator hours = q -> curve.quantile(q).seconds() / 3600.0;
    return Quantiles.sorted(Quantiles.LEVELS.stream().mapToDouble(hours::applyAsDouble).toArray());
  }

  /** The most frequent agency of each type; of equally frequent ones the first by name. */
  static Map<String, String> agencies(Observations observations) {
    Map<String, String> agencies = new HashMap<>();
    observations
        .byType()
        .forEach(
            (type, all) ->
                counted(all.stream().map(Observation::agency))
                    .findFirst()
                    .ifPresent(agency -> agencies.put(type, agency.getKey())));
    return agencies;
  }

  /**
   * The descriptors of each type, the most frequent first, each in its most frequent spelling; of
   * equally frequent ones the first by name.
   */
  static Map<String, List<String>> descriptors(Observations observations) {
    Map<String, List<String>> descriptors = new HashMap<>();
    observations
        .byType()
        .forEach(
            (type, all) -> {
              Map<String, Map.Entry<String, Long>> byName = new HashMap<>();
              counted(all.stream().map(Observation::descriptor))
                  .filter(spelling -> ComplaintTypes.isName(spelling.getKey()))
                  .forEach(
                      spelling ->
                          byName.merge(
                              ComplaintTypes.normalise(spelling.getKey()),
                              spelling,
                              (first, other) ->
                                  Map.entry(first.getKey(), first.getValue() + other.getValue())));
              descriptors.put(
                  type,
                  byName.values().stream()
                      .sorted(MOST_FREQUENT_FIRST)
                      .map(Map.Entry::getKey)
                      .toList());
            });
    return descriptors;
  }

  /** How often each name comes, the most frequent first; null is none. */
  private static Stream<Map.Entry<String, Long>> counted(Stream<String> names) {
    return names
        .filter(Objects::nonNull)
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(MOST_FREQUENT_FIRST);
  }
}
