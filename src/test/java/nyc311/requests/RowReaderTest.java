package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static nyc311.requests.PlainRawDay.DAY;
import static nyc311.requests.PlainRawDay.assertReadAlike;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.Draw;
import nyc311.local.RealDays;
import nyc311.requests.PlainRawDay.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The short cut for the feed's usual rows must not show: whatever a raw day is, it is read, or
 * refused, just as Jackson alone does it.
 */
class RowReaderTest {
  /** What the reader holds of a file. */
  private static final int BUFFER = 1 << 16;

  private static final String ROW =
      """
      {"incident_zip":"10457","created_date":"2019-07-01T00:00:09.000",\
      "closed_date":"2019-07-01T02:30:09.000","agency":"NYPD","complaint_type":"Noise",\
      "descriptor":"Loud Talking","location_type":"Street/Sidewalk","status":"Closed",\
      "borough":"BRONX","latitude":"40.85295561811349","longitude":"-73.90482735520257",\
      "location":{"latitude":"40.85","longitude":"-73.9",\
      "human_address":"{\\"address\\":\\"\\",\\"city\\":\\"\\"}"}}\
      """;

  @Test
  void aRowAsTheFeedWritesItIsUsual() throws IOException {
    assertThat(isUsual(ROW.replace("incident_zip", "unique_key"), true)).isTrue();
    assertThat(isUsual("{\"created_date\":\"2019-07-01T00:00:09.000\"}", true)).isTrue();
    assertThat(isUsual("{\"location\":{\"latitude\":\"40.85\",\"x\":\"y\"}}", false)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"status\":\"Open\"}",
        "{\"status\" :\"Open\"}",
        "{\"status\":\"Op\\u0065n\"}",
        "{\"status\":\"Ouvert à tous\"}",
        "{\"status\":null}",
        "{\"latitude\":40.7}",
        "{\"x\":\"\\n\"}",
        "{\"x\":\"é\"}",
        "{\"x\":\"a\tb\"}",
        "{\"x\":[]}",
        "{\"x\":{\"y\":{}}}",
        "{\"location\":{\"latitude\":\"40.85\",\"longitude\":\"-73.9\"}}",
        "{}"
      })
  void anyOtherRowIsLeftToJackson(String row) throws IOException {
    assertThat(isUsual(row, true)).isFalse();
  }

  private static boolean isUsual(String row, boolean withPlace) {
    byte[] bytes = Arrays.copyOf(row.getBytes(UTF_8), 1_000);
    return new RowScanner().scan(bytes, 1, new Row(withPlace)) != RowScanner.NONE;
  }

  @Test
  void anyRawDayIsReadAsJacksonReadsIt() {
    Draw.cases(
        3_000, draw -> assertReadAlike(new OddJson(draw.random()).rawDay().getBytes(UTF_8), DAY));
  }

  @Test
  void aSpoiltRawDayIsRefusedAsJacksonRefusesIt() {
    Draw.cases(
        5_000,
        draw -> {
          OddJson odd = new OddJson(draw.random());
          assertReadAlike(odd.spoilt(odd.rawDay().getBytes(UTF_8)), DAY);
        });
  }

  @Test
  void soIsARawDayThatIsLongerThanTheBuffer() {
    Draw.cases(
        500,
        draw -> {
          OddJson odd = new OddJson(draw.random());
          String rawDay = odd.rawDay();
          String before = rows(draw.between(50, 2 * BUFFER), draw.between(50, 2 * BUFFER));
          byte[] json = (before + rawDay.substring(rawDay.indexOf('[') + 1)).getBytes(UTF_8);

          assertReadAlike(draw.random().nextBoolean() ? json : odd.spoilt(json), DAY);
        });
  }

  @Test
  void aRowMayLieAcrossTheBuffersEndInAnyWay() throws IOException {
    String rows = (ROW + "\n,").repeat(3) + ROW + "] ";
    for (int before = BUFFER - rows.length(); before < BUFFER + 10; before++) {
      assertThat(ours(rows(before, 1_000) + rows).accepted()).hasSize(4);
    }
  }

  /** The beginning of a raw day, of so many bytes, in rows of such a length. */
  private static String rows(int bytes, int rowLength) {
    StringBuilder rows = new StringBuilder("[");
    while (rows.length() < bytes) {
      int left = bytes - rows.length();
      int length = left < rowLength + 10 ? left : rowLength;
      rows.append("{\"x\":\"").append("y".repeat(Math.max(0, length - 9))).append("\"},");
    }
    return rows.toString();
  }

