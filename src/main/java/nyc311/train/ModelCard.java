package nyc311.train;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nyc311.regression.RegressionModel;
import nyc311.requests.NewYork;
import org.tribuo.Tribuo;

/**
 * What a person wants to know of a model before relying on it.
 *
 * @param firstDay the first New York day of creation that it has learnt from
 * @param lastDay the last one
 * @param asOf the instant that its newest knowledge dates from
 * @param requests how many requests it has learnt from
 * @param closed how many of them were closed
 * @param complaintTypes how many there are
 * @param features how many it weighs
 * @param seed of its random numbers
 * @param forced whether it was published although it did worse than the Kaplan–Meier median
 * @param backtest how a model that was made the same way did on requests that it had not seen
 * @param versions of the libraries that made it
 */
record ModelCard(
    String firstDay,
    String lastDay,
    String asOf,
    int requests,
    long closed,
    int complaintTypes,
    int features,
    long seed,
    boolean forced,
    BacktestCard backtest,
    Map<String, String> versions) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(new SimpleModule().addSerializer(double.class, new SixDecimals()))
          .build();

  /**
   * The backtest.
   *
   * @param asOf what it knew
   * @param learntFrom how many requests
   * @param capHours the cap of {@code mlog_cap}
   * @param estimators the scores of the model and of what is simpler
   * @param byAgency the model's scores, and so its calibration, for each agency
   * @param byComplaintType the same for each complaint type
   */
  record BacktestCard(
      String asOf,
      int learntFrom,
      double capHours,
      Map<String, Scores> estimators,
      Map<String, Scores> byAgency,
      Map<String, Scores> byComplaintType) {}

  static ModelCard of(
      RegressionModel model,
      Observations observations,
      Backtest backtest,
      long seed,
      boolean forced) {
    return new ModelCard(
        day(observations.all().get(0)),
        day(observations.all().get(observations.all().size() - 1)),
        observations.asOf().toString(),
        observations.all().size(),
        observations.all().stream().filter(Observation::closed).count(),
        model.offsets().byType().size(),
        model.deviation().size(),
        seed,
        forced,
        new BacktestCard(
            backtest.asOf().toString(),
            backtest.trained(),
            backtest.capHours(),
            backtest.scores(),
            backtest.scoresBy(Judged::agency, Backtest.REGRESSION),
            backtest.scoresBy(Judged::complaintType, Backtest.REGRESSION)),
        new TreeMap<>(Map.of("tribuo", Tribuo.VERSION, "java", Runtime.version().toString())));
  }

  private static String day(Observation observation) {
    return NewYork.day(observation.created()).toString();
  }

  /** The instant that a model's knowledge dates from; empty when its card does not say so. */
  static Optional<Instant> asOf(byte[] card) {
    try {
      return Optional.of(Instant.parse(JSON.readTree(card).path("as_of").asText()));
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A score is no more exact; one that there is not is null. */
  private static final class SixDecimals extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(Math.round(value * 1e6) / 1e6);
      } else {
        json.writeNull();
      }
    }
  }
}
