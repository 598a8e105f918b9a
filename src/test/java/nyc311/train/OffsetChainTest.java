package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.stream.IntStream;
import nyc311.regression.Offsets;
import nyc311.regression.Situation;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;

/** Where the regression starts from: as narrow as was learnt, and drawn to what is wider. */
class OffsetChainTest {
  private static final int P50 = 1;

  @Test
  void aTypeLeansTowardsAllByFiveRequests() {
    World world = new World();
    IntStream.range(0, 15).forEach(i -> world.closed("many", "A", null, 0, 9));
    IntStream.range(0, 5).forEach(i -> world.closed("few", "A", null, 0, 99));

    Offsets offsets = OffsetChain.learn(world.known(World.at(100)));

    assertThat(median(offsets, Situation.of("few")))
        .isCloseTo((5 * log(99) + 5 * log(9)) / 10, within(1e-6));
    assertThat(median(offsets, Situation.of("unheard of"))).isCloseTo(log(9), within(1e-6));
  }

  @Test
  void aDescriptorLeansTowardsItsTypeByTwentyAndItsBoroughTowardsItByThirty() {
    World world = new World();
    // One type alone: its quantiles are those of all.
    IntStream.range(0, 60).forEach(i -> world.closed("noise", "A", World.SOUTH, 0, 9));
    world.described("noise", "Music", World.SOUTH, 20, 99);
    world.described("noise", "Music", World.NORTH, 10, 99);

    Offsets offsets = OffsetChain.learn(world.known(World.at(1_000)));

    double type = log(9);
    double music = (30 * log(99) + 20 * type) / 50;
    assertThat(median(offsets, Situation.of("noise"))).isCloseTo(type, within(1e-6));
    assertThat(median(offsets, asked("Music", null))).isCloseTo(music, within(1e-6));
    assertThat(median(offsets, asked("Music", World.NORTH)))
        .isCloseTo((10 * log(99) + 30 * music) / 40, within(1e-6));
    assertThat(median(offsets, asked(null, World.NORTH)))
        .isCloseTo((10 * log(99) + 20 * type) / 30, within(1e-6));
  }

  @Test
  void theBoroughStandsInForADescriptorThatWasNeverSeen() {
    World world = new World();
    IntStream.range(0, 60).forEach(i -> world.closed("noise", "A", World.SOUTH, 0, 9));
    world.described("noise", "Music", World.NORTH, 40, 99);

    Offsets offsets = OffsetChain.learn(world.known(World.at(1_000)));

    assertThat(offsets.of(asked("Talking", World.NORTH)))
        .isEqualTo(offsets.of(asked(null, World.NORTH)));
    assertThat(offsets.of(asked("Talking", null))).isEqualTo(offsets.of(Situation.of("noise")));
  }

  @Test
  void whereADescriptorWasNotSeenInABoroughItsOwnCountsThere() {
    World world = new World();
    IntStream.range(0, 60).forEach(i -> world.closed("noise", "A", World.SOUTH, 0, 9));
    world.described("noise", "Music", World.NORTH, 40, 99);

    Offsets offsets = OffsetChain.learn(world.known(World.at(1_000)));

    assertThat(offsets.of(asked("Music", World.SOUTH))).isEqualTo(offsets.of(asked("Music", null)));
  }

  private static Situation asked(String descriptor, Place place) {
    return new Situation(
        "noise", Optional.ofNullable(descriptor), Optional.ofNullable(place), Optional.empty());
  }

  private static double median(Offsets offsets, Situation situation) {
    return offsets.of(situation)[P50];
  }

  private static double log(double hours) {
    return Math.log1p(hours);
  }
}