  @Test
  void aFileCutShortIsRefusedWhereverItIsCut() throws IOException {
    byte[] json = ("[" + (ROW + "\n,").repeat(2) + ROW + "]").getBytes(UTF_8);
    for (int length = 0; length <= json.length; length++) {
      assertReadAlike(Arrays.copyOf(json, length), DAY);
    }
  }

  @Test
  void whatComesAfterTheBufferIsNotOverlooked() throws IOException {
    String json = "[" + ROW + "," + ROW + "]";

    assertReadAlike((json + " ".repeat(BUFFER - json.length()) + "7").getBytes(UTF_8), DAY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n,", ",\r\n", "\r,", ","})
  void aRefusalNamesThePlaceWhereverRowsWereBefore(String separator) throws IOException {
    String usual = (ROW + separator).repeat(5);

    for (String fault : List.of("7]", "{\"x\":}", "{} {}]", "{}]]", "{\"x\":\"", "")) {
      assertReadAlike(("[" + usual + fault).getBytes(UTF_8), DAY);
      assertReadAlike(("[" + usual + "{ },\n" + usual + fault).getBytes(UTF_8), DAY);
    }
  }

  @ParameterizedTest
  @CsvSource({"'\n,', 1001, 1", "',', 1, 1001"})
  void aLimitIsPassedAtTheEndOfTheRowThatPassesIt(String separator, int line, int rowsOfLine)
      throws IOException {
    List<String> rows =
        IntStream.rangeClosed(1_000, 2_500).mapToObj(i -> ROW.replace("Noise", "T" + i)).toList();
    int row = rows.get(0).length();

    assertThat(ours("[" + String.join(separator, rows) + "]").problem().orElseThrow())
        .isEqualTo(
            "a-key at line %d, column %d: must have at most 1000 complaint types",
            line, 1 + rowsOfLine * (row + 1));
  }

  @Test
  void moreFieldsThanAreRememberedAreReadAsWell() throws IOException {
    String rows =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "{\"f%d\":\"\",%s,\"g%d\":\"\"}".formatted(i, fieldsOfRow(i), i * i))
            .collect(Collectors.joining(","));

    assertThat(ours("[" + rows + "]").accepted())
        .extracting(ServiceRequest::descriptor)
        .containsExactlyElementsOf(IntStream.range(0, 1_000).mapToObj(Integer::toString).toList());
  }

  /** In another order in every second row. */
  private static String fieldsOfRow(int i) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "\"created_date\":\"2019-07-01T00:00:09.000\"",
                "\"complaint_type\":\"Noise\"",
                "\"status\":\"Open\"",
                "\"descriptor\":\"" + i + '"'));
    if (i % 2 > 0) {
      Collections.reverse(fields);
    }
    return String.join(",", fields);
  }

  @Test
  void whatANameIsDoesNotDependOnTheFilesBefore() throws IOException {
    byte[] broken;
    try (InputStream in = getClass().getResourceAsStream("broken-name.json")) {
      broken = in.readAllBytes();
    }
    // Jackson takes a broken name for this one once it has read it, in a file to its end.
    ours("[{\"statusatus\":\"\"}]" + " ".repeat(BUFFER));

    assertReadAlike(broken, DAY);
    assertThat(PlainRawDay.ours(new ByteArrayInputStream(broken), DAY, true).problem())
        .contains("a-key at line 1, column 17: Invalid UTF-8 start byte 0xff");
  }

  @Test
  void bytesMayTrickle() throws IOException {
    byte[] json = ("[" + (ROW + ",").repeat(200) + ROW + "]").getBytes(UTF_8);
    InputStream trickle =
        new FilterInputStream(new ByteArrayInputStream(json)) {
          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            return super.read(bytes, from, Math.min(length, 1));
          }
        };

    assertThat(PlainRawDay.ours(trickle, DAY, true).accepted()).hasSize(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void otherEncodingsAreRecognised(String encoding) throws IOException {
    byte[] json = ("[" + ROW + "," + ROW + "]").getBytes(Charset.forName(encoding));

    assertThat(PlainRawDay.ours(new ByteArrayInputStream(json), DAY, true).accepted()).hasSize(2);
    assertReadAlike(json, DAY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-32BE", "UTF-32LE"})
  void aByteThatIsNoCharacterIsFoundBeforeAnyOtherFault(String encoding) throws IOException {
    byte[] json = "[{\"x\"}}]?".getBytes(Charset.forName(encoding));
    Arrays.fill(json, json.length - 4, json.length, (byte) 0x77);

    assertReadAlike(json, DAY);
  }

  @Test
  void bytesOfAnotherEncodingAreNotTakenForARow() throws IOException {
    String row = "{\"x\":\"y\"}";
    String sameBytes = new String(("," + row).getBytes(UTF_8), UTF_16BE);
    assertThat(sameBytes).hasSize(5);

    assertReadAlike(("[{}" + sameBytes + "]").getBytes(UTF_16BE), DAY);
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws IOException {
    String json = "\uFEFF[" + ROW + "," + ROW + "]";

    assertThat(ours(json).accepted()).hasSize(2);
    assertReadAlike((json + "]").getBytes(UTF_8), DAY);
  }

  @Test
  void realDaysAreReadAsJacksonReadsThem() throws IOException {
    try (Stream<Path> files = Files.list(RealDays.folder())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          LocalDate day = LocalDate.parse(file.getFileName().toString().substring(0, 10));
          assertReadAlike(in.readAllBytes(), day);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"resolution_description\":\"", "\"x\":{\"y\":[\"", "\"location\":\""})
  void aHugeValueThatIsNotWantedTakesNoMemory(String member) throws IOException {
    String end = member.contains("[") ? "\"]}," : "\",";
    long before = allocated();

    Outcome outcome =
        PlainRawDay.ours(huge("[{" + member, end + ROW.substring(1) + "]"), DAY, true);

    assertThat(outcome.accepted()).hasSize(1);
    assertThat(allocated() - before).isLessThan(4L << 20);
  }

  @ParameterizedTest
  @CsvSource({
    "complaint_type, OVERLONG_TEXT",
    "closed_date, OVERLONG_TEXT",
    "borough, OVERLONG_TEXT",
    "latitude, ",
  })
  void aHugeTextThatIsWantedCostsItsRowAtMost(String column, Rejection rejection)
      throws IOException {
    String row = ROW.replaceFirst("\"" + column + "\":\"[^\"]*", "\"" + column + "\":\"");
    int text = row.indexOf("\"" + column + "\":\"") + column.length() + 4;
    long before = allocated();

    Outcome outcome =
        PlainRawDay.ours(
            huge("[" + row.substring(0, text) + "\\\"", row.substring(text) + "\n," + ROW + "]"),
            DAY,
            true);

    assertThat(allocated() - before).isLessThan(4L << 20);
    assertThat(outcome.report().orElseThrow().rejected())
        .isEqualTo(rejection == null ? Map.of() : Map.of(rejection, 1L));
    assertThat(outcome.accepted()).hasSize(rejection == null ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"closed_date\":1", "\"latitude\":1", "\""})
  void aHugeNumberOrNameIsRefusedBeforeItTakesMuchMemory(String member) throws IOException {
    long before = allocated();

    assertThatThrownBy(
            () ->
                RawDay.read(
                    DAY,
                    Put.byHand(huge("[" + ROW + "\n,{" + member, ""), PlainRawDay.BOUND),
                    row -> {}))
        .isInstanceOfSatisfying(
            MalformedRawDayException.class,
            e -> {
              assertThat(e).hasMessageMatching("a-key at line 2, .*exceeds the maximum allowed.*");
              assertThat(e.column()).isGreaterThan(10);
            });
    assertThat(allocated() - before).isLessThan(32L << 20);
  }

  /** 40 MB of digits between two texts. */
  private static InputStream huge(String before, String after) {
    InputStream digits =
        new InputStream() {
          private int left = 40_000_000;

          @Override
          public int read() {
            return left-- > 0 ? '7' : -1;
          }

          @Override
          public int read(byte[] bytes, int from, int length) {
            int count = Math.min(left, length);
            Arrays.fill(bytes, from, from + Math.max(count, 0), (byte) '7');
            left -= count;
            return count > 0 ? count : -1;
          }
        };
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(before.getBytes(UTF_8)),
                digits,
                new ByteArrayInputStream(after.getBytes(UTF_8)))));
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static Outcome ours(String json) throws IOException {
    return PlainRawDay.ours(new ByteArrayInputStream(json.getBytes(UTF_8)), DAY, true);
  }
}
