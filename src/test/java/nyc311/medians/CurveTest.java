package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.IntStream;
import nyc311.medians.Curve.Quantile;
import org.junit.jupiter.api.Test;

/** A published curve says what the medians say, and what is left for those who have waited. */
class CurveTest {
  private static final List<Double> MOMENTS = List.of(1., 3., 7., 15.);

  /** Half of the mass from 1 to 3 hours. */
  private static final Curve CURVE =
      Curve.of(type(1, 3, 15, false, false, .1, .5, .7, .9), MOMENTS);

  private static TypeMedians type(
      double p10, double p50, double p90, boolean atLeast, boolean p90AtLeast, Double... closedBy) {
    double followUp = p90AtLeast ? p90 : Math.max(p90, MOMENTS.get(closedBy.length - 1));
    return InventedType.of(
        "Noise",
        90,
        10,
        p10,
        p50,
        p90,
        atLeast,
        p90AtLeast,
        followUp,
        List.of(closedBy),
        Patterns.NONE);
  }

  @Test
  void theQuantilesAreThePublishedOnes() {
    TypeMedians published = type(1.2345, 3.3333, 20.7, false, false, .07, .4, .8, .88);

    Curve curve = Curve.of(published, MOMENTS);

    assertThat(curve.quantile(.1)).isEqualTo(new Quantile(1.2345, false));
    assertThat(curve.quantile(.5)).isEqualTo(new Quantile(3.3333, false));
    assertThat(curve.quantile(.9)).isEqualTo(new Quantile(20.7, false));
    assertThat(chance(curve, 7)).isEqualTo(.8);
  }

  /** The chance by three hours was .49996, and is published as .5. */
  @Test
  void aRoundedChanceDoesNotBringAQuantileForward() {
    Curve curve = Curve.of(type(1, 4, 15, false, false, .1, .5, .7, .9), MOMENTS);

    assertThat(curve.quantile(.5)).isEqualTo(new Quantile(4, false));
  }

  @Test
  void betweenItsPointsItIsStraightInLogHours() {
    // log1p: 1 → ln 2, 3 → ln 4, so the middle is at sqrt(8) − 1.
    double middle = Math.sqrt(8) - 1;

    assertThat(chance(CURVE, middle)).isCloseTo(.3, within(1e-9));
    assertThat(CURVE.quantile(.3).hours()).isCloseTo(middle, within(1e-9));
    assertThat(chance(CURVE, 0)).isZero();
    assertThat(CURVE.closedBy(1e6)).isEmpty();
  }

  @Test
  void aQuantileThatIsNotReachedIsAtLeastTheLongestFollowUp() {
    Curve noP90 = Curve.of(type(1, 5, 9, false, true, .1, .3, .6), MOMENTS);
    Curve noMedian = Curve.of(type(1, 9, 9, true, true, .1, .2, .3), MOMENTS);
    Curve nothingClosed = Curve.of(type(9, 9, 9, true, true, 0., 0., 0.), MOMENTS);

    assertThat(noP90.quantile(.5)).isEqualTo(new Quantile(5, false));
    assertThat(noP90.quantile(.9)).isEqualTo(new Quantile(9, true));
    assertThat(noMedian.quantile(.1)).isEqualTo(new Quantile(1, false));
    assertThat(noMedian.quantile(.5)).isEqualTo(new Quantile(9, true));
    assertThat(nothingClosed.quantile(.1)).isEqualTo(new Quantile(9, true));
    assertThat(nothingClosed.end()).isEqualTo(9);
  }

  @Test
  void itEndsWhereAllIsClosed() {
    Curve curve = Curve.of(type(1, 3, 6, false, false, .1, .5, 1., 1.), MOMENTS);

    assertThat(curve.end()).isEqualTo(7);
    assertThat(curve.stillOpen(7)).hasValue(0);
  }

  @Test
  void aStepIsClosedFromItsMomentOn() {
    // All within one instant, as with closings that are stamped midnight.
    Curve curve = Curve.of(type(2, 2, 5, false, false, .05, .8, .95), MOMENTS);

    assertThat(curve.quantile(.1).hours()).isEqualTo(2);
    assertThat(curve.quantile(.5).hours()).isEqualTo(2);
    assertThat(chance(curve, 1.99)).isLessThan(.11);
    assertThat(chance(curve, 2)).isEqualTo(.5);
  }

  @Test
  void afterNoTimeItIsTheSame() {
    assertThat(CURVE.after(0)).isSameAs(CURVE);
    assertThat(CURVE.stillOpen(0)).hasValue(1);
  }

  @Test
  void whatIsLeftIsConditionalOnHavingWaited() {
    Curve left = CURVE.after(3);

    assertThat(CURVE.stillOpen(3)).hasValue(.5);
    assertThat(left.hours().get(0)).isZero();
    assertThat(left.end()).isEqualTo(12);
    for (double hours : List.of(1., 3., 4., 7., 12.)) {
      assertThat(chance(left, hours))
          .as("after %s hours more", hours)
          .isCloseTo((chance(CURVE, 3 + hours) - .5) / .5, within(1e-9));
    }
    // Half of the half that is left are closed by seven hours and a bit.
    assertThat(left.quantile(.5).hours()).isCloseTo(CURVE.quantile(.75).hours() - 3, within(.1));
    assertThat(left.quantile(.9)).isEqualTo(new Quantile(12, true));
  }

