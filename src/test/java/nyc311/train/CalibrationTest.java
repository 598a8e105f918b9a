package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import nyc311.medians.Curve;
import nyc311.medians.Medians;
import nyc311.medians.TypeMedians;
import nyc311.regression.Quantiles;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What curves promise is compared with what came, whether all of it is known or not. */
class CalibrationTest {
  private static final String ESTIMATOR = "estimator";
  private static final int REQUESTS = 5_000;
  private static final Offset<Double> CHANCE = within(.025);

  /** A hundredth is closed within 0.05 hours, half within 9, all within 99. */
  private static double hours(double share) {
    return Math.pow(100, share) - 1;
  }

  private static final Quantiles USUAL = new Quantiles(hours(.1), hours(.5), hours(.9));

  private final SplittableRandom random = new SplittableRandom(311);

  @Test
  void curvesThatAreRightAreFoundToBe() {
    Map<String, Calibration> found = calibrations(USUAL, CalibrationTest::hours, 1e9);

    assertThat(found.keySet())
        .containsExactly(
            Calibration.OWN_CURVE,
            ESTIMATOR,
            Calibration.OWN_CURVE + ", after 1 h",
            ESTIMATOR + ", after 1 h",
            Calibration.OWN_CURVE + ", after 6 h",
            ESTIMATOR + ", after 6 h",
            Calibration.OWN_CURVE + ", after 24 h",
            ESTIMATOR + ", after 24 h");
    found.values().forEach(CalibrationTest::assertRight);
    assertThat(found.get(ESTIMATOR).requests()).isEqualTo(REQUESTS);
    assertThat(found.get(ESTIMATOR + ", after 24 h").requests())
        .isCloseTo(REQUESTS * 3 / 10, within(REQUESTS / 20));
  }

  @Test
  void requestsThatAreStillOpenDoNotMakeThemLookSlowOrQuick() {
    Map<String, Calibration> found = calibrations(USUAL, CalibrationTest::hours, 150);

    assertRight(found.get(ESTIMATOR));
    assertRight(found.get(ESTIMATOR + ", after 1 h"));
  }

  @Test
  void aCurveThatIsTooSlowIsFoundToBeAndTheOneForThePlaceIsNot() {
    DoubleUnaryOperator quicker = share -> hours(.8 * share);
    Quantiles estimate =
        new Quantiles(
            quicker.applyAsDouble(.1), quicker.applyAsDouble(.5), quicker.applyAsDouble(.9));

    Map<String, Calibration> found = calibrations(estimate, quicker, 1e9);

    assertThat(found.get(Calibration.OWN_CURVE).closedBy().get(2)).isGreaterThan(.6);
    assertRight(found.get(ESTIMATOR));
    assertThat(found.get(ESTIMATOR).pinballSum())
        .isLessThan(found.get(Calibration.OWN_CURVE).pinballSum());
  }

  @Test
  void whatLastsBeyondTheCurvesEndIsNotTakenForClosed() {
    Curve ends = curve(new long[] {10, 20, 30}, new long[] {60, 60, 60});
    List<Judged> slow = List.of(judged("noise", true, 50_000, USUAL));

    Calibration found =
        Calibration.of(backtest(slow, Map.of("noise", ends)), ESTIMATOR).get(Calibration.OWN_CURVE);

    assertThat(found.closedBy()).containsExactly(0., 0., 0., Double.NaN, Double.NaN);
  }

  @Test
  void typesThatWereNotLearntFromAreLeftOut() {
    List<Judged> rows =
        List.of(judged("noise", true, 9, USUAL), judged("unheard of", true, 9, USUAL));

    assertThat(
            Calibration.of(backtest(rows, Map.of("noise", usual())), ESTIMATOR)
                .get(ESTIMATOR)
                .requests())
        .isEqualTo(1);
  }

  private static void assertRight(Calibration found) {
    for (int i = 0; i < Calibration.LEVELS.size(); i++) {
      assertThat(found.closedBy().get(i)).isCloseTo(Calibration.LEVELS.get(i), CHANCE);
    }
    assertThat(found.coverage()).isCloseTo(.8, CHANCE);
  }

  /**
   * Of requests of which nobody knows more than that they are open, once they are of an age.
   *
   * @param truth the hours within which a share of them is closed
   * @param maxAge ages are anything up to this
   */
  private Map<String, Calibration> calibrations(
      Quantiles estimate, DoubleUnaryOperator truth, double maxAge) {
    List<Judged> rows = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      double hours = truth.applyAsDouble(random.nextDouble());
      double age = maxAge * random.nextDouble();
      rows.add(judged("noise", hours <= age, Math.min(hours, age), estimate));
    }
    return Calibration.of(backtest(rows, Map.of("noise", usual())), ESTIMATOR);
  }

  private static Judged judged(String type, boolean closed, double hours, Quantiles estimate) {
    return new Judged(type, "NYPD", closed, hours, estimate);
  }

  private static Backtest backtest(List<Judged> rows, Map<String, Curve> curves) {
    return new Backtest(Instant.EPOCH, Map.of(ESTIMATOR, rows), curves, 1, 1_080);
  }

  private static Curve usual() {
    return curve(
        IntStream.range(0, 20_000)
            .mapToLong(i -> Math.round(3_600 * hours((i + .5) / 20_000)))
            .toArray(),
        new long[0]);
  }

  private static Curve curve(long[] closed, long[] open) {
    return Curve.of(TypeMedians.of("noise", closed, open), Medians.MOMENTS);
  }
}
