package nyc311.local;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleFeedTest {
  private static final SampleFeed BUNDLED = SampleFeed.bundled();
  private static final List<ObjectNode> ROWS = rows(BUNDLED);
  private static final String AS_OF = "2019-07-12T02:05:00.000";

  @Test
  void theBundledSampleIsTheSameEverywhere() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    ROWS.forEach(row -> digest.update((row + "\n").getBytes(StandardCharsets.UTF_8)));
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("4c691bf99946085b60b10cbbe096f39b3800cc6c318a1021e125b42772ea317b");
  }

  @Test
  void anotherSeedGivesAnotherSample() {
    SampleFeed other = new SampleFeed(BUNDLED.firstDay(), BUNDLED.days(), 800, 312, BUNDLED.asOf());
    assertThat(rows(other).get(100)).isNotEqualTo(ROWS.get(100));
  }

  @Test
  void hasFourteenDaysOfSeveralHundredRowsAndThenAnEmptyOne() {
    Map<String, Long> sizes =
        ROWS.stream()
            .collect(groupingBy(row -> text(row, "created_date").substring(0, 10), counting()));
    assertThat(sizes).hasSize(14).containsKeys("2019-06-27", "2019-07-10");
    assertThat(sizes.values()).allMatch(size -> size >= 600 && size <= 1_000);
    assertThat(ROWS).hasSizeBetween(11_150, 11_250);
    LocalDate next = BUNDLED.lastDay().plusDays(1);
    assertThat(BUNDLED.rows(next, LocalDate.MAX)).isEmpty();
    assertThat(BUNDLED.truth(next, next)).contains(Instant.parse("2019-07-12T06:05:00Z"));
  }

  @Test
  void aDayIsTheSameAloneAndAmongOthers() {
    LocalDate day = LocalDate.of(2019, 7, 4);
    assertThat(BUNDLED.rows(day, day))
        .containsExactlyElementsOf(
            ROWS.stream()
                .filter(row -> text(row, "created_date").startsWith("2019-07-04"))
                .toList());
  }

  @Test
  void keysAreUnique() {
    assertThat(ROWS.stream().map(row -> text(row, "unique_key")).distinct()).hasSize(ROWS.size());
  }

  @Test
  void theTypesHaveTheTablesShares() {
    double all = SampleFeed.complaintTypes().stream().mapToDouble(type -> type.share()).sum();
    Map<String, Long> counts =
        ROWS.stream().collect(groupingBy(row -> text(row, "complaint_type"), counting()));
    assertThat(SampleFeed.complaintTypes())
        .allSatisfy(
            type -> {
              double expected = ROWS.size() * type.share() / all;
              // One more of each on the first day, and four standard deviations.
              assertThat((double) counts.get(type.name()))
                  .isCloseTo(expected + 1, within(4 * Math.sqrt(expected) + 1));
            });
  }

  @Test
  void onceAllAreClosedTheirHoursHaveTheTablesQuantiles() {
    Map<String, List<Double>> hours =
        rows(BUNDLED.knownAt(Instant.parse("2500-01-01T00:00:00Z"))).stream()
            .filter(row -> text(row, "status").equals("Closed") && row.has("closed_date"))
            .filter(row -> hours(row) >= 0)
            .collect(groupingBy(row -> text(row, "complaint_type"), sortedHours()));
    for (SampleFeed.ComplaintType type : SampleFeed.complaintTypes()) {
      List<Double> sorted = hours.get(type.name());
      if (sorted.size() >= 300 && type.midnight() < 0.1 && type.p10() > 0.1) {
        assertThat(quantile(sorted, 0.1))
            .as(type.name() + " p10")
            .isBetween(type.p10() * 0.6, type.p10() * 1.6);
        assertThat(quantile(sorted, 0.5))
            .as(type.name() + " p50")
            .isBetween(type.p50() * 0.8, type.p50() * 1.25);
        assertThat(quantile(sorted, 0.9))
            .as(type.name() + " p90")
            .isBetween(type.p90() * 0.6, type.p90() * 1.6);
      }
    }
  }

  @Test
  void requestsAreOpenExactlyWhenTheyCloseAfterTheAsOf() {
    Map<String, ObjectNode> later =
        rows(BUNDLED.knownAt(Instant.parse("2500-01-01T00:00:00Z"))).stream()
            .collect(toMap(row -> text(row, "unique_key"), Function.identity()));
    List<ObjectNode> open =
        ROWS.stream().filter(row -> !row.has("closed_date") && !isClosed(row)).toList();
    assertThat(open).hasSizeGreaterThan(1_000);
    assertThat(open)
        .map(row -> later.get(text(row, "unique_key")))
        .allMatch(SampleFeedTest::isClosed)
        .filteredOn(row -> hours(row) >= 0)
        .allMatch(row -> text(row, "closed_date").compareTo(AS_OF) > 0);
    assertThat(ROWS)
        .filteredOn(row -> isClosed(row) && row.has("closed_date"))
        .filteredOn(row -> text(row, "closed_date").compareTo(AS_OF) > 0)
        .hasSize(1);
  }

  @Test
  void requestsOfTheFutureAreNotKnownYet() {
    SampleFeed early = BUNDLED.knownAt(Instant.parse("2019-07-01T16:00:00Z"));
    assertThat(rows(early))
        .hasSizeGreaterThan(3_000)
        .allMatch(row -> text(row, "created_date").compareTo("2019-07-01T12:00:00.000") <= 0);
  }

  /** On 2019-07-12 really 45% of the newest day and 28% of 13 days were open. */
  @Test
  void asManyAreOpenAsInReality() {
    assertThat(share(ROWS, row -> !isClosed(row))).isCloseTo(0.27, within(0.04));
    List<ObjectNode> newest = BUNDLED.rows(BUNDLED.lastDay(), BUNDLED.lastDay()).toList();
    assertThat(share(newest, row -> !isClosed(row))).isCloseTo(0.45, within(0.07));
  }

  @Test
  void aboutEightPercentOfTheClosingsAreStampedMidnight() {
    List<ObjectNode> closed =
        ROWS.stream().filter(row -> isClosed(row) && row.has("closed_date")).toList();
    assertThat(share(closed, row -> text(row, "closed_date").endsWith("T00:00:00.000")))
        .isCloseTo(0.08, within(0.015));
  }

  @Test
  void aboutOneInTwentyHasNoCoordinates() {
    assertThat(share(ROWS, row -> !row.has("latitude"))).isCloseTo(0.05, within(0.01));
    assertThat(ROWS).allMatch(row -> row.has("latitude") == row.has("location"));
  }

  @Test
  void nightsAreForNoiseAndDaysForTheRest() {
    assertThat(share(ofType("Noise - Residential"), SampleFeedTest::isNight)).isBetween(0.65, 0.75);
    assertThat(share(ofType("Sidewalk Condition"), SampleFeedTest::isNight)).isLessThan(0.25);
  }

  static Stream<Arguments> oddities() {
    return Stream.of(
        odd(
            "location as latitude, longitude and address",
            5_000,
            row -> row.at("/location/human_address").isTextual()),
        odd(
            "location as GeoJSON, longitude first",
            2_000,
            row ->
                "Point".equals(row.at("/location/type").asText())
                    && row.at("/location/coordinates/0").asDouble() == number(row, "longitude")
                    && row.at("/location/coordinates/1").asDouble() == number(row, "latitude")),
        odd("no coordinates", 400, row -> !row.has("latitude")),
        odd("no descriptor", 20, row -> !row.has("descriptor")),
        odd("no location type", 1_000, row -> !row.has("location_type")),
        odd(
            "open, closed when created",
            100,
            row -> !isClosed(row) && row.has("closed_date") && hours(row) == 0),
        odd(
            "open, closed before created",
            50,
            row -> !isClosed(row) && row.has("closed_date") && hours(row) < 0),
        odd(
            "open, closed later",
            10,
            row -> !isClosed(row) && row.has("closed_date") && hours(row) > 0),
        odd(
            "closed before created",
            5,
            row -> isClosed(row) && row.has("closed_date") && hours(row) < 0),
        odd("closed without a date", 1, row -> isClosed(row) && !row.has("closed_date")),
        odd(
            "pending till the year 9999",
            1,
            row -> !isClosed(row) && text(row, "closed_date").startsWith("9999")),
        odd(
            "closed in 1900",
            1,
            row -> isClosed(row) && text(row, "closed_date").startsWith("1900")),
        odd(
            "closed a century later",
            1,
            row -> isClosed(row) && text(row, "closed_date").startsWith("2119")),
        odd("a column that nobody documents", 5_000, row -> row.has(":@computed_region_efsh_h5xi")),
        odd("a column that estimates do not need", 11_000, row -> row.has("incident_address")),
        odd(
            "the police's clock four hours ahead",
            1_000,
            row ->
                text(row, "agency").equals("NYPD")
                    && row.has("closed_date")
                    && Duration.between(
                                time(row, "closed_date"),
                                time(row, "resolution_action_updated_date"))
                            .toHours()
                        == 4));
  }

  private static Arguments odd(String name, int atLeast, Predicate<ObjectNode> is) {
    return Arguments.of(name, atLeast, is);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("oddities")
  void everyOddityOfTheFeedIsThere(String name, int atLeast, Predicate<ObjectNode> is) {
    assertThat(ROWS.stream().filter(is)).as(name).hasSizeGreaterThanOrEqualTo(atLeast);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Noise",
        "Noise - Residential",
        "Noise - Commercial",
        "Noise - Vehicle",
        "Noise - Park",
        "Noise - Street/Sidewalk",
        "Noise - House of Worship",
        "Collection Truck Noise",
        "Appliance",
        "APPLIANCE",
        "UNSANITARY CONDITION",
        "Unsanitary Condition",
        "Animal Abuse",
        "Animal-Abuse",
        "PLUMBING",
        "Plumbing",
        "HEAT/HOT WATER",
        "Missed Collection (All Materials)",
        "Alzheimer's Care",
        "Misc. Comments"
      })
  void theTypesThatAreHardToLookUpAreThere(String type) {
    assertThat(ofType(type)).isNotEmpty();
  }

  @Test
  void valuesAreStringsAndNullsAreAbsent() {
    assertThat(ROWS)
        .allSatisfy(
            row ->
                assertThat(row.properties())
                    .filteredOn(field -> !field.getKey().equals("location"))
                    .allMatch(field -> field.getValue().isTextual()));
    assertThat(ROWS.stream().flatMap(row -> StreamSupport.stream(row.spliterator(), false)))
        .noneMatch(JsonNode::isNull);
  }

  @Test
  void timesThatNewYorksClocksSkipDoNotOccur() {
    LocalDate spring = LocalDate.of(2019, 3, 10);
    List<ObjectNode> rows =
        rows(new SampleFeed(spring, 1, 20_000, 7, Instant.parse("2019-03-20T00:00:00Z")));
    Set<Integer> hours =
        Set.copyOf(
            rows.stream().map(row -> time(row, "created_date").getHour()).distinct().toList());
    assertThat(hours).hasSize(23).doesNotContain(2);
    assertThat(rows).allMatch(row -> time(row, "created_date").toLocalDate().equals(spring));
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleFeed(LocalDate.EPOCH, 1, 50_001, 0, Instant.EPOCH))
        .withMessageContaining("50001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleFeed(LocalDate.EPOCH, 0, 1, 0, Instant.EPOCH));
  }

  private static List<ObjectNode> rows(SampleFeed feed) {
    return feed.rows(LocalDate.MIN, LocalDate.MAX).toList();
  }

  private static List<ObjectNode> ofType(String type) {
    return ROWS.stream().filter(row -> text(row, "complaint_type").equals(type)).toList();
  }

  private static String text(ObjectNode row, String column) {
    return row.path(column).asText();
  }

  private static double number(ObjectNode row, String column) {
    return Double.parseDouble(text(row, column));
  }

  private static LocalDateTime time(ObjectNode row, String column) {
    return LocalDateTime.parse(text(row, column));
  }

  private static double hours(ObjectNode row) {
    return Duration.between(time(row, "created_date"), time(row, "closed_date")).toSeconds()
        / 3600.0;
  }

  private static boolean isClosed(ObjectNode row) {
    return text(row, "status").equals("Closed");
  }

  private static boolean isNight(ObjectNode row) {
    int hour = time(row, "created_date").getHour();
    return hour >= 20 || hour < 4;
  }

  private static double share(List<ObjectNode> rows, Predicate<ObjectNode> is) {
    return (double) rows.stream().filter(is).count() / rows.size();
  }

  private static Collector<ObjectNode, ?, List<Double>> sortedHours() {
    return collectingAndThen(
        mapping(SampleFeedTest::hours, toList()), hours -> hours.stream().sorted().toList());
  }

  private static double quantile(List<Double> sorted, double q) {
    return sorted.get((int) (q * (sorted.size() - 1)));
  }
}
