package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.json.InvalidDocumentException;
import nyc311.local.Jdk;
import nyc311.medians.Patterns.Group;
import nyc311.requests.Borough;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.MalformedRawDayException;
import org.junit.jupiter.api.Test;

/** Whatever is in the bucket, reading it takes a fixed amount of memory, or is refused in words. */
class LimitsTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);

  /** None of these files fits into the heap of the process that summarises them. */
  @Test
  void anyRawDayIsSummarisedOrRefusedWithAHeapOf64Megabytes()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Jdk.running().java().toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LimitsTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(printed.lines())
        .containsExactly(
            "as many rows as may be: accepted 1000000",
            "more rows: must have at most 1000000 rows",
            "more complaint types: must have at most 1000 complaint types",
            "many names of fields: accepted 1",
            "a text of 100 MB: accepted 1",
            "a number of 100 MB: exceeds the maximum allowed",
            "arrays in arrays: exceeds the maximum allowed");
    assertThat(process.waitFor()).isZero();
  }

  /** The process. */
  public static void main(String[] args) throws IOException {
    String typeOf200 = "T".repeat(196);
    String last = row("Noise");
    String million = "x".repeat(1_000_000);
    summarise("as many rows as may be", 1_000_000, i -> row(typeOf200 + i % 1_000), "]");
    summarise("more rows", Integer.MAX_VALUE, i -> row("Noise"), "]");
    summarise("more complaint types", Integer.MAX_VALUE, i -> row("Type " + i), "]");
    summarise(
        "many names of fields",
        100_000,
        i -> (i == 0 ? "{" : "") + "\"" + "n".repeat(240) + i + "\":null",
        "," + last.substring(1) + "]");
    summarise(
        "a text of 100 MB",
        100,
        i -> i == 0 ? "{\"status\":\"\\u00e9" : million,
        "\"}," + last + "]");
    summarise(
        "a number of 100 MB", 100, i -> i == 0 ? "{\"x\":1" : million.replace('x', '1'), "}]");
    summarise("arrays in arrays", Integer.MAX_VALUE, i -> i == 0 ? "{\"x\":[" : "[[[[[[[[", "");
  }

  private static String row(String type) {
    return "{\"created_date\":\"2019-07-01T10:00:00.000\",\"status\":\"Open\",\"complaint_type\":\""
        + type
        + "\"}";
  }

  private static void summarise(String what, int count, IntFunction<String> part, String end)
      throws IOException {
    String separator = part.apply(1).startsWith("{") || part.apply(1).startsWith("\"") ? "," : "";
    Stream<String> parts =
        Stream.concat(
            IntStream.range(0, count).mapToObj(i -> (i == 0 ? "[" : separator) + part.apply(i)),
            Stream.of(end));
    Iterator<String> texts = parts.iterator();
    InputStream file =
        new InputStream() {
          private InputStream current = InputStream.nullInputStream();

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            int read = current.read(bytes, from, length);
            while (read < 0 && texts.hasNext()) {
              current = new ByteArrayInputStream(texts.next().getBytes(UTF_8));
              read = current.read(bytes, from, length);
            }
            return read;
          }
        };
    ObjectHead head =
        new ObjectHead("a-key", "etag", Instant.parse("2019-07-12T10:00:00Z"), 0, Map.of());
    try {
      DaySummary summary = DaySummary.of(DAY, new StoredObject(head, file));
      byte[] json = DaySummaryJson.write(summary);
      DaySummary read = DaySummaryJson.read(new ByteArrayInputStream(json));
      System.out.println(what + ": accepted " + read.accepted());
    } catch (MalformedRawDayException e) {
      System.out.println(
          what
              + ": "
              + e.getMessage()
                  .replaceFirst(".*(must have at most|exceeds the maximum allowed)", "$1")
                  .replaceFirst("(allowed) .*", "$1"));
    }
  }

  @Test
  void aSummaryOfMoreComplaintTypesThanADayHasIsRefused() {
    assertThatThrownBy(
            () -> DaySummaryJson.read(in("{\"types\":[" + types(1_001, "\"open\":\"1aA\"") + "]}")))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("at most 1000000 requests of 1000 types");
  }

  @Test
  void aSummaryOfMoreRequestsThanADayHasIsRefused() {
    String open = "\"open\":\"" + "0aA".repeat(600_000) + "\"";

    assertThatThrownBy(() -> DaySummaryJson.read(in("{\"types\":[" + types(2, open) + "]}")))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("at most 1000000 requests of 1000 types");
  }

  @Test
  void moreComplaintTypesThanCanBeServedAreNotPublished() throws IOException {
    String medians =
        "{\"version\":1,\"as_of\":\"2019-07-12T10:00:00Z\",\"moments\":[],"
            + "\"window\":{\"from\":\"2019-05-12\",\"to\":\"2019-07-10\"},\"types\":[%s]}";
    String quantiles = "\"p10\":1,\"p50\":2,\"p90\":3";

    assertThat(MediansJson.read(in(medians.formatted(types(2_000, quantiles)))).types())
        .hasSize(2_000);
    assertThatThrownBy(() -> MediansJson.read(in(medians.formatted(types(2_001, quantiles)))))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("at most 2000 complaint types: 2001");
  }

  /** Names, numbers and groups are the longest that there can be. */
  @Test
  void asManyComplaintTypesAsCanBeServedLeaveRoom() throws IOException {
    double hours = 123_456_789.1234;
    Group group = new Group(hours, true, 1_000_000_000, new Interval(hours, hours));
    Patterns patterns =
        new Patterns(
            IntStream.range(0, 24).boxed().collect(Collectors.toMap(hour -> hour, hour -> group)),
            Stream.of(DayOfWeek.values()).collect(Collectors.toMap(day -> day, day -> group)),
            Stream.of(Borough.values()).collect(Collectors.toMap(name -> name, name -> group)));
    List<TypeMedians> types =
        IntStream.range(0, ComplaintTypes.MAX_PUBLISHED)
            .mapToObj(
                i ->
                    new TypeMedians(
                        "\u4e00".repeat(ComplaintTypes.MAX_LENGTH - 4) + (1_000 + i),
                        1_000_000_000,
                        1_000_000_000,
                        hours,
                        hours,
                        hours,
                        true,
                        true,
                        new Interval(hours, hours),
                        .1234,
                        hours,
                        Collections.nCopies(Medians.MOMENTS.size(), .1234),
                        Collections.nCopies(Medians.MOMENTS.size(), 1_000_000_000),
                        patterns))
            .toList();
    Instant asOf = Instant.parse("2019-07-12T10:00:00Z");

    byte[] json = MediansJson.write(new Medians(asOf, DAY, DAY, 1, Medians.MOMENTS, types));

    assertThat(json).hasSizeLessThan(10 << 20);
    assertThat(MediansJson.read(new ByteArrayInputStream(json)).types()).isEqualTo(types);
  }

  @Test
  void mediansThatAreTooLargeToBeOursAreRefused() {
    assertThatThrownBy(
            () -> MediansJson.read(in("{\"x\":[" + "\"many\",".repeat(4_000_000) + "0]}")))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("exceeds the maximum allowed (16777216");
  }

  private static String types(int count, String fields) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"complaint_type\":\"Type " + i + "\"," + fields + "}")
        .collect(Collectors.joining(","));
  }

  private static InputStream in(String json) {
    return new ByteArrayInputStream(json.getBytes(UTF_8));
  }
}
