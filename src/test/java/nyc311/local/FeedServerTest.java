package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Instant TRUTH = Instant.parse("2019-07-03T06:05:00Z");
  private static final String FIRST_OF_JULY =
      "created_date >= '2019-07-01T00:00:00' AND created_date < '2019-07-02T00:00:00'";

  private FeedServer server;

  /** 2,500 requests, two a minute, from 23:00 on the last of June. */
  @BeforeEach
  void start() throws IOException {
    server =
        new FeedServer(
            FeedSource.of(
                IntStream.range(0, 2_500)
                    .mapToObj(
                        i ->
                            row(
                                "" + (90_000 - i),
                                LocalDate.of(2019, 6, 30).atTime(23, 0).plusSeconds(30L * i) + "",
                                i % 10 == 0 ? "Alzheimer's Care" : "Noise - Vehicle"))
                    .toList(),
                TRUTH));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aThousandRowsComeUnlessALimitIsGiven() throws Exception {
    assertThat(rows("$order", ":id")).hasSize(1_000);
    assertThat(rows("$order", ":id", "$limit", "2000")).hasSize(2_000);
    assertThat(rows("$order", ":id", "$limit", "0")).isEmpty();
  }

  @Test
  void pagesInOrderHoldEachRowOnce() throws Exception {
    for (String order : List.of(":id", "created_date, unique_key DESC", "unique_key")) {
      assertThat(keysOfAllPages("$order", order))
          .as("pages by " + order)
          .hasSize(2_500)
          .doesNotHaveDuplicates();
    }
    assertThat(rows("$order", "unique_key").get(0).get("unique_key").asText()).isEqualTo("87501");
    assertThat(rows("$order", "created_date desc").get(0).get("unique_key").asText())
        .isEqualTo("87501");
  }

  @Test
  void pagesWithoutAnOrderOverlap() throws Exception {
    List<String> keys = keysOfAllPages();
    assertThat(keys).hasSize(2_500);
    assertThat(keys.stream().distinct().count()).isLessThan(2_500);
    assertThat(rows()).isNotEqualTo(rows());
  }

  @Test
  void rowsThatTheOrderDoesNotTellApartChangePlaces() throws Exception {
    assertThat(rows("$order", "agency")).isNotEqualTo(rows("$order", "agency"));
  }

  @Test
  void countsWhatTheFilterLeaves() throws Exception {
    assertThat(get("$select", "count(*)").body()).isEqualTo("[{\"count\":\"2500\"}]\n");
    assertThat(get("$select", "COUNT(*) AS n", "$where", FIRST_OF_JULY).body())
        .isEqualTo("[{\"n\":\"2380\"}]\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "created_date >= '2019-07-01T00:00:00.000' | 2380",
        "created_date > '2019-07-01' | 2379",
        "created_date < '2019-07-01T00:00' | 120",
        "created_date <= '2019-07-01 00:00:00' | 121",
        "created_date = '2019-07-01T00:00:30' | 1",
        "created_date != '2019-07-01T00:00:30' | 2499",
        "created_date between '2019-07-01T00:00:00' and '2019-07-01T00:59:59' | 120",
        "`created_date` Between '2019-07-01' AND '2019-07-01' and agency='NYPD' | 1",
        "complaint_type = 'Alzheimer''s Care' | 250",
        "unique_key = 90000 | 1",
        "closed_date is null | 2500",
        "closed_date IS NOT NULL | 0",
        "status = 'Closed' | 0",
      })
  void filtersAsSoqlDoes(String where, String expected) throws Exception {
    assertThat(get("$select", "count(*) as n", "$where", where).body())
        .isEqualTo("[{\"n\":\"" + expected + "\"}]\n");
  }

  @Test
  void aColumnsNameIsAFilterToo() throws Exception {
    assertThat(get("complaint_type", "Noise - Vehicle", "$select", "count(*)").body())
        .contains("2250");
  }

  @Test
  void givesTheSelectedColumnsOneRowALine() throws Exception {
    assertThat(
            get("$select", "agency, unique_key, closed_date", "$order", ":id", "$limit", "2")
                .body())
        .isEqualTo(
            """
            [{"agency":"NYPD","unique_key":"90000"}
            ,{"agency":"NYPD","unique_key":"89999"}]
            """);
    assertThat(get("$where", "status = 'Closed'").body()).isEqualTo("[]\n");
  }

  @Test
  void saysWhenTheDataDatesFrom() throws Exception {
    HttpResponse<String> answer = get("$limit", "1");
    assertThat(answer.headers().firstValue("X-SODA2-Truth-Last-Modified"))
        .contains("Wed, 03 Jul 2019 06:05:00 GMT");
    assertThat(answer.headers().firstValue("Last-Modified"))
        .contains("Wed, 03 Jul 2019 06:05:00 GMT");
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("application/json;charset=utf-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$where|created_date >= '2019-07-01T00:00:00Z'|query.soql.type-mismatch",
        "$where|created_date >= '2019-07-01T00:00:00-04:00'|query.soql.type-mismatch",
        "$where|created_date < '2019-13-01'|query.soql.type-mismatch",
        "$where|created between 1 and 2|query.soql.no-such-column",
        "$select|unique_key, nonsense|query.soql.no-such-column",
        "$order|nonsense desc|query.soql.no-such-column",
        "$where|created_date >=|query.compiler.malformed",
        "$where|created_date ; drop|query.compiler.malformed",
        "$where|agency = NYPD|query.compiler.malformed",
        "$select|count(unique_key)|query.compiler.malformed",
        "$limit|-1|query.compiler.malformed",
        "$offset|many|query.compiler.malformed",
        "$group|agency|query.soql.invalid-argument",
        "nonsense|1|query.soql.invalid-argument",
      })
  void refusesWhatSocrataRefuses(String clause, String value, String code) throws Exception {
    HttpResponse<String> answer = get(clause, value);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode body = new ObjectMapper().readTree(answer.body());
    assertThat(body.path("errorCode").asText(body.path("code").asText())).isEqualTo(code);
    assertThat(body.path("message").asText()).isNotEmpty();
  }

  @Test
  void otherPathsAreNotFound() throws Exception {
    URI elsewhere = server.url("erm2-nwe9").resolve("/resource/nothing.json");
    HttpRequest request = HttpRequest.newBuilder(elsewhere).build();
    assertThat(CLIENT.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
  }

  @Test
  void recordsWhatItWasAsked() throws Exception {
    HttpRequest request =
        request("$where", FIRST_OF_JULY, "$limit", "5").header("X-App-Token", "secret").build();
    CLIENT.send(request, BodyHandlers.discarding());
    assertThat(server.requests()).hasSize(1);
    SeenRequest seen = server.requests().get(0);
    assertThat(seen.path()).isEqualTo("/resource/erm2-nwe9.json");
    assertThat(seen.query()).containsEntry("$where", FIRST_OF_JULY).containsEntry("$limit", "5");
    assertThat(seen.appToken()).contains("secret");
    assertThat(seen.isCount()).isFalse();
  }

  // The days of a folder

  @Test
  void aFoldersDaysSayTheirOwnTime(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("2019-01-05.json"),
        """
        [{"unique_key":"1","created_date":"2019-01-05T10:00:00.000","closed_date":"2019-06-12T23:59:58.000"}]\
        """);
    writeCompressed(
        folder.resolve("2019-07-01.json.gz"),
        """
        [{"unique_key":"2","created_date":"2019-07-01T00:00:00.000","closed_date":"2019-07-24T02:05:10.000"}
        ,{"unique_key":"3","created_date":"2019-07-01T23:59:59.000","closed_date":"9999-12-31T00:00:00.000"}]
        """);
    Files.writeString(folder.resolve("2019-07-25.json"), "[]\n");
    Files.writeString(folder.resolve("README.md"), "not a day");
    serve(new RawDaysFolder(folder, clockAt("2026-11-22T00:00:00Z")));

    assertThat(rows("$order", ":id"))
        .extracting(row -> row.get("unique_key").asText())
        .containsExactly("1", "2", "3");
    assertThat(truth("$where", "created_date < '2019-02-01'")).isEqualTo("2019-06-13T03:59:58Z");
    assertThat(truth("$where", FIRST_OF_JULY)).isEqualTo("2019-07-24T06:05:10Z");
    assertThat(truth()).isEqualTo("2019-07-24T06:05:10Z");
    assertThat(truth("$where", "created_date >= '2019-07-25'")).isEqualTo("2019-07-24T06:05:10Z");
    assertThat(rows("$where", "created_date >= '2019-07-25'")).isEmpty();
    assertThat(get("$where", "created_date < '2019-01-01'").headers().map())
        .doesNotContainKeys("last-modified", "x-soda2-truth-last-modified");
  }

  @Test
  void aFileThatIsReplacedIsReadAgain(@TempDir Path folder) throws Exception {
    Path day = folder.resolve("2019-07-01.json");
    Files.writeString(day, "[{\"created_date\":\"2019-07-01T10:00:00.000\"}]");
    serve(new RawDaysFolder(folder, Clock.systemUTC()));
    assertThat(truth()).isEqualTo("2019-07-01T14:00:00Z");
    Files.writeString(
        day,
        "[{\"created_date\":\"2019-07-01T10:00:00.000\"},{\"created_date\":\"2019-07-01T11:00:00.000\"}]");
    assertThat(rows()).hasSize(2);
    assertThat(truth()).isEqualTo("2019-07-01T15:00:00Z");
  }

  @Test
  void aFolderThatIsMissingIsRefused(@TempDir Path folder) {
    assertThatExceptionOfType(NotDirectoryException.class)
        .isThrownBy(() -> new RawDaysFolder(folder.resolve("none"), Clock.systemUTC()));
  }

  @Test
  void servesTheRecordedDays() throws Exception {
    serve(new RawDaysFolder(RealDays.folder(), Clock.systemUTC()));
    assertThat(get("$select", "count(*)", "$where", FIRST_OF_JULY).body())
        .isEqualTo("[{\"count\":\"6155\"}]\n");
    assertThat(keysOfAllPages("$order", ":id", "$where", FIRST_OF_JULY))
        .hasSize(6_155)
        .doesNotHaveDuplicates();
    assertThat(Instant.parse(truth("$where", FIRST_OF_JULY)))
        .isBetween(Instant.parse("2019-07-23T06:00:00Z"), Instant.parse("2019-07-24T06:06:00Z"));
    assertThat(Instant.parse(truth("$where", "created_date < '2019-01-02'")))
        .isBefore(Instant.parse("2019-06-14T00:00:00Z"));
  }

  @Test
  void servesTheBundledSample() throws Exception {
    SampleFeed sample = SampleFeed.ofJuly2019();
    serve(sample);
    assertThat(keysOfAllPages("$order", ":id", "$where", FIRST_OF_JULY))
        .hasSizeGreaterThan(300)
        .doesNotHaveDuplicates();
    assertThat(rows("$where", "created_date >= '2019-07-11'")).isEmpty();
    assertThat(truth("$where", FIRST_OF_JULY))
        .isEqualTo(sample.asOf(LocalDate.of(2019, 7, 1)).toString());
  }

  // Faults

  @Test
  void aScriptIsFollowedRequestByRequest() throws Exception {
    server.misbehave(
        Fault.status(429),
        Fault.status(429, "Retry-After", "2"),
        Fault.status(429, "Retry-After", "Wed, 03 Jul 2019 06:05:00 GMT"),
        Fault.status(503),
        Fault.none());
    List<Integer> statuses = new ArrayList<>();
    List<String> waits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> answer = get("$limit", "1");
      statuses.add(answer.statusCode());
      waits.add(answer.headers().firstValue("Retry-After").orElse("-"));
    }
    assertThat(statuses).containsExactly(429, 429, 429, 503, 200, 200);
    assertThat(waits).containsExactly("-", "2", "Wed, 03 Jul 2019 06:05:00 GMT", "-", "-", "-");
  }

  @Test
  void aFunctionChoosesTheFaultByTheRequest() throws Exception {
    server.misbehave(request -> request.isCount() ? Fault.status(500) : Fault.none());
    assertThat(get("$select", "count(*)").statusCode()).isEqualTo(500);
    assertThat(get("$limit", "1").statusCode()).isEqualTo(200);
  }

  @Test
  void theConnectionBreaksOffInTheMiddleOfTheBody() {
    server.misbehave(Fault.brokenOff());
    assertThatIOException().isThrownBy(() -> get());
  }

  @Test
  void theBodyEndsBeforeItsContentLength() throws Exception {
    server.misbehave(Fault.shortOfContentLength(), Fault.shortOfContentLength());
    assertThatIOException().isThrownBy(() -> get());
    HttpResponse<InputStream> answer = CLIENT.send(request().build(), BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValueAsLong("Content-Length")).isPresent();
    try (InputStream body = answer.body()) {
      assertThatIOException().isThrownBy(() -> body.readAllBytes());
    }
  }

  @Test
  void theJsonIsCutThoughTheAnswerEndsWell() throws Exception {
    server.misbehave(Fault.truncatedJson());
    HttpResponse<String> answer = get();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("[{");
    assertThatExceptionOfType(JsonProcessingException.class)
        .isThrownBy(() -> new ObjectMapper().readTree(answer.body()));
  }

  @Test
  void aPageForPeopleComesWithStatus200() throws Exception {
    server.misbehave(Fault.html());
    HttpResponse<String> answer = get();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(answer.body()).startsWith("<!DOCTYPE html>");
  }

  @Test
  void theCountDisagreesWithTheRows() throws Exception {
    server.misbehave(request -> Fault.countOff(3));
    assertThat(get("$select", "count(*) as n").body()).isEqualTo("[{\"n\":\"2503\"}]\n");
    assertThat(rows("$limit", "5000")).hasSize(2_500);
  }

  @Test
  void theDatasetIsEmpty() throws Exception {
    server.misbehave(request -> Fault.empty());
    assertThat(get("$select", "count(*)").body()).isEqualTo("[{\"count\":\"0\"}]\n");
    assertThat(get().body()).isEqualTo("[]\n");
    assertThat(truth()).isEqualTo(TRUTH.toString());
  }

  @Test
  void theTimeOfTheDataIsMissing() throws Exception {
    server.misbehave(Fault.without("X-SODA2-Truth-Last-Modified"));
    HttpResponse<String> answer = get("$limit", "1");
    assertThat(answer.headers().map()).doesNotContainKey("x-soda2-truth-last-modified");
    assertThat(answer.headers().firstValue("Last-Modified")).isPresent();
  }

  @Test
  void aTricklingBodyArrivesWhole() throws Exception {
    server.misbehave(Fault.trickle(7, Duration.ZERO));
    assertThat(rows("$limit", "20")).hasSize(20);
  }

  @Test
  void aTricklingBodyIsSeenBeforeItsEnd() throws Exception {
    server.misbehave(Fault.trickle(7, Duration.ofHours(1)));
    HttpResponse<InputStream> answer =
        CLIENT.send(request("$limit", "20").build(), BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      assertThat(new String(body.readNBytes(7), StandardCharsets.UTF_8)).isEqualTo("[{\"uniq");
      server.close();
      assertThatIOException().isThrownBy(() -> body.readAllBytes());
    }
  }

  @Test
  void aHangingRequestEndsWhenTheClientGivesUp() throws Exception {
    server.misbehave(Fault.hang());
    HttpRequest impatient = request().timeout(Duration.ofMillis(200)).build();
    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> CLIENT.send(impatient, BodyHandlers.discarding()));
    assertThat(get("$limit", "1").statusCode()).isEqualTo(200);
  }

  private void serve(FeedSource source) throws IOException {
    server.close();
    server = new FeedServer(source);
  }

  /** The keys of all pages of 500 rows, until one is not full. */
  private List<String> keysOfAllPages(String... query) throws Exception {
    List<String> keys = new ArrayList<>();
    List<String> page;
    do {
      List<String> paged = new ArrayList<>(List.of(query));
      paged.addAll(List.of("$limit", "500", "$offset", "" + keys.size()));
      page =
          rows(paged.toArray(String[]::new)).stream()
              .map(row -> row.get("unique_key").asText())
              .toList();
      keys.addAll(page);
    } while (page.size() == 500);
    return keys;
  }

  @Test
  void theNewestRowIsLookedForFromTheNewestDayBack() throws Exception {
    List<LocalDate> read = new ArrayList<>();
    FeedSource july = new SampleFeed(LocalDate.of(2019, 7, 10), 10, 30, 311);
    server.close();
    server =
        new FeedServer(
            new FeedSource() {
              @Override
              public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
                read.add(first);
                return july.rows(first, last);
              }

              @Override
              public Optional<Instant> truth(LocalDate first, LocalDate last) {
                return Optional.of(TRUTH);
              }
            });

    assertThat(
            rows(
                "$select",
                "max(created_date)",
                "$where",
                "created_date >= '2019-06-25T06:00:00' AND created_date <= '2019-07-12T06:00:00'"))
        .extracting(row -> row.get("max_created_date").asText())
        .containsExactly("2019-07-10T23:59:59.000");
    assertThat(read)
        .containsExactly(
            LocalDate.of(2019, 7, 12), LocalDate.of(2019, 7, 11), LocalDate.of(2019, 7, 10));
  }

  private List<JsonNode> rows(String... query) throws Exception {
    HttpResponse<String> answer = get(query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return StreamSupport.stream(new ObjectMapper().readTree(answer.body()).spliterator(), false)
        .toList();
  }

  private String truth(String... query) throws Exception {
    String header = get(query).headers().firstValue("X-SODA2-Truth-Last-Modified").orElseThrow();
    return DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from).toString();
  }

  private HttpResponse<String> get(String... query) throws IOException, InterruptedException {
    return CLIENT.send(request(query).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String... query) {
    StringBuilder url = new StringBuilder(server.url("erm2-nwe9") + "?");
    for (int i = 0; i < query.length; i += 2) {
      url.append(URLEncoder.encode(query[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8))
          .append('&');
    }
    return HttpRequest.newBuilder(URI.create(url.substring(0, url.length() - 1)));
  }

  private static ObjectNode row(String key, String created, String type) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("unique_key", key)
        .put("created_date", created.length() == 16 ? created + ":00.000" : created + ".000")
        .put("agency", "NYPD")
        .put("complaint_type", type)
        .put("status", "Open");
  }

  private static Clock clockAt(String instant) {
    return Clock.fixed(Instant.parse(instant), ZoneOffset.UTC);
  }

  private static void writeCompressed(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
