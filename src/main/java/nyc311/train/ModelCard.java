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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nyc311.regression.RegressionModel;
import nyc311.requests.NewYork;
import org.tribuo.Tribuo;

/**
 * What a person wants to know of a model before relying on it, as JSON: what it learnt from, and
 * all {@link Scores} of its backtest, of which {@link Backtest#figures} are told by the API.
 */
final class ModelCard {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(
              new SimpleModule()
                  .addSerializer(double.class, new SixDecimals())
                  .addSerializer(Double.class, new SixDecimals()))
          .build();

  private ModelCard() {}

  /**
   * Writes the card.
   *
   * @param observations what the model has learnt from
   * @param backtest of a model that was made the same way, on requests that it had not seen
   * @param forced whether it is published although it did worse than the Kaplan–Meier median
   */
  static byte[] write(
      RegressionModel model,
      Observations observations,
      Backtest backtest,
      long seed,
      boolean forced) {
    List<Observation> all = observations.all();
    Map<String, Object> judged = new LinkedHashMap<>();
    judged.put("as_of", backtest.asOf().toString());
    judged.put("learnt_from", backtest.trained());
    judged.put("cap_hours", backtest.capHours());
    judged.put("estimators", backtest.scores());
    judged.put("by_agency", backtest.scoresBy(Judged::agency, Backtest.REGRESSION));
    judged.put("by_complaint_type", backtest.scoresBy(Judged::complaintType, Backtest.REGRESSION));
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("first_day", day(all.get(0)));
    card.put("last_day", day(all.get(all.size() - 1)));
    card.put("as_of", observations.asOf().toString());
    card.put("requests", all.size());
    card.put("closed", all.stream().filter(Observation::closed).count());
    card.put("complaint_types", model.types().size());
    card.put("features", model.deviation().size());
    card.put("seed", seed);
    card.put("forced", forced);
    card.put("backtest", judged);
    card.put(
        "versions",
        new TreeMap<>(Map.of("tribuo", Tribuo.VERSION, "java", Runtime.version().toString())));
    try {
      return JSON.writeValueAsBytes(card);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String day(Observation observation) {
    return NewYork.day(observation.created()).toString();
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
