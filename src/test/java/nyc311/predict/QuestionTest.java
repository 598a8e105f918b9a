package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(asked(Map.of("date", date)).created()).contains(newYork);
  }

  @Test
  void whatIsAbsentIsLeftOut() {
    assertThat(Question.of("noise", Map.of("utm_source", "x,y"), Set.of("utm_source")))
        .extracting(Question::descriptor, Question::place, Question::created)
        .allSatisfy(part -> assertThat(part).asString().isEqualTo("Optional.empty"));
    assertThat(asked(Map.of("lat", "40.4", "lon", "-73.6")).place())
        .contains(new Place(40.4, -73.6));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void aBadValueIsRefusedWithFieldLimitAndValue(Map<String, String> query, String message) {
    assertRefused(query, message);
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
            Map.of("lat", "40.7", "lon", "1e400"), "lon must be between -74.4 and -73.6: 1e400"),
        Arguments.of(
            Map.of("lat", "4".repeat(5_000), "lon", "-73.9"),
            "lat must be between 40.4 and 41.0: " + "4".repeat(100) + "…"),
        Arguments.of(Map.of("lat", "40.7"), "lon must be given together with lat: lat=40.7"),
        Arguments.of(Map.of("lon", "-73.9"), "lat must be given together with lon: lon=-73.9"),
        Arguments.of(Map.of("date", "tomorrow"), dates + "tomorrow"),
        Arguments.of(Map.of("date", ""), dates + "(empty)"),
        Arguments.of(
            Map.of("descriptor", "x".repeat(201)),
            "descriptor must be at most 200 characters: " + "x".repeat(100) + "…"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"40.7", "+40.7", " 40.7", "40.7 ", "4.07e1", "407E-1", "40.70", "040.7"})
  void aNumberIsAcceptedHoweverItIsWritten(String lat) {
    assertThat(asked(Map.of("lat", lat, "lon", "-73.9")).place()).contains(new Place(40.7, -73.9));
  }

  @ParameterizedTest
  @CsvSource({"6.,6", ".5,0.5", "-0,0", "2.7777777777777776e-7,2.7777777777777776e-7", "1e-999,0"})
  void soAreHours(String openFor, double hours) {
    assertThat(asked(Map.of("open_for", openFor)).openForHours()).hasValue(hours);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40,7",
        "0x1p5",
        "40.7d",
        "40.7f",
        "NaN",
        "Infinity",
        "４０.７",
        "٤٠",
        "40°",
        "e1",
        ".",
        "4 0"
      })
  void whatIsNoDecimalNumberIsToldSo(String text) {
    assertRefused(
        Map.of("lat", text, "lon", "-73.9"),
        "lat must be a decimal number between 40.4 and 41.0: " + text);
    assertRefused(
        Map.of("open_for", text),
        "open_for must be a decimal number between 0 and 87600 hours: " + text);
  }

  @Test
  void anEmptyNumberIsNone() {
    for (String empty : List.of("", " ")) {
      assertRefused(
          Map.of("lat", "40.7", "lon", empty),
          "lon must be a decimal number between -74.4 and -73.6: (empty)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2019-02-29",
        "2019-06-08T24:01:00",
        "2019-06-31T12:00Z",
        "2019-06-08T00:00:09+99:00"
      })
  void aDateThatOnlyLooksLikeOneIsToldSo(String date) {
    assertRefused(
        Map.of("date", date),
        "date must be a day and a time that exist, with an offset of at most 18 hours: " + date);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lat", "lon", "date", "descriptor", "open_for"})
  void aParameterThatIsGivenTwiceIsToldSo(String name) {
    Map<String, String> query = Map.of(name, "1,2");

    assertThatThrownBy(() -> Question.of("noise", query, Set.of("utm_source", name)))
        .isInstanceOfSatisfying(
            InvalidQuestionException.class, e -> assertThat(e.parameter()).isEqualTo(name))
        .hasMessage(name + " must be given once: 1,2");
  }

  @Test
  void anEmptyDescriptorIsNone() {
    assertThat(asked(Map.of("descriptor", "")).descriptor()).isEmpty();
  }

  private static Question asked(Map<String, String> query) {
    return Question.of("noise", query, Set.of());
  }

  private static void assertRefused(Map<String, String> query, String message) {
    assertThatThrownBy(() -> asked(query))
        .isInstanceOf(InvalidQuestionException.class)
        .hasMessage(message);
  }

  @Test
  void anOverlongComplaintTypeIsRefused() {
    assertThatThrownBy(() -> Question.of("x".repeat(201), Map.of(), Set.of()))
        .hasMessageStartingWith("complaint_type must be at most 200 characters: xxx");
  }
}
