package nyc311.train;

import com.oracle.labs.mlrg.olcut.config.Config;
import com.oracle.labs.mlrg.olcut.config.PropertyException;
import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.impl.ConfiguredObjectProvenanceImpl;
import com.oracle.labs.mlrg.olcut.util.Pair;
import java.util.Arrays;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.regression.sgd.RegressionObjective;

/**
 * The pinball loss, whose minimum is a quantile: each output dimension, in the order of their
 * names, learns its own. With r = truth − prediction the loss at level q is max(q·r, (q − 1)·r). R.
 * Koenker, G. Bassett: Regression quantiles, Econometrica 46 (1978), 33–50.
 */
public final class PinballObjective implements RegressionObjective {
  @Config(mandatory = true, description = "The level of each output dimension, between 0 and 1.")
  private double[] levels;

  private Runnable onExample = () -> {};

  /** For Tribuo's configuration system, which sets the levels. */
  private PinballObjective() {}

  /**
   * @param levels of the output dimensions in the order of their names, between 0 and 1
   * @throws IllegalArgumentException when there is none, or one is not between 0 and 1
   */
  public PinballObjective(double... levels) {
    this.levels = levels.clone();
    postConfig();
  }

  /** Checks the levels. */
  @Override
  public void postConfig() {
    if (levels.length == 0 || Arrays.stream(levels).anyMatch(q -> !(q > 0 && q < 1))) {
      throw new PropertyException(
          "", "levels", "each must be between 0 and 1: " + Arrays.toString(levels));
    }
  }

  /** Has each example that is trained on reported, to show progress. */
  PinballObjective onExample(Runnable listener) {
    onExample = listener;
    return this;
  }

  /**
   * The sum of the losses, and the direction in which the prediction should move: Tribuo adds it.
   * Where truth and prediction are equal, it should not move.
   */
  @Override
  public Pair<Double, SGDVector> lossAndGradient(DenseVector truth, SGDVector prediction) {
    onExample.run();
    double loss = 0;
    double[] descent = new double[levels.length];
    for (int i = 0; i < levels.length; i++) {
      double residual = truth.get(i) - prediction.get(i);
      double slope = residual > 0 ? levels[i] : residual < 0 ? levels[i] - 1 : 0;
      loss += slope * residual;
      descent[i] = slope;
    }
    return new Pair<>(loss, DenseVector.createDenseVector(descent));
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // Its interface is not ours.
  public Pair<Double, SGDVector> loss(DenseVector truth, SGDVector prediction) {
    return lossAndGradient(truth, prediction);
  }

  @Override
  public ConfiguredObjectProvenance getProvenance() {
    return new ConfiguredObjectProvenanceImpl(this, "RegressionObjective");
  }

  @Override
  public String toString() {
    return "PinballObjective(levels=" + Arrays.toString(levels) + ")";
  }
}
