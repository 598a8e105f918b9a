package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nyc311.requests.NewYork;
import nyc311.requests.Put;
import nyc311.requests.RawDay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleFeedTest {
  private static final SampleFeed BUNDLED = SampleFeed.ofJuly2019();
  private static final List<ObjectNode> ROWS = rows(BUNDLED);

  /** Three weeks that were followed for years. */
  private static final List<ObjectNode> LONG_AGO = longAgo();

  @Test
  void theBundledSampleIsTheSameEverywhere() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    ROWS.forEach(row -> digest.update((row + "\n").getBytes(UTF_8)));
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("07fa26efa64ba6571ed034f50f0cfaf51ee8239010e9147d0f7b6e8ff2336c61");
  }

  @Test
  void anotherSeedGivesAnotherSample() {
    SampleFeed other = new SampleFeed(BUNDLED.lastDay(), BUNDLED.days(), 533, 312);
    assertThat(rows(other).get(100)).isNotEqualTo(ROWS.get(100));
  }

  @Test
  void hasThreeWeeksThatEndYesterday() {
    Map<String, Long> sizes =
        ROWS.stream()
            .collect(groupingBy(row -> text(row, "created_date").substring(0, 10), counting()));
    assertThat(sizes).hasSize(21).containsKeys("2019-06-20", "2019-07-10");
    assertThat(sizes.values()).allMatch(size -> size >= 400 && size <= 650);
    assertThat(ROWS).hasSizeBetween(11_150, 11_250);
    assertThat(BUNDLED.rows(BUNDLED.lastDay().plusDays(1), LocalDate.MAX)).isEmpty();
  }

  @Test
  void whatIsReadIsTheSameOnWhateverDayItEnds() {
    List<String> read = read(BUNDLED);
    assertThat(read).hasSizeGreaterThan(11_000);
    List<String> days = new ArrayList<>(List.of("2024-02-29", "2024-03-01", "2025-01-01"));
    for (String change : List.of("2024-03-10", "2024-11-03")) {
      IntStream.of(0, 1, 2, 7, 8, 9, 14, 15, 21, 22)
          .forEach(after -> days.add(LocalDate.parse(change).plusDays(after).toString()));
    }
    assertThat(days)
        .allSatisfy(
            today -> assertThat(read(SampleFeed.before(LocalDate.parse(today)))).isEqualTo(read));
  }

  @Test
  void noDayDatesFromLaterThanItsNewestRow() {
    LocalDate first = LocalDate.of(2024, 1, 1);
    assertThat(first.datesUntil(first.plusYears(1)))
        .allSatisfy(
            today -> {
              SampleFeed feed = SampleFeed.before(today);
              LocalDateTime newest =
                  feed.rows(feed.lastDay(), feed.lastDay())
                      .map(row -> time(row, "created_date"))
                      .max(LocalDateTime::compareTo)
                      .orElseThrow();
              assertThat(feed.truth(LocalDate.MIN, LocalDate.MAX))
                  .contains(NewYork.instant(newest));
            });
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
        LONG_AGO.stream()
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
  void nothingIsClosedAfterItsDaysAsOf() {
    assertThat(ROWS)
        .filteredOn(row -> isClosed(row) && row.has("closed_date"))
        .filteredOn(
            row ->
                NewYork.instant(time(row, "closed_date"))
                    .isAfter(BUNDLED.asOf(time(row, "created_date").toLocalDate())))
        .hasSize(1); // in the year 2119
  }

  /** Really 56% are open some hours after their day, and 28% of those of thirteen days. */
  @Test
  void asManyAreOpenAsInReality() {
    assertThat(share(week(2), row -> !isClosed(row))).isBetween(0.56, 0.65);
    assertThat(share(week(1), row -> !isClosed(row))).isBetween(0.2, 0.28);
    assertThat(share(week(0), row -> !isClosed(row))).isBetween(0.1, 0.2);
  }

  private static List<ObjectNode> week(int week) {
    LocalDate first = BUNDLED.firstDay().plusWeeks(week);
    return BUNDLED.rows(first, first.plusDays(6)).toList();
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
  void sizesOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleFeed(LocalDate.EPOCH, 1, 50_001, 0))
        .withMessageContaining("50001");
    assertThatIllegalArgumentException().isThrownBy(() -> new SampleFeed(LocalDate.EPOCH, 0, 1, 0));
  }

  private static List<ObjectNode> rows(SampleFeed feed) {
    return feed.rows(LocalDate.MIN, LocalDate.MAX).toList();
  }

  private static List<ObjectNode> longAgo() {
    SampleFeed feed = new SampleFeed(BUNDLED.lastDay(), 7 * 600, 533, 311);
    return feed.rows(feed.firstDay(), feed.firstDay().plusDays(20)).toList();
  }

  /** All that estimates are made from. */
  private static List<String> read(SampleFeed feed) {
    List<String> requests = new ArrayList<>();
    for (LocalDate day : feed.allDays()) {
      Instant asOf = feed.asOf(day);
      byte[] json =
          feed.rows(day, day).map(ObjectNode::toString).toList().toString().getBytes(UTF_8);
      try {
        RawDay.read(
            day,
            Put.byHand(new ByteArrayInputStream(json), asOf),
            request ->
                requests.add(
                    String.join(
                        "|",
                        day.getDayOfWeek().toString(),
                        NewYork.hour(day, request.created()) + "",
                        request.resolutionTime(asOf) + "",
                        request.closed() == null ? request.ageAt(asOf) + "" : "",
                        isMidnight(request.closed()) ? "at midnight" : "",
                        request.complaintType(),
                        request.descriptor(),
                        request.borough(),
                        request.latitude() + "," + request.longitude())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    requests.sort(null);
    return requests;
  }

  private static boolean isMidnight(Instant closed) {
    return closed != null && closed.atZone(NewYork.ZONE).toLocalTime().equals(LocalTime.MIDNIGHT);
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
