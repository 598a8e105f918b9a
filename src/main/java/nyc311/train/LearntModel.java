package nyc311.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nyc311.regression.BacktestFigures;
import nyc311.regression.LearntType;
import nyc311.regression.Offsets;
import nyc311.regression.PublishedModel;
import nyc311.regression.QuantileTable;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import org.tribuo.Model;
import org.tribuo.VariableInfo;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.sgd.linear.LinearSGDModel;

/**
 * What training gives.
 *
 * @param deviation from the offsets in log1p(hours), as Tribuo has it
 * @param served the same with its offsets, as the API asks it
 */
record LearntModel(LinearSGDModel deviation, RegressionModel served) {
  /**
   * @param deviation with the outputs {@link Quantiles#NAMES}
   * @param types with all their descriptors, known well enough or not
   */
  static LearntModel of(
      Model<Regressor> deviation, Offsets offsets, Map<String, LearntType> types) {
    LinearSGDModel linear = (LinearSGDModel) deviation;
    return new LearntModel(
        linear, new RegressionModel(weights(linear), offsets, types).withFrequentDescriptors());
  }

  /** Tribuo's weights have a row an output, and a column a feature and then one for the bias. */
  private static QuantileTable weights(LinearSGDModel linear) {
    DenseMatrix matrix = linear.getWeightsCopy();
    Map<String, double[]> weights = new HashMap<>();
    for (VariableInfo feature : linear.getFeatureIDMap()) {
      weights.put(
          feature.getName(), column(matrix, linear.getFeatureIDMap().getID(feature.getName())));
    }
    return QuantileTable.of(column(matrix, matrix.getDimension2Size() - 1), weights);
  }

  private static double[] column(DenseMatrix matrix, int column) {
    double[] values = new double[matrix.getDimension1Size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.get(i, column);
    }
    return values;
  }

  /**
   * What publishes it: see {@link PublishedModel#objects}.
   *
   * @param card what a person wants to know of it, as JSON
   * @param asOf the instant that its knowledge dates from
   * @param backtest how good it is
   */
  Map<String, byte[]> objects(byte[] card, Instant asOf, Optional<BacktestFigures> backtest) {
    ByteArrayOutputStream learnt = new ByteArrayOutputStream();
    try {
      deviation.serializeToStream(learnt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PublishedModel.objects(served, learnt.toByteArray(), card, asOf, backtest);
  }
}
