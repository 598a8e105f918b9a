package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.estimate.Estimates;
import nyc311.medians.Interval;
import nyc311.medians.InventedType;
import nyc311.medians.Patterns;
import nyc311.medians.Patterns.Group;
import nyc311.medians.TypeMedians;
import nyc311.regression.BacktestFigures;
import nyc311.regression.BacktestFigures.Estimator;
import nyc311.regression.PublishedModel;
import nyc311.regression.RegressionModel;
import nyc311.requests.Borough;
import org.junit.jupiter.api.Test;

/** Anyone can see how fresh the estimates are, what they rest on, and how they vary. */
class AboutTheDataTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static TypeMedians noise(Patterns patterns) {
    return InventedType.of("Noise", 1, 3, 15, false, true, List.of(.1), patterns);
  }

  @Test
  void aTypeTellsHowItsMedianVaries() throws IOException {
    Patterns patterns =
        new Patterns(
            Map.of(
                0,
                new Group(2.128, false, 40, new Interval(1.5, 4)),
                23,
                new Group(9, true, 2, new Interval(4, Double.POSITIVE_INFINITY))),
            Map.of(DayOfWeek.WEDNESDAY, new Group(4, false, 5, new Interval(1, 8))),
            Map.of(Borough.STATEN_ISLAND, new Group(5, false, 6, new Interval(2, 6))));

    JsonNode about = Asked.ofMedians(List.of(1.), noise(patterns)).get("/complaint-types/NOISE");

    assertThat(about)
        .isEqualTo(
            JSON.readTree(
                """
                {"status":"success","complaint_type":"NOISE","estimated_time":3.00,
                 "at_least":false,"range":{"p10":1.00,"p90":15.00,"p10_at_least":false,"p90_at_least":true},
                 "interval":{"lower":1.0,"upper":15.0},"rough":true,"day_only":0.0,
                 "requests":100,"matched_type":"Noise","as_of":"2019-07-12T10:00:00Z",
                 "window":{"from":"2019-07-01","to":"2019-07-10","days":10,"days_with_data":9},
                 "by_hour":[
                  {"hour":0,"estimated_time":2.13,"at_least":false,
                   "interval":{"lower":1.50,"upper":4.00},"rough":false,"requests":40},
                  {"hour":23,"estimated_time":9.00,"at_least":true,
                   "interval":{"lower":4.00,"upper":null},"rough":true,"requests":2}],
                 "by_weekday":[
                  {"weekday":"Wednesday","estimated_time":4.00,"at_least":false,
                   "interval":{"lower":1.00,"upper":8.00},"rough":true,"requests":5}],
                 "by_borough":[
                  {"borough":"Staten Island","estimated_time":5.00,"at_least":false,
                   "interval":{"lower":2.00,"upper":6.00},"rough":false,"requests":6}],
                 "descriptors":[]}\
                """));
  }

  @Test
  void mediansFromBeforeThereWerePatternsHaveNone() throws IOException {
    JsonNode about =
        Asked.ofMedians(List.of(1.), noise(Patterns.NONE)).get("/complaint-types/noise");

    assertThat(about.get("by_hour")).isEmpty();
    assertThat(about.get("by_weekday")).isEmpty();
    assertThat(about.get("by_borough")).isEmpty();
  }

  @Test
  void anUnknownTypeIsToldTheNearestNamesOnEveryPath() throws IOException {
    for (String path : List.of("/predict/", "/curve/", "/complaint-types/")) {
      JsonNode unknown = Asked.ofMedians(List.of(1.), noise(Patterns.NONE)).get(path + "noisy");

      assertThat(unknown)
          .isEqualTo(
              JSON.readTree(
                  """
                  {"status":"failure","problem":"Complaint type is not in database",
                   "complaint_type":"noisy","suggestions":["Noise"]}\
                  """));
    }
  }

  @Test
  void theStatusTellsHowOldTheDataIs() throws IOException {
    assertThat(Asked.ofMedians(List.of(1.), noise(Patterns.NONE)).get("/status"))
        .isEqualTo(
            JSON.readTree(
                """
                {"status":"success","as_of":"2019-07-12T10:00:00Z","age_hours":50.50,"record":null,
                 "window":{"from":"2019-07-01","to":"2019-07-10","days":10,"days_with_data":9},"requests":100,
                 "complaint_types":1,"refresh_seconds":300,"model":null}\
                """));
  }

  @Test
  void closingsThatTellOnlyTheirDayAreTold() throws IOException {
    TypeMedians type =
        new TypeMedians(
            "Derelict Vehicles",
            9,
            1,
            12,
            36,
            60,
            false,
            false,
            new Interval(12, 37),
            .8889,
            60,
            List.of(),
            List.of(),
            Patterns.NONE);

    JsonNode told = Asked.ofMedians(List.of(1.), type).get("/predict/derelict-vehicles");

    assertThat(told.get("day_only").asDouble()).isEqualTo(.8889);
    assertThat(told.get("rough").asBoolean()).isTrue();
  }

  @Test
  void theStatusTellsWhichModelThereIsAndHowGoodItIs() throws IOException {
    Estimates estimates = Priming.publication().current().orElseThrow();
    RegressionModel regression = estimates.model().orElseThrow().model();
    BacktestFigures figures =
        new BacktestFigures(
            Instant.parse("2019-06-26T04:00:00Z"),
            223_310,
            71_881,
            306.12,
            List.of(new Estimator("regression: place", 1.05, .99, 1.06, .68, .2, 5.3)));

    JsonNode backtested = status(estimates, regression, Optional.of(figures));
    JsonNode not = status(estimates, regression, Optional.empty());

    assertThat(backtested)
        .isEqualTo(
            JSON.readTree(
                """
                {"version":"2019-07-23-x","backtest":{"as_of":"2019-06-26T04:00:00Z",
                 "learnt_from":223310,"tested":71881,"cap_hours":306.12,"estimators":[
                 {"estimator":"regression: place","mlog":1.05,"mlog_cap":0.99,"pinball_sum":1.06,
                  "coverage":0.68,"above_p90":0.2,"median_error_hours":5.3}]}}\
                """));
    assertThat(not).isEqualTo(JSON.readTree("{\"version\":\"2019-07-23-x\",\"backtest\":null}"));
  }

  private static JsonNode status(
      Estimates estimates, RegressionModel regression, Optional<BacktestFigures> backtest)
      throws IOException {
    PublishedModel model = new PublishedModel("2019-07-23-x", regression, backtest);
    Estimates all = new Estimates(estimates.types(), Optional.of(model));
    return new Asked(Optional.of(all)).get("/status").get("model");
  }

  @Test
  void aTypeTellsWhichDescriptorsTheModelKnows() throws IOException {
    JsonNode descriptors = Asked.ofTheJar().get("/complaint-types/residential").get("descriptors");

    assertThat(descriptors.valueStream().map(JsonNode::asText)).contains("Loud Music/Party");
  }

  @Test
  void beforeTheFirstPublicationEveryPathAsksToComeBack() throws IOException {
    for (String path :
        List.of("/predict/x", "/curve/x", "/complaint-types", "/complaint-types/x", "/status")) {
      assertThat(new Asked(Optional.empty()).get(path))
          .isEqualTo(
              JSON.readTree(
                  """
                  {"status":"failure",
                   "problem":"Nothing is published yet: try again in a minute"}\
                  """));
    }
  }
}
