package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import nyc311.regression.Quantiles;
import org.junit.jupiter.api.Test;

class BacktestTest {
  /** In log1p(hours), between quick and slow requests. */
  private static final double APART = Math.log1p(200) - Math.log1p(2);

  private static final Instant AN_HOUR_AFTER_THE_TENTH_NOON = World.at(9 * 24 + 1);

  private final World world = World.whereTheSlowAreStillOpen(15);
  private final Backtest backtest =
      Backtest.run(
          world.known(AN_HOUR_AFTER_THE_TENTH_NOON),
          world.since(AN_HOUR_AFTER_THE_TENTH_NOON),
          1080,
          1,
          World.SILENT);

  @Test
  void openRequestsFoolTheMedianOfClosedOnesAndNotTheKaplanMeierMedian() {
    Map<String, Scores> scores = backtest.scores();

    assertThat(scores.get(Backtest.CLOSED_ONLY).mlog()).isCloseTo(.6 * APART, within(1e-12));
    assertThat(scores.get(Backtest.KAPLAN_MEIER).mlog()).isCloseTo(.4 * APART, within(1e-12));
    assertThat(estimates(Backtest.CLOSED_ONLY)).containsOnly(new Quantiles(2, 2, 200));
    assertThat(estimates(Backtest.KAPLAN_MEIER)).containsOnly(new Quantiles(2, 200, 200));
  }

  @Test
  void theRegressionLearnsWhereRequestsAreSlow() {
    Map<String, Scores> scores = backtest.scores();

    assertThat(scores.get("regression: place").mlog())
        .isLessThan(.5 * scores.get(Backtest.KAPLAN_MEIER).mlog());
    assertThat(backtest.isAsGoodAsKaplanMeier()).isTrue();
  }

  @Test
  void nothingThatHappensLaterIsKnown() {
    Observations known = world.known(AN_HOUR_AFTER_THE_TENTH_NOON);

    assertThat(known.all()).hasSize(100);
    // The quick ones of the first nine days, and the slow ones of the first.
    assertThat(known.all().stream().filter(Observation::closed)).hasSize(36 + 6);
    assertThat(known.all().stream().filter(one -> !one.closed()))
        .allSatisfy(
            one ->
                assertThat(one.created().plusSeconds(one.seconds()))
                    .isEqualTo(AN_HOUR_AFTER_THE_TENTH_NOON));
    assertThat(backtest.byEstimator().get(Backtest.KAPLAN_MEIER)).hasSize(50);
  }

  @Test
  void withoutRequestsOnBothSidesThereIsNothingToTest() {
    assertThatThrownBy(
            () -> Backtest.run(world.known(World.at(-1)), List.of(), 1080, 1, World.SILENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there must be requests before and after");
  }

  @Test
  void aModelMustBeAsGoodOnBothScoresToBePublished() {
    Judged median = judged(new Quantiles(8, 13, 20));

    assertThat(gate(median, judged(new Quantiles(9, 11, 15)))).isTrue();
    assertThat(gate(median, median)).isTrue();
    assertThat(gate(median, judged(new Quantiles(9, 10, 90_000))))
        .as("better in the middle, with a worse range")
        .isFalse();
    assertThat(gate(median, judged(new Quantiles(9.9, 13.5, 13.5))))
        .as("with a better range, worse in the middle")
        .isFalse();
  }

  private static Judged judged(Quantiles estimate) {
    return new Judged("noise", "NYPD", true, 10, estimate);
  }

  private static boolean gate(Judged median, Judged regression) {
    return new Backtest(
            AN_HOUR_AFTER_THE_TENTH_NOON,
            Map.of(
                Backtest.KAPLAN_MEIER, List.of(median), Backtest.REGRESSION, List.of(regression)),
            Map.of(),
            1,
            1_080)
        .isAsGoodAsKaplanMeier();
  }

  @Test
  void aDayThatWasCollectedTooEarlyDoesNotJudge() {
    Observation early = open("2019-07-09T16:00:00Z", 24);
    Observation closedThatDay =
        new Observation(
            Instant.parse("2019-07-09T17:00:00Z"), "noise", null, null, null, true, 60, 60);
    Observation late = open("2019-07-01T16:00:00Z", 240);

    assertThat(Backtest.followedUp(List.of(early, closedThatDay, late))).containsExactly(late);
  }

  private static Observation open(String created, long hours) {
    return new Observation(
        Instant.parse(created), "noise", null, null, null, false, hours * 3_600, hours * 3_600);
  }

  private List<Quantiles> estimates(String estimator) {
    return backtest.byEstimator().get(estimator).stream().map(Judged::estimate).toList();
  }
}
