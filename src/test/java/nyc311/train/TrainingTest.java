package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import nyc311.Draw;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.regression.LearntType;
import nyc311.regression.PublishedModel;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import nyc311.regression.Situation;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private static final Instant AFTER_FOUR_WEEKS = World.at(28 * 24);
  private static final Observations BUSY = World.busy(1).known(AFTER_FOUR_WEEKS);
  private static final LearntModel LEARNT = Training.train(BUSY, 1, World.SILENT);
  private static final RegressionModel MODEL = LEARNT.served();
  private static final PublishedModel SAVED = saved(LEARNT);

  @Test
  void quantilesAreInOrderFiniteAndNotNegative() {
    Draw.cases(
        1_000,
        draw -> {
          Quantiles estimate = MODEL.estimate(situation(draw));

          assertThat(estimate.p10()).isBetween(0.0, estimate.p50());
          assertThat(estimate.p90()).isBetween(estimate.p50(), 100_000.0);
        });
  }

  @Test
  void aSavedModelAnswersTheSame() {
    Draw.cases(
        1_000,
        draw -> {
          Situation situation = situation(draw);
          Quantiles saved = SAVED.model().estimate(situation);
          Quantiles trained = MODEL.estimate(situation);

          assertThat(saved.p10()).isCloseTo(trained.p10(), within(1e-9));
          assertThat(saved.p50()).isCloseTo(trained.p50(), within(1e-9));
          assertThat(saved.p90()).isCloseTo(trained.p90(), within(1e-9));
          assertThat(SAVED.model().knowsDescriptor(situation))
              .isEqualTo(MODEL.knowsDescriptor(situation));
          assertThat(SAVED.model().types().keySet()).isEqualTo(MODEL.types().keySet());
        });
  }

  private static PublishedModel saved(LearntModel learnt) {
    Map<String, byte[]> objects =
        learnt.objects(
            new byte[] {'{', '}'}, Instant.parse("2019-04-08T16:00:00Z"), Optional.empty());
    Function<String, Optional<StoredObject>> bucket =
        key ->
            Optional.ofNullable(objects.get(key))
                .map(
                    bytes ->
                        new StoredObject(
                            new ObjectHead(key, "", Instant.EPOCH, bytes.length, Map.of()),
                            new ByteArrayInputStream(bytes)));
    try {
      return PublishedModel.read(bucket.apply(Keys.MODEL_POINTER).orElseThrow(), bucket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Situation situation(Draw draw) {
    return new Situation(
        draw.oneOf("noise residential", "Heat/Hot Water", "unheard of"),
        draw.optional(() -> draw.oneOf("Loud Music/Party", "?")),
        draw.optional(() -> new Place(draw.between(40.4, 41.0), draw.between(-74.4, -73.6))),
        draw.optional(
            () -> LocalDateTime.parse("2015-01-01T00:30").plusHours(draw.between(0, 100_000))));
  }

  @Test
  void oneSeedGivesOneModel() {
    Situation situation = BUSY.all().get(0).situation();

    assertThat(Training.train(BUSY, 1, World.SILENT).served().estimate(situation))
        .isEqualTo(MODEL.estimate(situation));
    assertThat(Training.train(BUSY, 2, World.SILENT).served().estimate(situation))
        .isNotEqualTo(MODEL.estimate(situation));
  }

  @Test
  void placeAndTimeMoveTheEstimate() {
    Situation north =
        BUSY.all().stream()
            .filter(one -> one.place().equals(World.NORTH))
            .findFirst()
            .orElseThrow()
            .situation();
    Situation south =
        new Situation(
            north.complaintType(), north.descriptor(), Optional.of(World.SOUTH), north.created());

    assertThat(MODEL.estimate(south).p50()).isGreaterThan(1.5 * MODEL.estimate(north).p50());
  }

  @Test
  void knowsTheTypesAndDescriptorsItHasLearntFrom() {
    assertThat(MODEL.knowsType("noise residential")).isTrue();
    assertThat(MODEL.knowsType("unheard of")).isFalse();
    assertThat(MODEL.knowsDescriptor(Situation.of("noise residential"))).isTrue();
    assertThat(
            MODEL.knowsDescriptor(
                new Situation(
                    "noise residential",
                    Optional.of("unheard of"),
                    Optional.empty(),
                    Optional.empty())))
        .isFalse();
  }

  @Test
  void sixtyDaysHalveTheWeight() {
    World world = new World().closed("a", "A", null, 0, 1).closed("a", "A", null, 60 * 24, 1);

    double[] weights = world.known(World.at(61 * 24)).weights();

    assertThat(weights[1] / weights[0]).isCloseTo(2, within(1e-12));
    assertThat(weights[0] + weights[1]).isCloseTo(2, within(1e-12));
  }

  @Test
  void ofTwoEquallyFrequentAgenciesTheFirstByNameIsTheTypes() {
    World world =
        new World()
            .closed("a", "NYPD", null, 0, 1)
            .closed("a", "DOT", null, 0, 1)
            .closed("b", "NYPD", null, 0, 1)
            .closed("b", "NYPD", null, 0, 1)
            .closed("b", "DOT", null, 0, 1);

    Map<String, LearntType> types = Training.types(world.known(World.at(10)));

    assertThat(types.get("a").agency()).contains("DOT");
    assertThat(types.get("b").agency()).contains("NYPD");
    assertThat(types.get("b").requests()).isCloseTo(3, within(1e-9));
  }

  @Test
  void descriptorsAreNamedByFrequencyInTheirMostFrequentSpelling() {
    Observations known =
        new World()
            .described("noise", "Loud Talking", 3)
            .described("noise", "LOUD MUSIC/PARTY", 2)
            .described("noise", "Loud Music/Party", 3)
            .described("noise", "Banging", 3)
            .described("noise", "?", 9)
            .described("noise", "half \ud800", 9)
            .described("rodent", null, 5)
            .known(World.at(10));

    Map<String, LearntType> types = Training.types(known);

    assertThat(types.get("noise").descriptors())
        .containsExactly("Loud Music/Party", "Banging", "Loud Talking");
    assertThat(types.get("rodent").descriptors()).isEmpty();
  }

  @Test
  void ofTheDescriptorsThatItKnowsTheFrequentOnesAreNamed() {
    LearntModel learnt =
        Training.train(
            new World()
                .described("noise", "Too Rare", 19)
                .described("noise", "Often Enough", 20)
                .described("noise", "Loud Music/Party", 21)
                .described("noise", "?", 30)
                .known(World.at(10)),
            1,
            World.SILENT);

    PublishedModel saved = saved(learnt);

    assertThat(saved.descriptors("NOISE!")).containsExactly("Loud Music/Party", "Often Enough");
    assertThat(saved.descriptors("NOISE!"))
        .allSatisfy(name -> assertThat(saved.model().knowsDescriptor(noise(name))).isTrue());
    assertThat(saved.model().knowsDescriptor(noise("Too Rare"))).isTrue();
    assertThat(saved.model().knowsDescriptor(noise("Unseen"))).isFalse();
    assertThat(saved.descriptors("unheard of")).isEmpty();
  }

  private static Situation noise(String descriptor) {
    return new Situation("noise", Optional.of(descriptor), Optional.empty(), Optional.empty());
  }

  @Test
  void anOpenRequestIsLearntFromAsWhatItMayBecome() {
    Observations known = World.whereTheSlowAreStillOpen(15).known(World.at(9 * 24 + 1));
    Labels labels = new Labels(known);
    SplittableRandom random = new SplittableRandom(1);
    List<Observation> old =
        known.all().stream().filter(one -> !one.closed() && one.hours() > 2).toList();

    assertThat(old).isNotEmpty();
    // Having lasted for more than two hours, it is one of those that take two hundred.
    assertThat(old)
        .allSatisfy(
            one -> assertThat(labels.of(one, random)).hasSize(5).containsOnly(Math.log1p(200)));
    Observation older =
        new Observation(World.at(0), "slow", null, null, null, false, 5000 * 3600, 5000 * 3600);
    assertThat(labels.of(older, random)).containsOnly(Math.log1p(5000));
    Observation closed =
        new Observation(World.at(0), "slow", null, null, null, true, 7 * 3600, 7 * 3600);
    assertThat(labels.of(closed, random)).containsExactly(Math.log1p(7));
  }
}
