package nyc311.train;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleUnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.medians.KaplanMeier;
import nyc311.regression.LearntType;
import nyc311.regression.Offsets;
import nyc311.regression.Quantiles;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.Progress;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.regression.sgd.linear.LinearSGDTrainer;

/** Learns a regression from observations. The same seed and data give the same model. */
final class Training {
  private static final double LEARNING_RATE = .01;
  private static final int EPOCHS = 8;

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
    Offsets offsets = OffsetChain.learn(observations);
    Map<String, LearntType> types = types(observations);
    TrainingExamples examples = TrainingExamples.of(observations, offsets, types, seed);
    long steps = (long) EPOCHS * examples.size();
    AtomicLong done = new AtomicLong();
    PinballObjective objective =
        new PinballObjective(Quantiles.LEVELS.stream().mapToDouble(Double::doubleValue).toArray())
            .onExample(() -> progress.show("training", done.incrementAndGet(), steps));
    // A trainer that is used twice goes on with its random numbers.
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(objective, new AdaGrad(LEARNING_RATE), EPOCHS, seed);
    return LearntModel.of(trainer.train(examples), offsets, types);
  }

  /** A curve's quantiles in hours; where it never gets there, the longest follow-up. */
  static Quantiles hours(KaplanMeier curve) {
    DoubleUnaryOperator hours = q -> curve.quantile(q).seconds() / 3600.0;
    return Quantiles.sorted(Quantiles.LEVELS.stream().mapToDouble(hours::applyAsDouble).toArray());
  }

  /**
   * The complaint types: the most frequent agency of each, of equally frequent ones the first by
   * name, and its descriptors, known well enough or not.
   */
  static Map<String, LearntType> types(Observations observations) {
    Map<String, Double> weights = new HashMap<>();
    double[] each = observations.weights();
    for (int i = 0; i < each.length; i++) {
      weights.merge(observations.all().get(i).complaintType(), each[i], Double::sum);
    }
    Map<String, LearntType> types = new HashMap<>();
    observations
        .byType()
        .forEach(
            (type, all) ->
                types.put(
                    type,
                    new LearntType(
                        counted(all.stream().map(Observation::agency))
                            .findFirst()
                            .map(Map.Entry::getKey),
                        weights.get(type),
                        Drifts.of(all, observations.asOf()),
                        descriptors(all))));
    return types;
  }

  /**
   * The descriptors of a type, the most frequent first, each in its most frequent spelling; of
   * equally frequent ones the first by name.
   */
  private static List<String> descriptors(List<Observation> ofOneType) {
    Map<String, Map.Entry<String, Long>> byName = new HashMap<>();
    counted(ofOneType.stream().map(Observation::descriptor))
        .filter(spelling -> ComplaintTypes.isName(spelling.getKey()))
        .forEach(
            spelling ->
                byName.merge(
                    ComplaintTypes.normalise(spelling.getKey()),
                    spelling,
                    (first, other) ->
                        Map.entry(first.getKey(), first.getValue() + other.getValue())));
    return byName.values().stream().sorted(MOST_FREQUENT_FIRST).map(Map.Entry::getKey).toList();
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
