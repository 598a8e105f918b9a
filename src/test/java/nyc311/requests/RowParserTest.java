package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
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
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.Draw;
import nyc311.local.RealDays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The short cut for the feed's usual rows must not show: whatever a raw day is, it is read, or
 * refused, just as Jackson alone does it.
 */
class RowParserTest {
  private static final JsonFactory JACKSON = new JsonFactory();
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);
  private static final Instant BOUND = Instant.parse("2019-08-01T00:00:00Z");
  private static final String ROW =
      """
      {"unique_key":"43173977","created_date":"2019-07-01T00:00:09.000",\
      "closed_date":"2019-07-01T02:30:09.000","agency":"NYPD","complaint_type":"Noise",\
      "descriptor":"Loud Talking","location_type":"Street/Sidewalk","status":"Closed",\
      "borough":"BRONX","latitude":"40.85295561811349","longitude":"-73.90482735520257",\
      "location":{"latitude":"40.85","longitude":"-73.9",\
      "human_address":"{\\"address\\":\\"\\",\\"city\\":\\"\\"}"}}\
      """;

  /** What came of a reading. */
  private record Outcome(
      List<ServiceRequest> accepted, Optional<RawDay.Report> report, Optional<String> problem) {}

  @Test
  void aRowAsTheFeedWritesItIsUsual() throws IOException {
    assertThat(isUsual(ROW, true)).isTrue();
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

  private static boolean isUsual(String row, boolean withPlace) throws IOException {
    byte[] json = ("[" + row + "," + ROW + "]").getBytes(UTF_8);
    try (JsonParser parser = new RowParser.Factory().createParser(new ByteArrayInputStream(json))) {
      parser.nextToken();
      parser.nextToken();
      return ((RowParser) parser).readUsual(new Row(withPlace));
    }
  }

  @Test
  void anyRawDayIsReadAsJacksonReadsIt() {
    Draw.cases(
        3_000,
        draw ->
            assertReadAsJacksonReadsIt(
                new OddJson(draw.random()).rawDay().getBytes(UTF_8), draw.between(8, 1_000)));
  }

  @Test
  void aSpoiltRawDayIsRefusedAsJacksonRefusesIt() {
    Draw.cases(
        5_000,
        draw -> {
          OddJson odd = new OddJson(draw.random());

          assertReadAsJacksonReadsIt(
              odd.spoilt(odd.rawDay().getBytes(UTF_8)), draw.between(8, 1_000));
        });
  }

  @Test
  void aFileCutShortIsRefusedWhereverItIsCut() {
    byte[] json = ("[" + (ROW + "\n,").repeat(1) + ROW + "]").getBytes(UTF_8);
    for (int length = 0; length <= json.length; length++) {
      assertReadAsJacksonReadsIt(Arrays.copyOf(json, length), 1 << 15);
      assertReadAsJacksonReadsIt(Arrays.copyOf(json, length), 700);
    }
  }

  @Test
  void aRowMayLieAcrossTheBuffersEndInAnyWay() {
    byte[] json = ("[" + (ROW + "\n,").repeat(3) + ROW + "] ").getBytes(UTF_8);
    Outcome expected = read(JACKSON, DAY, new ByteArrayInputStream(json), true);
    for (int bufferSize = 1; bufferSize < json.length; bufferSize++) {
      JsonFactory factory = new RowParser.Factory(bufferSize);
      assertThat(read(factory, DAY, new ByteArrayInputStream(json), true))
          .as("buffer of %d bytes", bufferSize)
          .isEqualTo(expected);
    }
  }

  @Test
  void moreNamesThanAreRememberedAreEachTheirOwn() {
    List<String> names = IntStream.range(0, 10_000).mapToObj(i -> "Type " + i * i).toList();
    String rows =
        Stream.of(names, names)
            .flatMap(List::stream)
            .map(name -> ROW.replace("Loud Talking", name))
            .collect(Collectors.joining(","));

    assertThat(
            read(
                    new RowParser.Factory(),
                    DAY,
                    new ByteArrayInputStream(("[" + rows + "]").getBytes(UTF_8)),
                    false)
                .accepted)
        .extracting(ServiceRequest::descriptor)
        .containsExactlyElementsOf(Stream.of(names, names).flatMap(List::stream).toList());
  }

  @Test
  void bytesMayTrickle() {
    byte[] json = ("[" + (ROW + ",").repeat(200) + ROW + "]").getBytes(UTF_8);
    InputStream trickle =
        new FilterInputStream(new ByteArrayInputStream(json)) {
          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            return super.read(bytes, from, Math.min(length, 1));
          }
        };

    assertThat(read(new RowParser.Factory(), DAY, trickle, true).accepted).hasSize(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void otherEncodingsAreRecognised(String encoding) {
    byte[] json = ("[" + ROW + "," + ROW + "]").getBytes(Charset.forName(encoding));

    assertThat(read(new RowParser.Factory(), DAY, new ByteArrayInputStream(json), true).accepted)
        .hasSize(2);
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    byte[] json = ("\uFEFF[" + ROW + "," + ROW + "]").getBytes(UTF_8);

    assertThat(read(new RowParser.Factory(), DAY, new ByteArrayInputStream(json), true).accepted)
        .hasSize(2);
  }

  @Test
  void realDaysAreReadAsJacksonReadsThem() throws IOException {
    try (Stream<Path> files = Files.list(RealDays.folder())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          LocalDate day = LocalDate.parse(file.getFileName().toString().substring(0, 10));
          assertReadAsJacksonReadsIt(day, in.readAllBytes(), 1 << 15);
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
        read(new RowParser.Factory(), DAY, huge("[{" + member, end + ROW.substring(1) + "]"), true);

    assertThat(outcome.accepted).hasSize(1);
    assertThat(allocated() - before).isLessThan(4L << 20);
  }

  @ParameterizedTest
  @CsvSource({
    "complaint_type, OVERLONG_TEXT",
    "closed_date, OVERLONG_TEXT",
    "borough, OVERLONG_TEXT",
    "latitude, ",
  })
  void aHugeTextThatIsWantedCostsItsRowAtMost(String column, Rejection rejection) {
    String row = ROW.replaceFirst("\"" + column + "\":\"[^\"]*", "\"" + column + "\":\"");
    int text = row.indexOf("\"" + column + "\":\"") + column.length() + 4;
    long before = allocated();

    Outcome outcome =
        read(
            new RowParser.Factory(),
            DAY,
            huge("[" + row.substring(0, text), row.substring(text) + "\n," + ROW + "]"),
            true);

    assertThat(allocated() - before).isLessThan(4L << 20);
    assertThat(outcome.report.orElseThrow().rejected())
        .isEqualTo(rejection == null ? Map.of() : Map.of(rejection, 1L));
    assertThat(outcome.accepted).hasSize(rejection == null ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"closed_date\":1", "\"latitude\":1", "\""})
  void aHugeNumberOrNameIsRefusedBeforeItTakesMuchMemory(String member) throws IOException {
    long before = allocated();

    assertThatThrownBy(
            () ->
                RawDay.read(
                    huge("[" + ROW + "\n,{" + member, ""), "a-key", DAY, BOUND, true, row -> {}))
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

  private static void assertReadAsJacksonReadsIt(byte[] json, int bufferSize) {
    assertReadAsJacksonReadsIt(DAY, json, bufferSize);
  }

  private static void assertReadAsJacksonReadsIt(LocalDate day, byte[] json, int bufferSize) {
    JsonFactory factory = new RowParser.Factory(bufferSize);
    for (boolean withPlaces : new boolean[] {true, false}) {
      assertThat(read(factory, day, new ByteArrayInputStream(json), withPlaces))
          .as(() -> new String(json, UTF_8))
          .isEqualTo(read(JACKSON, day, new ByteArrayInputStream(json), withPlaces));
    }
  }

  private static Outcome read(
      JsonFactory factory, LocalDate day, InputStream in, boolean withPlaces) {
    List<ServiceRequest> accepted = new ArrayList<>();
    try {
      RawDay.Report report =
          RawDay.read(factory, in, "a-key", day, BOUND, withPlaces, accepted::add);
      return new Outcome(accepted, Optional.of(report), Optional.empty());
    } catch (IOException e) {
      return new Outcome(accepted, Optional.empty(), Optional.of(e.toString()));
    }
  }
}
