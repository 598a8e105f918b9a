package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import nyc311.local.MemoryBucket;
import nyc311.medians.InventedType;
import nyc311.medians.Medians;
import nyc311.medians.Patterns;
import nyc311.medians.TypeMedians;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever has reported something some hours ago is told how much longer it takes, and how the
 * chances go on from now.
 */
class OpenForTest {
  private static final TypeMedians NOISE =
      InventedType.of("Noise", 1, 3, 15, false, false, List.of(.1, .5, .7, .9), Patterns.NONE);

  private final Asked medians = Asked.ofMedians(List.of(1., 3., 7., 15.), NOISE);
  private final Asked all = Asked.ofTheJar();

  @Test
  void theRemainingTimeIsThatOfThoseThatAreStillOpen() throws IOException {
    // Half are open after three hours; 40% of those are closed by the seventh.
    JsonNode left = medians.get("/predict/noise", "open_for", "3");

    assertThat(left)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"status":"success","complaint_type":"noise","estimated_time":5.46,
                     "at_least":false,"range":{"p10":0.71,"p90":12.00,"p10_at_least":false,"p90_at_least":true},
                     "rough":false,"day_only":0.0,
                     "requests":100,"open_for":3.0,"still_open":0.5000,"matched_type":"Noise",
                     "basis":"median","as_of":"2019-07-12T10:00:00Z"}\
                    """));
  }

  @ParameterizedTest
  @ValueSource(strings = {"15", "16.5", "87600"})
  void whereNothingWasFollowedForSoLongItSaysSo(String openFor) throws IOException {
    JsonNode left = medians.get("/predict/noise", "open_for", openFor);

    assertThat(left.get("estimated_time").asDouble()).isZero();
    assertThat(left.get("at_least").asBoolean()).isTrue();
    assertThat(left.at("/range/p90_at_least").asBoolean()).isTrue();
    assertThat(left.get("still_open").isNull()).isEqualTo(!openFor.equals("15"));
    assertThat(left.get("fallback").asText()).isEqualTo("no request was followed for so long");
  }

  @ParameterizedTest
  @CsvSource({"1, 40, false", "10, 31, false", "12, 29, true", "30, 11, true", "41, 0, true"})
  void whatRestsOnFewThatWereStillOpenIsRough(String openFor, int followed, boolean rough)
      throws IOException {
    long[] oneToFortyHours = LongStream.rangeClosed(1, 40).map(hours -> 3600 * hours).toArray();
    TypeMedians type = TypeMedians.of("Noise", oneToFortyHours, new long[0]);

    JsonNode left =
        Asked.ofMedians(Medians.MOMENTS, type).get("/predict/noise", "open_for", openFor);

    assertThat(left.get("followed").asInt()).isEqualTo(followed);
    assertThat(left.get("rough").asBoolean()).isEqualTo(rough);
    assertThat(left.has("interval")).isFalse();
  }

  /** Of abandoned vehicles some are open for a month, but by the model none of such a place. */
  @Test
  void whoWaitsLongerThanTheModelKnowsIsAnsweredFromTheTypesOwnCurve() throws IOException {
    PredictHandler handler = published();
    for (String path : List.of("/predict/abandoned-vehicle", "/curve/abandoned-vehicle")) {
      ObjectNode type = (ObjectNode) body(handler, path, Map.of("open_for", "200"));
      JsonNode placed =
          body(
              handler,
              path,
              Map.of(
                  "open_for",
                  "200",
                  "lat",
                  "40.6757",
                  "lon",
                  "-73.8605",
                  "date",
                  "2026-11-22T03:00"));

      assertThat(type.get("still_open").asDouble()).isGreaterThan(.07);
      assertThat(placed).isEqualTo(type.put("fallback", "the model does not know so long a wait"));
    }
  }

  /** After a wait, the curve of a place may end before half, or nine in ten, of the rest do. */
  @ParameterizedTest
  @CsvSource({"'', false, false", "0, false, false", "300, false, true", "1000, true, true"})
  void aRegressionIsALowerBoundOnlyAfterAWait(String openFor, boolean p50, boolean p90)
      throws IOException {
    Map<String, String> query = new HashMap<>(Map.of("lat", "40.6757", "lon", "-73.8605"));
    if (!openFor.isEmpty()) {
      query.put("open_for", openFor);
    }
    PredictHandler handler = published();
    JsonNode left = body(handler, "/predict/animal-abuse", query);
    JsonNode curve = body(handler, "/curve/animal-abuse", query).at("/curve/hours");

    assertThat(left.get("basis").asText()).isEqualTo("regression");
    assertThat(left.has("fallback")).isFalse();
    assertThat(left.get("at_least").asBoolean()).isEqualTo(p50);
    assertThat(left.at("/range/p90_at_least").asBoolean()).isEqualTo(p90);
    double end = curve.get(curve.size() - 1).asDouble();
    assertThat(left.get("estimated_time").asDouble() > end - .01).isEqualTo(p50);
    assertThat(left.at("/range/p90").asDouble() > end - .01).isEqualTo(p90);
  }

  private static PredictHandler published() throws IOException {
    return new PredictHandler(
        new Settings(Map.of(Setting.DATA_BUCKET.name(), "memory")),
        MemoryBucket.published(),
        Clock.systemUTC());
  }

  private static JsonNode body(PredictHandler handler, String path, Map<String, String> query)
      throws IOException {
    JsonNode answer =
        PredictHandlerTest.send(handler, PredictHandlerTest.event("GET", path, query));
    return new ObjectMapper().readTree(answer.get("body").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "87600.1", "1e6", "99999999"})
  void otherHoursAreRefused(String openFor) throws IOException {
    for (String path : List.of("/predict/noise", "/curve/noise")) {
      JsonNode refused = medians.get(path, "open_for", openFor);

      assertThat(refused.get("status").asText()).isEqualTo("failure");
      assertThat(refused.get("parameter").asText()).isEqualTo("open_for");
      assertThat(refused.get("problem").asText())
          .isEqualTo("open_for must be between 0 and 87600 hours: " + openFor)
          .isEqualTo(refused.get("error message").asText());
    }
  }

  @Test
  void whoHasNotWaitedIsToldTheWholeTime() throws IOException {
    for (String[] where : new String[][] {{}, {"lat", "40.67", "lon", "-73.86"}}) {
      List<String> query = new ArrayList<>(List.of(where));
      JsonNode whole = all.get("/predict/residential", query.toArray(String[]::new));
      query.addAll(List.of("open_for", "0"));
      JsonNode left = all.get("/predict/residential", query.toArray(String[]::new));

      for (String figure : List.of("/estimated_time", "/range/p10", "/range/p90", "/basis")) {
        assertThat(left.at(figure)).as(figure).isEqualTo(whole.at(figure));
      }
      assertThat(left.get("still_open").asDouble()).isEqualTo(1);
    }
  }

  @Test
  void aPlaceHasItsOwnRemainingTime() throws IOException {
    String[] query = {"lat", "40.67", "lon", "-73.86", "open_for", "2"};
    JsonNode left = all.get("/predict/residential", query);
    JsonNode curve = all.get("/curve/residential", query);

    assertThat(left.get("basis").asText()).isEqualTo("regression");
    assertThat(left.get("model")).isEqualTo(curve.get("model"));
    assertThat(left.get("still_open").asDouble())
        .isEqualTo(curve.get("still_open").asDouble())
        .isStrictlyBetween(0., 1.);
    assertThat(left.get("estimated_time"))
        .isNotEqualTo(all.get("/predict/residential", "open_for", "2").get("estimated_time"));
  }

  @Test
  void theCurveOfATypeIsThePublishedOne() throws IOException {
    JsonNode curve = medians.get("/curve/noise");

    assertThat(curve)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"status":"success","complaint_type":"noise","requests":100,
                     "matched_type":"Noise","basis":"median","as_of":"2019-07-12T10:00:00Z",
                     "curve":{"hours":[0,1,3,7,15],"closed_by":[0,0.1,0.5,0.7,0.9]},
                     "overall":{"hours":[0,1,3,7,15],"closed_by":[0,0.1,0.5,0.7,0.9]}}\
                    """));
  }

  @Test
  void theCurveOfAPlaceAndTimeHasTheRegressionsQuantiles() throws IOException {
    String[] query = {"lat", "40.67", "lon", "-73.86", "date", "2019-06-14T00:02:11"};
    JsonNode estimate = all.get("/predict/residential", query);
    JsonNode curve = all.get("/curve/residential", query);

    assertThat(curve.get("basis").asText()).isEqualTo("regression");
    assertThat(hoursAt(curve.get("curve"), .1))
        .isCloseTo(estimate.at("/range/p10").asDouble(), within(.006));
    assertThat(hoursAt(curve.get("curve"), .5))
        .isCloseTo(estimate.get("estimated_time").asDouble(), within(.006));
    assertThat(hoursAt(curve.get("curve"), .9))
        .isCloseTo(estimate.at("/range/p90").asDouble(), within(.006));
    assertThat(curve.get("overall")).isEqualTo(all.get("/curve/residential").get("curve"));
  }

  @Test
  void afterAWaitBothCurvesBeginNow() throws IOException {
    JsonNode curve = all.get("/curve/residential", "date", "2019-06-14", "open_for", "6");

    for (String name : List.of("curve", "overall")) {
      assertThat(curve.at("/" + name + "/hours/0").asDouble()).isZero();
      assertThat(curve.at("/" + name + "/closed_by/0").asDouble()).isZero();
    }
    assertThat(curve.get("open_for").asDouble()).isEqualTo(6);
  }

  @Test
  void theCurvesEndWhereNothingWasFollowedForLonger() throws IOException {
    JsonNode curve = medians.get("/curve/noise", "open_for", "20");

    assertThat(curve.at("/curve/hours")).hasSize(1);
    assertThat(curve.get("fallback").asText()).isEqualTo("no request was followed for so long");
  }

  /** The hours of the point with this chance. */
  private static double hoursAt(JsonNode curve, double chance) {
    for (int i = 0; i < curve.get("hours").size(); i++) {
      if (curve.get("closed_by").get(i).asDouble() == chance) {
        return curve.get("hours").get(i).asDouble();
      }
    }
    throw new AssertionError("no point at " + chance + " in " + curve);
  }
}
