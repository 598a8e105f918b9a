package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.tribuo.Example;
import org.tribuo.regression.Regressor;

/** What the regression learns from: how often, how heavy, and deprived of what. */
class TrainingExamplesTest {
  @Test
  void anOpenRequestIsFiveExamplesThatTogetherWeighAsMuchAsOne() {
    Observations known =
        new World()
            .closed("rats", "DOHMH", World.NORTH, 0, 2)
            .closed("rats", "DOHMH", World.NORTH, 0, 9_000)
            .known(World.at(240));

    List<Example<Regressor>> examples = examples(known);

    assertThat(examples).hasSize(1 + 5);
    assertThat(examples.get(0).getWeight()).isEqualTo(1);
    assertThat(examples.subList(1, 6)).allMatch(example -> example.getWeight() == .2f);
  }

  @Test
  void placeAndTimeAreDroppedFromOneInFiveExamplesEachForItself() {
    List<Example<Regressor>> examples = examples(World.busy(1).known(World.at(24 * 40)));
    double all = examples.size();

    double placed = examples.stream().filter(example -> names(example, "G5|")).count() / all;
    double timed = examples.stream().filter(example -> names(example, "H|")).count() / all;
    double both =
        examples.stream().filter(example -> names(example, "G5|") && names(example, "H|")).count()
            / all;

    assertThat(all).isGreaterThan(2_000);
    assertThat(placed).isCloseTo(.8, within(.03));
    assertThat(timed).isCloseTo(.8, within(.03));
    assertThat(both).isCloseTo(.64, within(.03));
  }

  @Test
  void aFeatureCountsFromItsTwentiethRequestOn() {
    World world = new World();
    for (int i = 0; i < 20; i++) {
      world.closed("frequent", "NYPD", null, i, 2);
      if (i < 19) {
        world.closed("rare", "NYPD", null, i, 2);
      }
    }
    Observations known = world.known(World.at(100));
    TrainingExamples dataset = dataset(known);

    assertThat(dataset.getFeatureMap().get("T|frequent")).isNotNull();
    assertThat(dataset.getFeatureMap().get("T|rare")).isNull();
  }

  @Test
  void whatOutlastsTheCurveIsTakenToLastALittleLonger() {
    World world = new World();
    for (int i = 0; i < 25; i++) {
      world.closed("rats", "DOHMH", null, 0, 2);
    }
    world.closed("rats", "DOHMH", null, 0, 9_000);
    Observations known = world.known(World.at(240));
    Observation open = known.all().stream().filter(one -> !one.closed()).findFirst().orElseThrow();

    assertThat(new Labels(known).of(open, new SplittableRandom(1)))
        .hasSize(5)
        .containsOnly(Math.log1p(240) + .3);
  }

  private static boolean names(Example<Regressor> example, String prefix) {
    return StreamSupport.stream(example.spliterator(), false)
        .anyMatch(feature -> feature.getName().startsWith(prefix));
  }

  private static List<Example<Regressor>> examples(Observations known) {
    List<Example<Regressor>> examples = new ArrayList<>();
    dataset(known).iterator().forEachRemaining(examples::add);
    return examples;
  }

  private static TrainingExamples dataset(Observations known) {
    return TrainingExamples.of(known, OffsetChain.learn(known), Training.types(known), 1);
  }
}
