package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.stream.Stream;
import nyc311.regression.Situation.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QuestionTest {
  @ParameterizedTest
  @CsvSource({
    "2019-06-08 00:00:09, 2019-06-08T00:00:09",
    "2019-06-08T00:00:09, 2019-06-08T00:00:09",
    "2019-06-08T00:00:09.5, 2019-06-08T00:00:09.5",
    "2019-06-08T17:30, 2019-06-08T17:30:00",
    "2019-06-08, 2019-06-08T12:00:00",
    "2019-06-08T00:00:09Z, 2019-06-07T20:00:09",
    "2019-06-08T00:00:09-04:00, 2019-06-08T00:00:09",
    "2019-06-08T00:00:09-0400, 2019-06-08T00:00:09",
    "2019-06-08 00:00:09 -04, 2019-06-08T00:00:09",
    "2019-06-08T00:00:09+02:00, 2019-06-07T18:00:09",
    "2019-06-08T00:00:09 02:00, 2019-06-07T18:00:09",
    "2019-01-08T00:00:09Z, 2019-01-07T19:00:09",
    "2087-02-28T23:59:59, 2087-02-28T23:59:59",
  })
  void aDateIsReadAsNewYorksTime(String date, LocalDateTime newYork) {
    assertThat(Question.of("noise", Map.of("date", date)).created()).contains(newYork);
  }

  @Test
  void whatIsAbsentIsLeftOut() {
    assertThat(Question.of("noise", Map.of("utm_source", "x")))
        .extracting(Question::descriptor, Question::place, Question::created)
        .allSatisfy(part -> assertThat(part).asString().isEqualTo("Optional.empty"));
    assertThat(Question.of("noise", Map.of("lat", "40.4", "lon", "-73.6")).place())
        .contains(new Place(40.4, -73.6));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void aBadValueIsRefusedWithFieldLimitAndValue(Map<String, String> query, String message) {
    assertThatThrownBy(() -> Question.of("noise", query))
        .isInstanceOf(InvalidQuestionException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> aBadValueIsRefusedWithFieldLimitAndValue() {
    String dates =
        "date must be like 2019-06-08T00:00:09, 2019-06-08 00:00:09 or 2019-06-08, or have an"
            + " offset like 2019-06-08T00:00:09-04:00: ";
    return Stream.of(
        Arguments.of(Map.of("lat", "95", "lon", "-73.9"), "lat must be between 40.4 and 41.0: 95"),
        Arguments.of(
            Map.of("lat", "40.39999", "lon", "-73.9"),
            "lat must be between 40.4 and 41.0: 40.39999"),
        Arguments.of(
            Map.of("lat", "-73.9", "lon", "40.7"), "lat must be between 40.4 and 41.0: -73.9"),
        Arguments.of(
            Map.of("lat", "40.7", "lon", "-74.41"), "lon must be between -74.4 and -73.6: -74.41"),
        Arguments.of(
            Map.of("lat", "NaN", "lon", "-73.9"), "lat must be between 40.4 and 41.0: NaN"),
        Arguments.of(Map.of("lat", "", "lon", "-73.9"), "lat must be between 40.4 and 41.0: "),
        Arguments.of(
            Map.of("lat", "40.7,40.8", "lon", "-73.9"),
            "lat must be between 40.4 and 41.0: 40.7,40.8"),
        Arguments.of(
            Map.of("lat", "4".repeat(5_000), "lon", "-73.9"),
            "lat must be between 40.4 and 41.0: " + "4".repeat(100) + "…"),
        Arguments.of(Map.of("lat", "40.7"), "lon must be given together with lat: lat=40.7"),
        Arguments.of(Map.of("lon", "-73.9"), "lat must be given together with lon: lon=-73.9"),
        Arguments.of(Map.of("date", "tomorrow"), dates + "tomorrow"),
        Arguments.of(Map.of("date", "2019-02-29"), dates + "2019-02-29"),
        Arguments.of(Map.of("date", "2019-06-08T24:01:00"), dates + "2019-06-08T24:01:00"),
        Arguments.of(
            Map.of("date", "2019-06-08T00:00:09+99:00"), dates + "2019-06-08T00:00:09+99:00"),
        Arguments.of(
            Map.of("descriptor", "x".repeat(201)),
            "descriptor must be at most 200 characters: " + "x".repeat(100) + "…"));
  }

  @Test
  void anOverlongComplaintTypeIsRefused() {
    assertThatThrownBy(() -> Question.of("x".repeat(201), Map.of()))
        .hasMessageStartingWith("complaint_type must be at most 200 characters: xxx");
  }
}
