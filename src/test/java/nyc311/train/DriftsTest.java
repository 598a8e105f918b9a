package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import nyc311.regression.LearntType.Drift;
import org.junit.jupiter.api.Test;

/** How far the ends of a range are moved for what time changes. */
class DriftsTest {
  private static final int FORTNIGHT = 14 * 24;

  @Test
  void whatIsTheSameInEachFortnightDoesNotDrift() {
    assertThat(drift(30, 5, 5, 5).p10()).isCloseTo(0, within(1e-9));
    assertThat(drift(30, 5, 5, 5).p90()).isCloseTo(0, within(1e-9));
  }

  @Test
  void theEndsMoveBySevenTenthsOfTheirStandardDeviation() {
    Drift drift = drift(30, 1, 3, 7);

    // Of log 2, log 4 and log 8.
    double deviation = Math.log(2);

    assertThat(drift.p10()).isCloseTo(.7 * deviation, within(1e-9));
    assertThat(drift.p90()).isCloseTo(.7 * deviation, within(1e-9));
  }

  @Test
  void fewerThanThreeFortnightsWithThirtyRequestsTellNothing() {
    assertThat(drift(30, 1, 7)).isEqualTo(Drift.NONE);
    assertThat(drift(29, 1, 3, 7)).isEqualTo(Drift.NONE);
  }

  /** In each fortnight so many requests that all take so many hours. */
  private static Drift drift(int requests, double... hours) {
    World world = new World();
    for (int i = 0; i < hours.length; i++) {
      double took = hours[i];
      int begins = i * FORTNIGHT;
      IntStream.range(0, requests).forEach(n -> world.closed("a", "A", null, begins + n, took));
    }
    Observations known = world.known(World.at(hours.length * FORTNIGHT - 1));
    return Drifts.of(known.all(), known.asOf());
  }
}