  @Test
  void aStepThatIsStillToComeStaysAStep() {
    Curve curve = Curve.of(type(2, 5, 5, false, false, .05, .3), MOMENTS).after(1.9);

    assertThat(chance(curve, 3.09)).isLessThan(.5);
    assertThat(chance(curve, 3.1)).isGreaterThan(.88);
  }

  @Test
  void ofWhatWasNeverFollowedSoLongNothingIsKnown() {
    for (double openFor : List.of(15., 16., 87_600.)) {
      Curve left = CURVE.after(openFor);

      assertThat(left.end()).isZero();
      assertThat(left.quantile(.5)).isEqualTo(new Quantile(0, true));
      assertThat(left.closedBy(5)).isEmpty();
    }
  }

  @Test
  void stretchedItGoesThroughTheThreeQuantiles() {
    Curve stretched = CURVE.through(2, 10, 11);

    assertThat(stretched.quantile(.1)).isEqualTo(new Quantile(2, false));
    assertThat(stretched.quantile(.5)).isEqualTo(new Quantile(10, false));
    assertThat(stretched.quantile(.9)).isEqualTo(new Quantile(11, false));
    assertThat(chance(stretched, 0)).isZero();
    // Of 3 to 15 hours, 7 is the middle in log1p; of 10 to 11, sqrt(11 · 12) − 1 is.
    assertThat(chance(stretched, Math.sqrt(11 * 12) - 1)).isCloseTo(.7, within(1e-9));
  }

  @Test
  void beyondP90ItIsMovedAsFarAsP90() {
    Curve curve = Curve.of(type(1, 3, 7, false, false, .1, .5, .9, .98), MOMENTS);

    Curve stretched = curve.through(1, 3, 15);

    // From 8 to 16, counted from one hour before: twice.
    assertThat(stretched.end()).isCloseTo(31, within(1e-9));
    assertThat(chance(stretched, 31)).isEqualTo(.98);
  }

  @Test
  void stretchedToWhereItIsItStaysTheSame() {
    Curve same = CURVE.through(1, 3, 15);

    assertThat(same.hours()).hasSameSizeAs(CURVE.hours());
    IntStream.range(0, CURVE.hours().size())
        .forEach(
            i -> assertThat(same.hours().get(i)).isCloseTo(CURVE.hours().get(i), within(1e-9)));
    assertThat(same.closedBy()).isEqualTo(CURVE.closedBy());
  }

  @Test
  void whereP90IsUnknownOnlyTheThreeQuantilesAreJoined() {
    Curve stretched = Curve.of(type(1, 5, 9, false, true, .1, .3, .6), MOMENTS).through(2, 4, 20);

    assertThat(stretched.end()).isEqualTo(20);
    assertThat(stretched.closedBy()).endsWith(.9);
    assertThat(stretched.quantile(.1)).isEqualTo(new Quantile(2, false));
    assertThat(stretched.quantile(.5)).isEqualTo(new Quantile(4, false));
    // Of 4 to 20, the middle in log1p.
    assertThat(chance(stretched, Math.sqrt(5 * 21) - 1)).isCloseTo(.7, within(1e-9));
  }

  @Test
  void whatIsLeftIsTheSameWhereOnlyThreeQuantilesAreJoined() {
    Curve stretched =
        Curve.of(type(10, 50, 90, false, true, .1, .3, .6), MOMENTS).through(20, 200, 3_000);
    double before = chance(stretched, 30);

    for (double chance : List.of(.1, .3, .5, .7)) {
      double exact = stretched.quantile(before + chance * (1 - before)).hours() - 30;
      assertThat(stretched.after(30).quantile(chance).hours())
          .isCloseTo(exact, withinPercentage(2));
    }
  }

  @Test
  void quantilesThatAreOneAreAStep() {
    Curve stretched = CURVE.through(4, 4, 4);

    assertThat(stretched.quantile(.1).hours()).isEqualTo(4);
    assertThat(stretched.quantile(.9).hours()).isEqualTo(4);
    assertThat(chance(stretched, 3.9)).isLessThan(.1);
    assertThat(chance(stretched, 4)).isEqualTo(.9);
  }

  @Test
  void aStepIsStretchedToWhereItsQuantilesGo() {
    Curve step = Curve.of(type(2, 2, 2, false, false, .05, 1.), MOMENTS);

    Curve stretched = step.through(1, 2, 3);

    assertThat(stretched.quantile(.1).hours()).isEqualTo(1);
    assertThat(stretched.quantile(.5).hours()).isEqualTo(2);
    assertThat(stretched.quantile(.9).hours()).isEqualTo(3);
  }

  @Test
  void onlyAChanceBetweenNoneAndCertaintyHasAQuantile() {
    for (double chance : List.of(0., 1., -.1, Double.NaN)) {
      assertThatThrownBy(() -> CURVE.quantile(chance))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("chance must be between 0 and 1: " + chance);
    }
  }

  private static double chance(Curve curve, double hour) {
    return curve.closedBy(hour).orElseThrow();
  }
}
