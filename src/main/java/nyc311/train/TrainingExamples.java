package nyc311.train;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.regression.Features;
import nyc311.regression.LearntType;
import nyc311.regression.Offsets;
import nyc311.regression.Quantiles;
import nyc311.regression.Situation;
import nyc311.regression.Situation.Known;
import org.tribuo.Example;
import org.tribuo.ImmutableDataset;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.MutableFeatureMap;
import org.tribuo.MutableOutputInfo;
import org.tribuo.VariableInfo;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;

/**
 * The observations as Tribuo learns from them: made anew in each pass, always the same, since all
 * together would not fit into the memory. The truth is the deviation from the offsets.
 */
final class TrainingExamples extends ImmutableDataset<Regressor> {
  private static final long serialVersionUID = 1L;

  /** What is seen less often is noise. */
  private static final int MIN_ROWS = 20;

  /** The share of examples that are deprived of what a client may not tell, part by part. */
  private static final double DROPPED = .2;

  private static final RegressionFactory FACTORY = new RegressionFactory();
  private static final String[] OUTPUTS = Quantiles.NAMES.toArray(String[]::new);

  private final transient Observations observations;
  private final transient Offsets offsets;
  private final transient Labels labels;
  private final transient Map<String, LearntType> types;
  private final long seed;

  private TrainingExamples(
      Observations observations,
      Offsets offsets,
      Map<String, LearntType> types,
      long seed,
      ImmutableFeatureMap features,
      ImmutableOutputInfo<Regressor> outputs) {
    super(
        new SimpleDataSourceProvenance("NYC 311 as of " + observations.asOf(), FACTORY),
        FACTORY,
        features,
        outputs);
    this.observations = observations;
    this.offsets = offsets;
    this.labels = new Labels(observations);
    this.types = types;
    this.seed = seed;
  }

  static TrainingExamples of(
      Observations observations, Offsets offsets, Map<String, LearntType> types, long seed) {
    MutableOutputInfo<Regressor> outputs = FACTORY.generateInfo();
    // Tribuo needs the names alone.
    outputs.observe(new Regressor(OUTPUTS, new double[OUTPUTS.length]));
    return new TrainingExamples(
        observations,
        offsets,
        types,
        seed,
        features(observations, types),
        outputs.generateImmutableOutputInfo());
  }

  /** Those seen often enough; and for each type all that say what is known of a request. */
  private static ImmutableFeatureMap features(
      Observations observations, Map<String, LearntType> types) {
    MutableFeatureMap seen = new MutableFeatureMap();
    for (Observation observation : observations.all()) {
      Situation situation = observation.situation();
      Features.of(situation, agency(types, situation)).forEach(name -> seen.add(name, 1));
    }
    MutableFeatureMap kept = new MutableFeatureMap();
    for (VariableInfo feature : seen) {
      if (feature.getCount() >= MIN_ROWS) {
        kept.put(feature);
      }
    }
    for (String type : observations.byType().keySet()) {
      for (Known known : Known.ALL) {
        Features.presence(type, known).stream()
            .filter(name -> kept.get(name) == null)
            .forEach(name -> kept.add(name, 1));
      }
    }
    return new ImmutableFeatureMap(kept);
  }

  private static Optional<String> agency(Map<String, LearntType> types, Situation situation) {
    return types.get(situation.complaintType()).agency();
  }

  @Override
  public int size() {
    return observations.all().stream().mapToInt(Labels::count).sum();
  }

  @Override
  public synchronized Iterator<Example<Regressor>> iterator() {
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom dropout = new SplittableRandom(~seed);
    double[] weights = observations.weights();
    return IntStream.range(0, weights.length)
        .boxed()
        .flatMap(i -> examples(observations.all().get(i), weights[i], random, dropout))
        .iterator();
  }

  private Stream<Example<Regressor>> examples(
      Observation observation, double weight, SplittableRandom random, SplittableRandom dropout) {
    Situation situation = observation.situation();
    return Arrays.stream(labels.of(observation, random))
        .mapToObj(
            label -> {
              Known known =
                  new Known(
                      dropout.nextDouble() >= DROPPED,
                      dropout.nextDouble() >= DROPPED,
                      dropout.nextDouble() >= DROPPED);
              Example<Regressor> example = example(situation.only(known), label);
              example.setWeight((float) (weight / Labels.count(observation)));
              return example;
            });
  }

  /** What is left of a situation says where its truth starts from. */
  private Example<Regressor> example(Situation situation, double label) {
    double[] truth = offsets.of(situation);
    for (int i = 0; i < truth.length; i++) {
      truth[i] = label - truth[i];
    }
    String[] names = Features.of(situation, agency(types, situation)).toArray(String[]::new);
    double[] ones = new double[names.length];
    Arrays.fill(ones, 1);
    return new ArrayExample<>(new Regressor(OUTPUTS, truth), names, ones);
  }
}
