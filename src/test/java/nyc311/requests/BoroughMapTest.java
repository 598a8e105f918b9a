package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import nyc311.bucket.StoredObject;
import nyc311.local.RealDays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which borough a place is in, in training and in serving alike. */
class BoroughMapTest {
  @ParameterizedTest
  @CsvSource({
    "40.7813, -73.9740, MANHATTAN, the museum at Central Park",
    "40.6743, -73.9709, BROOKLYN, the library at Prospect Park",
    "40.8506, -73.8769, BRONX, the zoo",
    "40.7453, -73.8467, QUEENS, the stadium in Flushing",
    "40.6413, -73.7781, QUEENS, JFK",
    "40.5795, -74.1502, STATEN_ISLAND, the greenbelt",
    "41.5000, -73.8769, BRONX, far in the north",
    "40.1000, -74.9000, STATEN_ISLAND, far in the south-west",
  })
  void aPlaceIsInItsBorough(double latitude, double longitude, Borough borough, String name) {
    assertThat(BoroughMap.shipped().at(new Place(latitude, longitude))).as(name).isEqualTo(borough);
  }

  @Test
  void aCellHasTheBoroughOfMostAndAnEmptyOneThatOfTheNearest() {
    BoroughMap.Survey survey = new BoroughMap.Survey();
    survey.add(request("BRONX", 40.8501, -73.8701));
    survey.add(request("QUEENS", 40.8502, -73.8702));
    survey.add(request("QUEENS", 40.8503, -73.8703));
    survey.add(request("Unspecified", 40.8503, -73.8703));
    survey.add(request("BROOKLYN", 40.8501, -73.8501));
    survey.add(request("BROOKLYN", null, null));

    BoroughMap map = survey.map();

    assertThat(map).hasToString("cells of 1/200 degree from 8170, -14775\nQqqkK\n");
    assertThat(map.at(new Place(40.8504, -73.8704))).isEqualTo(Borough.QUEENS);
    assertThat(map.at(new Place(40.8504, -73.8604))).isEqualTo(Borough.QUEENS);
    assertThat(map.at(new Place(40.1, -75))).isEqualTo(Borough.QUEENS);
  }

  @Test
  void aMapIsReadAsItWasWritten() throws IOException {
    assertThat(read(BoroughMap.shipped().toString())).hasToString(BoroughMap.shipped().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "cells of 1/200 degree from 8170, -14775",
        "cells of 1/200 degree from 8170, -14775\nQQ\nQ",
        "cells of 1/200 degree from 8170, -14775\nQQ\nQB",
        "cells of 1/100 degree from 8170, -14775\nQQ\nQQ"
      })
  void whatIsNoMapIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a map of the boroughs");
  }

  @Test
  void ofRealRequestsNinetyNineInAHundredAreInTheBoroughOfTheirCell() throws IOException {
    long[] counts = new long[2];
    RawDays rawDays = RawDays.in(RealDays.recent());
    for (LocalDate day : rawDays.days()) {
      try (StoredObject raw = rawDays.open(day)) {
        RawDay.read(day, raw, request -> count(request, counts));
      }
    }

    assertThat(counts[0]).isGreaterThan(50_000);
    assertThat(counts[1]).isGreaterThan(counts[0] * 99 / 100);
  }

  private static void count(ServiceRequest request, long[] counts) {
    if (request.latitude() != null && Borough.named(request.borough()).isPresent()) {
      Place place = new Place(request.latitude(), request.longitude());
      counts[0]++;
      counts[1] += BoroughMap.shipped().at(place) == Borough.named(request.borough()).get() ? 1 : 0;
    }
  }

  private static BoroughMap read(String text) throws IOException {
    return BoroughMap.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static ServiceRequest request(String borough, Double latitude, Double longitude) {
    Instant created = Instant.parse("2019-07-01T12:00:00Z");
    return new ServiceRequest(created, null, "Noise", null, null, borough, latitude, longitude);
  }
}
