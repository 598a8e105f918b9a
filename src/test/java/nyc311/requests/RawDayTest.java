package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The feed's rows as they really are: what counts as a request, and as a closed one. */
class RawDayTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);
  private static final Instant BOUND = Instant.parse("2019-08-01T00:00:00Z");

  private final List<ServiceRequest> accepted = new ArrayList<>();

  @Test
  void aClosedRequestHasItsResolutionTime() throws IOException {
    RawDay report =
        read(
            """
            [{"unique_key":"1","created_date":"2019-07-01T00:00:09.000",
              "closed_date":"2019-07-01T02:30:09.000","status":"Closed","agency":"NYPD",
              "complaint_type":"Noise - Street/Sidewalk","descriptor":"Loud Talking",
              "borough":"BRONX","latitude":"40.85","longitude":"-73.9"}]\
            """);

    assertThat(report.rows()).isEqualTo(1);
    assertThat(report.accepted()).isEqualTo(1);
    assertThat(accepted)
        .containsExactly(
            new ServiceRequest(
                Instant.parse("2019-07-01T04:00:09Z"),
                Instant.parse("2019-07-01T06:30:09Z"),
                "Noise - Street/Sidewalk",
                "Loud Talking",
                "NYPD",
                "BRONX",
                40.85,
                -73.9));
    assertThat(accepted.get(0).resolutionTime(Instant.MAX)).contains(Duration.ofMinutes(150));
  }

  @Test
  void aDescriptorInTwoPartsIsOne() throws IOException {
    String row =
        "{\"created_date\":\"2019-07-01T00:00:09.000\",\"status\":\"Open\",\"complaint_type\":\"Noise\"%s}";
    read(
        "["
            + String.join(
                ",",
                row.formatted(
                    ",\"descriptor\":\"Construction\",\"descriptor_2\":\"Before/After Hours\""),
                row.formatted(",\"descriptor\":\"Construction\",\"descriptor_2\":\" \""),
                row.formatted(",\"descriptor_2\":\"Before/After Hours\""),
                row.formatted(""))
            + "]");

    assertThat(accepted)
        .extracting(ServiceRequest::descriptor)
        .containsExactly(
            "Construction: Before/After Hours", "Construction", "Before/After Hours", null);
  }

  @ParameterizedTest(name = "status {0}, closed_date {1}")
  @CsvSource({
    "Pending, 2019-07-01T10:00:00.000",
    "Closed - Testing, 2019-07-01T11:00:00.000",
    "Unspecified,",
    "Open, 2019-06-30T10:00:00.000",
    "Assigned, 9999-01-01T00:00:00.000",
    "In Progress, nonsense",
    "Closed, ' '",
    "Closed,"
  })
  void aRequestIsOpenUnlessItsStatusIsClosedAndItHasAClosingDate(String status, String closedDate)
      throws IOException {
    read("[%s]".formatted(row("2019-07-01T10:00:00.000", closedDate, status, "Noise")));

    assertThat(accepted).singleElement().extracting(ServiceRequest::closed).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Closed", "CLOSED", " closed  ", "Unspecified", "UNSPECIFIED"})
  void aClosingIsOneInWhateverCaseTheStatusIs(String status) throws IOException {
    read("[%s]".formatted(row("2019-07-01T10:00:00", "2019-07-01T12:00:00", status, "Noise")));

    assertThat(accepted).singleElement().extracting(ServiceRequest::closed).isNotNull();
  }

  @Test
  void rowsWithOneKeyCountOnce() throws IOException {
    String json;
    try (InputStream in = getClass().getResourceAsStream("duplicates.json")) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    RawDay report = read(json);

    assertThat(report.rows()).isEqualTo(7);
    assertThat(report.rejected()).isEqualTo(Map.of(Rejection.DUPLICATE, 2L));
    assertThat(accepted).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"x\":\"\"', 3, of rows without a key",
    "'\"unique_key\":\"  \"', 3, of rows with a blank one",
    "'\"unique_key\":\"43000001\"', 1, of rows with a number",
    "'\"unique_key\":43000001', 1, of rows with a number that is no text",
    "'\"unique_key\":\"043-é\"', 1, of rows with any other key"
  })
  void howManyCount(String key, int count, String ofWhat) throws IOException {
    String row =
        row("2019-07-01T10:00:00.000", null, "Open", "Noise").replace("}", "," + key + "}");

    read("[%s,%s,%s]".formatted(row, row, row));

    assertThat(accepted).as(ofWhat).hasSize(count);
  }

  @Test
  void aRowThatDoesNotCountDoesNotTakeAnothersPlace() throws IOException {
    String bad = row("soon", null, "Open", "Noise").replace("}", ",\"unique_key\":\"1\"}");

    RawDay report = read("[%s,%s]".formatted(bad, bad.replace("soon", "2019-07-01T10:00:00.000")));

    assertThat(report.rejected()).isEqualTo(Map.of(Rejection.INVALID_CREATED_DATE, 1L));
  }

  @Test
  void manyKeysAreToldApart() throws IOException {
    String rows =
        IntStream.range(0, 60_000)
            .mapToObj(
                i ->
                    row("2019-07-01T10:00:00.000", null, "Open", "Noise")
                        .replace("}", ",\"unique_key\":\"" + (i % 3 == 0 ? "k" : "") + i + "\"}"))
            .collect(Collectors.joining(",", "[", "]"));

    assertThat(read(rows).accepted()).isEqualTo(60_000);
    assertThat(read(rows.replace("]", "," + rows.substring(1))).rejected())
        .isEqualTo(Map.of(Rejection.DUPLICATE, 60_000L));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "2019-07-01T10:00:00.000Z, 2019-07-01T10:00:00Z, 120",
    "2019-07-01 10:00:00, 2019-07-01T14:00:00Z, 120",
    "07/01/2019 10:00:00 AM, 2019-07-01T14:00:00Z, 120",
  })
  void aRowWhoseTimestampsChangedTheirTypeCountsAsBefore(
      String created, Instant instant, int minutes) throws IOException {
    String json;
    try (InputStream in = getClass().getResourceAsStream("row-with-zone.json")) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String closed = created.replace("10:", "12:").replace("12:00:00 AM", "12:00:00 PM");

    read(
        "[%s]"
            .formatted(
                json.replace("2019-07-01T10:00:00.000Z", created)
                    .replace("2019-07-01T12:00:00.000Z", closed)));

    assertThat(accepted.get(0).created()).isEqualTo(instant);
    assertThat(accepted.get(0).resolutionTime(Instant.MAX)).contains(Duration.ofMinutes(minutes));
  }

  @Test
  void aWallClockInDisguiseShowsInHowManyRowsLeaveTheDay() throws IOException {
    String night = row("2019-07-01T02:00:00.000Z", null, "Open", "Noise");

    RawDay report = read("[%s,%s]".formatted(night, night.replace("T02", "T12")));

    assertThat(report.rejected()).isEqualTo(Map.of(Rejection.CREATED_ON_ANOTHER_DAY, 1L));
  }

  @Test
  void aFileOfOtherDaysThanItsNamesSaysWhich() {
    String first = row("2019-07-03T10:00:00.000", null, "Open", "Noise");
    String last = row("2019-07-05T10:00:00.000", null, "Open", "Noise");

    assertThatThrownBy(() -> read("[%s,%s,{}]".formatted(last, first)))
        .isInstanceOf(MalformedRawDayException.class)
        .hasMessage(
            "a-key: must have rows of its day: 2 of its 3 rows were created from 2019-07-03 to"
                + " 2019-07-05");
    assertThat(accepted).isEmpty();
  }

  @Test
  void aNumberThatIsNoneSaysWhatToDo() {
    assertThatThrownBy(() -> read("[{\"latitude\":NaN}]"))
        .hasMessage(
            "a-key at line 1, column 17: NaN is not JSON: leave out what has no value, or write"
                + " null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "1900-01-01T00:00:00Z", "9999-12-31T00:00:00Z", ""})
  void aCollectedAtThatCannotBeTrueIsRefused(String collectedAt) {
    StoredObject raw =
        Put.put(InputStream.nullInputStream(), BOUND, Map.of(Keys.COLLECTED_AT, collectedAt));

    assertThatThrownBy(() -> RawDay.read(DAY, raw, accepted::add))
        .isInstanceOf(MalformedRawDayException.class)
        .hasMessage(
            "a-key: collected-at must be an ISO instant from 1970-01-01T00:00:00Z to"
                + " 2019-08-03T00:00:00Z, two days after it was written: "
                + collectedAt);
  }

  @Test
  void aDayBefore1970IsRefused() {
    assertThatThrownBy(
            () -> RawDay.read(LocalDate.of(1900, 1, 1), Put.byHand("[]", BOUND), accepted::add))
        .isInstanceOf(MalformedRawDayException.class)
        .hasMessage("a-key: must be a day from 1970 on: 1900-01-01");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      nullValues = "-",
      value = {
        "missing_created_date, -, -, Open, Noise",
        "missing_created_date, ' ', -, Open, Noise",
        "invalid_created_date, 2019-07-01, -, Open, Noise",
        "invalid_created_date, 1561989600, -, Open, Noise",
        "missing_complaint_type, 2019-07-01T10:00:00.000, -, Open, -",
        "missing_complaint_type, 2019-07-01T10:00:00.000, -, Open, ***",
        "missing_status, 2019-07-01T10:00:00.000, -, -, Noise",
        "missing_status, 2019-07-01T10:00:00.000, -, ' ', Noise",
        "cancelled, 2019-07-01T10:00:00.000, -, Cancel, Noise",
        "cancelled, 2019-07-01T10:00:00.000, 2019-07-01T11:00:00.000, ' CANCELLED', Noise",
        "invalid_closed_date, 2019-07-01T10:00:00.000, soon, Closed, Noise",
        "closed_before_created, 2019-07-01T10:00:00.000, 2019-07-01T09:59:59.000, Closed, Noise",
        "closed_in_the_future, 2019-07-01T10:00:00.000, 2019-08-03T10:00:00.000, Closed, Noise",
        "created_on_another_day, 2019-07-02T00:00:00.000, -, Open, Noise",
      })
  void aRowThatIsNoRequestOfTheDayIsRejectedAndCounted(
      String reason, String created, String closed, String status, String type) throws IOException {
    RawDay report =
        read(
            "[%s,%s]"
                .formatted(
                    row(created, closed, status, type),
                    row("2019-07-01T10:00:00.000", null, "Open", "Noise")));

    assertThat(accepted).hasSize(1);
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.rejected())
        .isEqualTo(Map.of(Rejection.valueOf(reason.toUpperCase(Locale.ROOT)), 1L));
  }

  @Test
  void aClosingInTheHourThatTheChangeBackRepeatsIsNotBeforeItsCreation() throws IOException {
    RawDay report =
        RawDay.read(
            LocalDate.of(2019, 11, 3),
            Put.byHand(
                "[%s]"
                    .formatted(
                        row(
                            "2019-11-03T01:50:00.000",
                            "2019-11-03T01:10:00.000",
                            "Closed",
                            "Rats")),
                Instant.parse("2019-12-01T00:00:00Z")),
            accepted::add);

    assertThat(report.rejected()).isEmpty();
    assertThat(accepted.get(0).resolutionTime(Instant.MAX)).contains(Duration.ofMinutes(20));
  }

  @Test
  void anOverlongComplaintTypeIsRejected() throws IOException {
    RawDay report =
        read("[%s]".formatted(row("2019-07-01T10:00:00.000", null, "Open", "x".repeat(201))));

    assertThat(report.rejected()).containsEntry(Rejection.OVERLONG_COMPLAINT_TYPE, 1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"location\":{\"latitude\":\"40.7\",\"longitude\":\"-73.9\",\"human_address\":\"{}\"}",
        "\"location\":{\"type\":\"Point\",\"coordinates\":[-73.9,40.7]}",
        "\"latitude\":\"40.7\",\"longitude\":\"-73.9\",\"location\":{\"coordinates\":[1,2,[3]]}",
        "\"location\":{\"coordinates\":[-73.9,40.7,{\"z\":0}]},\"latitude\":\"NaN\"",
      })
  void thePlaceComesInSeveralShapes(String place) throws IOException {
    read(
        """
        [{"created_date":"2019-07-01T10:00:00.000","status":"Open","complaint_type":"Noise",%s}]\
        """
            .formatted(place));

    boolean spoilt = place.contains("NaN");
    assertThat(accepted.get(0).latitude()).isEqualTo(spoilt ? null : 40.7);
    assertThat(accepted.get(0).longitude()).isEqualTo(spoilt ? null : -73.9);
  }

  @Test
  void aPlaceThatIsNotWantedIsLeftOut() throws IOException {
    String place =
        "\"latitude\":\"40.7\",\"longitude\":\"-73.9\",\"location\":{\"coordinates\":[1,2]}";
    String row =
        row("2019-07-01T10:00:00.000", null, "Open", "Noise").replace("}", "," + place + "}");

    RawDay report =
        RawDay.readWithoutPlaces(DAY, Put.byHand("[%s]".formatted(row), BOUND), accepted::add);

    assertThat(report.accepted()).isEqualTo(1);
    assertThat(accepted).singleElement().extracting(ServiceRequest::latitude).isNull();
  }

  @Test
  void unknownFieldsAreIgnored() throws IOException {
    read(
        """
        [{"x":{"y":[1,{"status":"Closed"}]},"created_date":"2019-07-01T10:00:00.000",
          "status":"Open","complaint_type":"Noise","descriptor":{"odd":1},"z":null}]\
        """);

    assertThat(accepted).singleElement().extracting(ServiceRequest::descriptor).isNull();
  }

  @Test
  void aDayPutByHandDatesFromTheLatestTimestampThatIsNotAfterItsWriting() throws IOException {
    RawDay report =
        read(
            "[%s,%s,%s]"
                .formatted(
                    row("2019-07-01T10:00:00.000", "2019-07-20T12:00:00.000", "Closed", "Noise"),
                    row("2019-07-01T11:00:00.000", "2019-07-21T12:00:00.000", "Pending", "Noise"),
                    row("2019-07-01T12:00:00.000", "9999-12-31T00:00:00.000", "Open", "Noise")));

    assertThat(report.asOf()).isEqualTo("2019-07-21T16:00:00Z");
  }

  @Test
  void whateverADaysKnowledgeDatesFromItIsAWholeSecond() throws IOException {
    Instant put = Instant.parse("2019-07-03T04:05:06.123456789Z");
    Map<String, String> collected = Map.of(Keys.COLLECTED_AT, put.toString());
    String row = "[%s]".formatted(row("2019-07-01T10:00:00.750", null, "Open", "Noise"));

    for (StoredObject raw :
        List.of(Put.byHand("[]", put), Put.put(Put.byHand("[]", put).content(), put, collected))) {
      assertThat(RawDay.read(DAY, raw, accepted::add).asOf()).isEqualTo("2019-07-03T04:05:06Z");
    }
    assertThat(RawDay.read(DAY, Put.byHand(row, put), accepted::add).asOf())
        .isEqualTo("2019-07-01T14:00:00Z");
  }

  @Test
  void aRequestOfALaterDayThanItsFileIsRejectedBeforeItIsHandedOver() throws IOException {
    String row = row("2019-07-01T10:00:00.000", null, "Open", "Noise");
    Instant before = Instant.parse("2019-07-01T03:59:59Z");

    RawDay byHand = RawDay.read(DAY, Put.byHand("[" + row + "]", before), accepted::add);
    RawDay collected =
        RawDay.read(
            DAY,
            Put.put(
                Put.byHand("[" + row + "," + row + "]", BOUND).content(),
                BOUND,
                Map.of(Keys.COLLECTED_AT, before.toString())),
            accepted::add);

    assertThat(accepted).isEmpty();
    assertThat(byHand.rejected()).isEqualTo(Map.of(Rejection.CREATED_AFTER_COLLECTION, 1L));
    assertThat(collected.rejected()).isEqualTo(Map.of(Rejection.CREATED_AFTER_COLLECTION, 2L));
  }

  @ParameterizedTest(name = "line {1}, column {2}")
  @MethodSource
  void aFileThatIsNoArrayOfObjectsFailsWithThePositionOfTheFault(
      String content, long line, long column) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOfSatisfying(
            MalformedRawDayException.class,
            e -> {
              assertThat(e)
                  .hasMessageStartingWith("a-key at line " + line + ", column " + column + ": ");
              assertThat(e.source()).isEqualTo("a-key");
              assertThat(e.line()).isEqualTo(line);
              assertThat(e.column()).isEqualTo(column);
            });
  }

  static Stream<Arguments> aFileThatIsNoArrayOfObjectsFailsWithThePositionOfTheFault() {
    return Stream.of(
        Arguments.of("", 1, 1),
        Arguments.of("{}", 1, 1),
        Arguments.of("[{},\n 5]", 2, 2),
        Arguments.of("[{\"a\":\"b\"", 1, 10),
        Arguments.of("[{}] 7", 1, 6),
        Arguments.of("<html>busy</html>", 1, 1));
  }

  @Test
  void aFileThatIsGzipSaysSo() throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write("[]".getBytes(StandardCharsets.UTF_8));
    }

    assertThatThrownBy(
            () ->
                RawDay.read(
                    DAY,
                    Put.byHand(new ByteArrayInputStream(compressed.toByteArray()), BOUND),
                    accepted::add))
        .isInstanceOf(MalformedRawDayException.class)
        .hasMessage("a-key: is gzip: decompress it, or in a folder name it .json.gz");
  }

  @Test
  void memoryDoesNotGrowWithTheFile() throws IOException {
    String row = row("2019-07-01T10:00:00.000", null, "Open", "Noise") + ",";
    int rows = 400_000;
    byte[] chunk = row.repeat(1_000).getBytes(StandardCharsets.UTF_8);
    Enumeration<InputStream> chunks =
        Collections.enumeration(
            IntStream.range(0, rows / 1_000)
                .<InputStream>mapToObj(i -> new ByteArrayInputStream(chunk))
                .toList());
    InputStream endless =
        new SequenceInputStream(
            new ByteArrayInputStream("[".getBytes(StandardCharsets.UTF_8)),
            new SequenceInputStream(
                new SequenceInputStream(chunks),
                new ByteArrayInputStream(
                    (row + "{}]").replace(",{}", "").getBytes(StandardCharsets.UTF_8))));
    long[] peak = {0, 0};
    long before = usedAfterCollection();
    RawDay report =
        RawDay.read(
            DAY,
            Put.byHand(endless, BOUND),
            request -> {
              if (++peak[1] == rows / 2) {
                peak[0] = usedAfterCollection();
              }
            });

    assertThat(report.accepted()).isEqualTo(rows + 1);
    assertThat(peak[0] - before).isLessThan(8L << 20);
  }

  private static long usedAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private RawDay read(String json) throws IOException {
    return RawDay.read(DAY, Put.byHand(json, BOUND), accepted::add);
  }

  private static String row(String created, String closed, String status, String type) {
    StringBuilder row = new StringBuilder("{\"agency\":\"NYPD\"");
    field(row, "created_date", created);
    field(row, "closed_date", closed);
    field(row, "status", status);
    field(row, "complaint_type", type);
    return row.append('}').toString();
  }

  private static void field(StringBuilder row, String name, String value) {
    if (value != null) {
      row.append(",\"").append(name).append("\":\"").append(value).append('"');
    }
  }
}
