package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.oracle.labs.mlrg.olcut.config.PropertyException;
import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import com.oracle.labs.mlrg.olcut.util.Pair;
import nyc311.Draw;
import org.junit.jupiter.api.Test;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;

class PinballObjectiveTest {
  private final PinballObjective objective = new PinballObjective(.1, .5, .9);

  @Test
  void theGradientIsTheLosssSlopeDownhill() {
    Draw.cases(
        1_000,
        draw -> {
          double truth = draw.between(-5.0, 5.0);
          double prediction = draw.between(-5.0, 5.0);
          // At the truth itself the slope changes.
          if (Math.abs(truth - prediction) > .01) {
            assertGradientIsTheSlopeDownhill(truth, prediction);
          }
        });
  }

  private void assertGradientIsTheSlopeDownhill(double truth, double prediction) {
    double step = 1e-4;
    SGDVector descent = lossAndGradient(truth, prediction).getB();

    for (int i = 0; i < 3; i++) {
      double[] higher = {prediction, prediction, prediction};
      double[] lower = higher.clone();
      higher[i] += step;
      lower[i] -= step;
      double slope = (loss(truth, higher) - loss(truth, lower)) / (2 * step);
      assertThat(descent.get(i)).isCloseTo(-slope, within(1e-9));
    }
  }

  @Test
  void aLowQuantileMindsBeingAboveTheTruth() {
    assertThat(loss(0, new double[] {1, 0, 0})).isCloseTo(.9, within(1e-12));
    assertThat(loss(0, new double[] {-1, 0, 0})).isCloseTo(.1, within(1e-12));
    assertThat(loss(0, new double[] {0, 0, 1})).isCloseTo(.1, within(1e-12));
  }

  @Test
  void whereThePredictionIsTrueNothingMoves() {
    assertThat(lossAndGradient(2, 2).getB().twoNorm()).isZero();
  }

  @Test
  void itsProvenanceNamesTheLevels() {
    assertThat(ProvenanceUtil.formattedProvenanceString(objective.getProvenance()))
        .contains(PinballObjective.class.getName(), "0.1", "0.5", "0.9");
  }

  @Test
  void levelsAreBetweenZeroAndOne() {
    assertThatThrownBy(() -> new PinballObjective(.1, 1)).isInstanceOf(PropertyException.class);
    assertThatThrownBy(PinballObjective::new).isInstanceOf(PropertyException.class);
  }

  private Pair<Double, SGDVector> lossAndGradient(double truth, double prediction) {
    return objective.lossAndGradient(
        vector(truth, truth, truth), vector(prediction, prediction, prediction));
  }

  private double loss(double truth, double[] prediction) {
    return objective.lossAndGradient(vector(truth, truth, truth), vector(prediction)).getA();
  }

  private static DenseVector vector(double... values) {
    return DenseVector.createDenseVector(values);
  }
}
