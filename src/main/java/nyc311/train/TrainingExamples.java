package nyc311.train;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.regression.Features;
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
  private final transient Truths truths;
  private final transient Map<String, String> agencies;
  private final long seed;

  private TrainingExamples(
      Observations observations,
      Truths truths,
      Map<String, String> agencies,
      long seed,
      ImmutableFeatureMap features,
      ImmutableOutputInfo<Regressor> outputs) {
    super(
        new SimpleDataSourceProvenance("NYC 311 as of " + observations.asOf(), FACTORY),
        FACTORY,
        features,
        outputs);
    this.observations = observations;
    this.truths = truths;
    this.agencies = agencies;
    this.seed = seed;
  }

  static TrainingExamples of(
      Observations observations, Offsets offsets, Map<String, String> agencies, long seed) {
    Truths truths = new Truths(offsets, new Labels(observations));
    MutableOutputInfo<Regressor> outputs = FACTORY.generateInfo();
    SplittableRandom random = new SplittableRandom(seed);
    observations.all().stream()
        .flatMap(observation -> truths.of(observation, random))
        .forEach(outputs::observe);
    return new TrainingExamples(
        observations,
        truths,
        agencies,
        seed,
        features(observations, agencies),
        outputs.generateImmutableOutputInfo());
  }

  /** Those seen often enough; and for each type all that say what is known of a request. */
  private static ImmutableFeatureMap features(
      Observations observations, Map<String, String> agencies) {
    MutableFeatureMap seen = new MutableFeatureMap();
    for (Observation observation : observations.all()) {
      Situation situation = observation.situation();
      Features.of(situation, agency(agencies, situation)).forEach(name -> seen.add(name, 1));
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

  private static Optional<String> agency(Map<String, String> agencies, Situation situation) {
    return Optional.ofNullable(agencies.get(situation.complaintType()));
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
    return truths
        .of(observation, random)
        .map(
            truth -> {
              Known known =
                  new Known(
                      dropout.nextDouble() >= DROPPED,
                      dropout.nextDouble() >= DROPPED,
                      dropout.nextDouble() >= DROPPED);
              Example<Regressor> example = example(situation.only(known), truth);
              example.setWeight((float) (weight / Labels.count(observation)));
              return example;
            });
  }

  private Example<Regressor> example(Situation situation, Regressor truth) {
    String[] names = Features.of(situation, agency(agencies, situation)).toArray(String[]::new);
    double[] ones = new double[names.length];
    Arrays.fill(ones, 1);
    return new ArrayExample<>(truth, names, ones);
  }

  /** What an observation's labels are, as deviations from the offsets. */
  private record Truths(Offsets offsets, Labels labels) {
    Stream<Regressor> of(Observation observation, SplittableRandom random) {
      double[] usual = offsets.of(observation.complaintType()).toArray();
      return Arrays.stream(labels.of(observation, random))
          .mapToObj(
              label ->
                  new Regressor(
                      OUTPUTS, Arrays.stream(usual).map(offset -> label - offset).toArray()));
    }
  }
}
