package nyc311.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.SeenRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Whatever the feed does, a raw day in the bucket is either all that the feed has of that day, or
 * what it was before; and a day that could not be collected fails the invocation with a message
 * that names the day, the fault, and how often it was tried. The collector is the jar's, in a
 * process with Lambda's 512 MB.
 */
class FeedFaultsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant TRUTH = Instant.parse("2019-07-22T06:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2019-07-01");
  private static final int PAGE = 50_000;
  private static final long MEGABYTE = 1 << 20;

  @TempDir private static Path taskRoot;
  private static final FeedDays FEED_DAYS = new FeedDays();
  private static final NavigableMap<LocalDate, Function<SeenRequest, Fault>> FAULTS =
      new ConcurrentSkipListMap<>();
  private static final Map<LocalDate, AtomicInteger> ASKED = new ConcurrentHashMap<>();
  private static LocalS3 s3;
  private static FeedServer feed;
  private static LambdaProcess collect;

  /** What the feed has, which a test may change at any time. */
  private static final class FeedDays implements FeedSource {
    private final NavigableMap<LocalDate, List<ObjectNode>> days = new ConcurrentSkipListMap<>();
    private volatile Instant truth = TRUTH;

    @Override
    public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
      return first.isAfter(last)
          ? Stream.empty()
          : days.subMap(first, true, last, true).values().stream().flatMap(Collection::stream);
    }

    @Override
    public Optional<Instant> truth(LocalDate first, LocalDate last) {
      return Optional.of(truth);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
    feed = new FeedServer(FEED_DAYS);
    feed.misbehave(
        request -> {
          LocalDate day = day(request);
          ASKED.computeIfAbsent(day, any -> new AtomicInteger()).incrementAndGet();
          return FAULTS.getOrDefault(day, any -> Fault.none()).apply(request);
        });
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
    environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
    collect =
        LambdaProcess.start(
            Jdk.running(), taskRoot, "nyc311.collect.CollectHandler::handleRequest", environment);
  }

  @AfterAll
  static void stop() throws IOException {
    collect.close();
    feed.close();
    s3.close();
  }

  @BeforeEach
  void behave() {
    FAULTS.clear();
    ASKED.clear();
    FEED_DAYS.truth = TRUTH;
  }

  /** What happens to a day's first answers: the count's, then the rows'. */
  private static final Map<LocalDate, List<Fault>> PASSING =
      Map.of(
          // A storm.
          LocalDate.parse("2019-06-01"),
          List.of(Fault.status(429, "Retry-After", "1"), Fault.none(), Fault.status(429)),
          LocalDate.parse("2019-06-02"),
          List.of(Fault.status(500), Fault.none(), Fault.status(502)),
          LocalDate.parse("2019-06-03"),
          List.of(Fault.none(), Fault.status(503)),
          LocalDate.parse("2019-06-04"),
          List.of(Fault.trickle(16, Duration.ofMillis(1)), Fault.trickle(64, Duration.ofMillis(5))),
          LocalDate.parse("2019-06-05"),
          List.of(Fault.none(), Fault.brokenOff()),
          LocalDate.parse("2019-06-06"),
          List.of(Fault.none(), Fault.shortOfContentLength()),
          LocalDate.parse("2019-06-07"),
          List.of(Fault.truncatedJson(), Fault.none(), Fault.truncatedJson()),
          LocalDate.parse("2019-06-08"),
          List.of(Fault.html(), Fault.none(), Fault.html()),
          LocalDate.parse("2019-06-09"),
          List.of(Fault.countOff(-1)));

  @Test
  void faultsThatPassAreNotSeenInTheDays() throws Exception {
    PASSING.forEach(
        (day, script) -> {
          FEED_DAYS.days.put(day, Days.rows(day, 9, 60));
          Queue<Fault> left = new ConcurrentLinkedQueue<>(script);
          FAULTS.put(day, request -> Optional.ofNullable(left.poll()).orElseGet(Fault::none));
        });

    Map<LocalDate, JsonNode> report = collected(PASSING.keySet());

    for (LocalDate day : PASSING.keySet()) {
      assertThat(report.get(day).get("outcome").asText()).as("%s", day).isEqualTo("written");
      assertThat(ASKED.get(day)).hasValueGreaterThanOrEqualTo(PASSING.get(day).size());
      assertStored(day, FEED_DAYS.days.get(day));
    }
  }

  /** A fault of all of a day's answers, and what is said of it. */
  private record Lasting(String day, Function<SeenRequest, Fault> fault, String said) {}

  private static final List<Lasting> LASTING =
      List.of(
          new Lasting(
              "2019-05-01",
              r -> Fault.hang(),
              "the feed failed: .*no whole answer within .* \\(attempt 1 of 6"),
          new Lasting(
              "2019-05-02",
              r -> Fault.trickle(1, Duration.ofMillis(500)),
              "the feed failed: .*no whole answer within .* \\(attempt 1 of 6"),
          new Lasting(
              "2019-05-03",
              r -> Fault.countOff(1),
              "the feed counts 6 rows but its pages have 5 \\(. pulls\\)"),
          new Lasting(
              "2019-05-04",
              r -> Fault.html(),
              "the feed's answer is not a JSON array of rows: .* \\(attempt . of 6"),
          new Lasting(
              "2019-05-05",
              r -> Fault.truncatedJson(),
              "the feed's answer is not a JSON array of rows: .* \\(attempt . of 6"),
          new Lasting(
              "2019-05-06", r -> Fault.brokenOff(), "the feed failed: .* \\(attempt . of 6"),
          new Lasting(
              "2019-05-07", r -> Fault.status(500), "the feed answered 500: .* \\(attempt . of 6"),
          new Lasting(
              "2019-05-08", r -> Fault.status(429), "the feed answered 429: .* \\(attempt . of 6"));

  @Test
  void faultsThatStayFailTheirDaysAndLeaveWhatWasThere() throws Exception {
    List<LocalDate> days = LASTING.stream().map(fault -> LocalDate.parse(fault.day)).toList();
    Map<LocalDate, String> before = collectedGood(days);
    LASTING.forEach(fault -> FAULTS.put(LocalDate.parse(fault.day), fault.fault));

    for (Lasting fault : LASTING) {
      assertThat(failure(Duration.ofSeconds(5), List.of(LocalDate.parse(fault.day))))
          .matches("(?s)cannot collect " + fault.day + " \\(" + fault.said + ".*");
    }
    assertUntouched(before);
  }

  /** What another attempt would not help against: a fault of the rows, and what is said of it. */
  static List<Arguments> refused() {
    return List.of(
        Arguments.of("2019-04-01", Fault.status(400), "the feed answered 400: {"),
        Arguments.of(
            "2019-04-02", Fault.renamed("complaint_type", "problem"), "no row has complaint_type"),
        // Ends some time, so that a collector without a bound is seen to have none.
        Arguments.of(
            "2019-04-03", Fault.blank(400), "the feed's answer has more than 134217728 bytes"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("refused")
  void whatAnotherAttemptCannotHelpFailsAtOnceAndLeavesWhatWasThere(
      LocalDate day, Fault ofRows, String said) throws Exception {
    Map<LocalDate, String> before = collectedGood(List.of(day));
    FAULTS.put(day, request -> request.isCount() ? Fault.none() : ofRows);

    assertThat(failure(Patience.LIMIT, List.of(day)))
        .contains("cannot collect " + day + " (" + said, "(not tried again)");
    assertThat(ASKED.get(day)).hasValue(2);
    assertUntouched(before);
  }

  /** By number, the second page would begin one row too late, and the count would still agree. */
  @Test
  void rowsThatMoveBetweenPagesAreNeitherLostNorRepeated() throws Exception {
    List<ObjectNode> rows = Days.rows(DAY, PAGE + 100, 60);
    FEED_DAYS.days.put(DAY, List.copyOf(rows));
    AtomicInteger pages = new AtomicInteger();
    FAULTS.put(
        DAY,
        request -> {
          if (!request.isCount() && pages.incrementAndGet() == 2) {
            rows.remove(0);
            rows.add(Days.row(DAY, PAGE + 100, "Noise", 60));
            FEED_DAYS.days.put(DAY, List.copyOf(rows));
          }
          return Fault.none();
        });

    JsonNode report = collected(List.of(DAY)).get(DAY);

    assertThat(pages).hasValueGreaterThan(1);
    assertThat(report.get("outcome").asText()).isEqualTo("written");
    assertThat(report.get("rows").asInt()).isEqualTo(PAGE + 100);
    assertStored(DAY, rows);
    assertThat(report.get("rejected")).isEmpty();
  }

  /** One pair is torn apart by the end of the first page. */
  @Test
  void ofRowsWithOneKeyOneIsKeptAndTheOthersAreCounted() throws Exception {
    LocalDate day = DAY.plusDays(1);
    List<ObjectNode> distinct = Days.rows(day, PAGE + 9, 60);
    List<ObjectNode> rows = Days.rows(day, PAGE + 9, 60);
    rows.add(3, rows.get(2).deepCopy().put("status", "Open"));
    rows.add(PAGE, rows.get(PAGE - 1).deepCopy().put("status", "Open"));
    rows.add(rows.get(rows.size() - 1));
    FEED_DAYS.days.put(day, rows);

    JsonNode report = collected(List.of(day)).get(day);

    assertThat(report.get("outcome").asText()).isEqualTo("written");
    assertThat(report.get("rows").asInt()).isEqualTo(PAGE + 12);
    assertStored(day, distinct);
    assertThat(report.get("rejected")).isEqualTo(JSON.createObjectNode().put("duplicate", 3));
  }

  @Test
  void aDayThatTheFeedDoesNotHaveYetIsCollectedWhenItComesAndDatesFromWhatTheFeedKnew()
      throws Exception {
    LocalDate yesterday = LocalDate.parse("2019-07-23");
    FEED_DAYS.days.put(yesterday.minusDays(2), Days.rows(yesterday.minusDays(2), 3, 60));
    List<LocalDate> days = List.of(yesterday, yesterday.minusDays(1), yesterday.minusDays(2));

    assertThat(collected(days).values())
        .extracting(day -> day.get("outcome").asText())
        .containsExactly("empty", "empty", "written");
    FEED_DAYS.days.put(yesterday, Days.rows(yesterday, 3, 60));
    FEED_DAYS.truth = TRUTH.plus(Duration.ofHours(44));

    assertThat(collected(days).values())
        .extracting(day -> day.get("outcome").asText())
        .containsExactly("written", "empty", "unchanged");
    assertThat(head(yesterday).metadata())
        .containsEntry(Keys.COLLECTED_AT, FEED_DAYS.truth.toString());
  }

  @Test
  void anEmptyDatasetEmptiesNoDay() throws Exception {
    List<LocalDate> days = List.of(DAY.plusDays(3), DAY.plusDays(4));
    Map<LocalDate, String> before = collectedGood(days);
    days.forEach(day -> FAULTS.put(day, request -> Fault.empty()));

    assertThat(collected(days).values())
        .extracting(day -> day.get("outcome").asText())
        .containsOnly("empty");
    assertUntouched(before);
  }

  /** In a needed column: the longest that a reader of JSON takes is 20 MB, a raw day's is 1 MiB. */
  @Test
  void anAbsurdRowCostsNoOtherRow() throws Exception {
    LocalDate day = DAY.plusDays(5);
    List<ObjectNode> good = Days.rows(day, 20, 60);
    ObjectNode inTheYear9999 = row(day, 101).put("closed_date", "9999-12-31T00:00:00.000");
    ObjectNode nowhere = row(day, 102).put("latitude", "NaN").put("longitude", "Infinity");
    ObjectNode notANumber = row(day, 103);
    notANumber.putRawValue("latitude", new RawValue("NaN"));
    List<ObjectNode> rows = Days.rows(day, 20, 60);
    rows.add(0, row(day, 100).put("descriptor", "x".repeat((int) (10 * MEGABYTE))));
    rows.add(row(day, 99).put("complaint_type", "y".repeat((int) (30 * MEGABYTE))));
    rows.addAll(List.of(inTheYear9999, nowhere, notANumber));
    FEED_DAYS.days.put(day, rows);
    Days.delete(s3, "311/");

    JsonNode report = collected(List.of(day)).get(day);

    assertThat(report.get("outcome").asText()).isEqualTo("written");
    assertThat(report.get("rows").asInt()).isEqualTo(25);
    assertThat(report.get("rejected")).isEqualTo(JSON.createObjectNode().put("oversized", 2));
    good.addAll(List.of(inTheYear9999, nowhere, row(day, 103).put("latitude", "NaN")));
    assertStored(day, good);

    try (LambdaProcess medians =
        LambdaProcess.start(
            Jdk.running(),
            taskRoot,
            "nyc311.medians.MediansHandler::handleRequest",
            s3.environment())) {
      Outcome outcome = medians.invoke(Days.event(s3, List.of(Keys.rawDay(day))));
      assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
      JsonNode summarised = JSON.readTree(outcome.body()).at("/days/" + day);
      assertThat(summarised.get("accepted").asInt()).isEqualTo(22);
      assertThat(summarised.get("rejected"))
          .isEqualTo(JSON.createObjectNode().put("closed_in_the_future", 1));
    }
    assertThat(JSON.readTree(Days.get(s3, Keys.MEDIANS)).toString()).contains("Noise", "Rodent");
  }

  private static ObjectNode row(LocalDate day, int number) {
    return Days.row(day, number, "Noise", 60);
  }

  private static LocalDate day(SeenRequest request) {
    return LocalDate.parse(
        request.query().get("$where").replaceFirst("(?s).*>= '(....-..-..)T00.*", "$1"));
  }

  /** Collects days that the feed has and that are no trouble, and says what is in the bucket. */
  private static Map<LocalDate, String> collectedGood(List<LocalDate> days) throws Exception {
    Map<LocalDate, String> etags = new HashMap<>();
    days.forEach(day -> FEED_DAYS.days.put(day, Days.rows(day, 5, 60)));
    collected(days);
    days.forEach(day -> FEED_DAYS.days.put(day, Days.rows(day, 5, 90)));
    days.forEach(day -> etags.put(day, version(day)));
    ASKED.clear();
    return etags;
  }

  private static void assertUntouched(Map<LocalDate, String> before) {
    before.forEach((day, version) -> assertThat(version(day)).as("%s", day).isEqualTo(version));
  }

  private static String version(LocalDate day) {
    HeadObjectResponse head = head(day);
    return head.eTag() + " of " + head.lastModified();
  }

  private static HeadObjectResponse head(LocalDate day) {
    return s3.client().headObject(r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)));
  }

  private static void assertStored(LocalDate day, List<ObjectNode> rows) throws IOException {
    JsonNode stored = JSON.readTree(Days.get(s3, Keys.rawDay(day)));
    assertThat(stored).hasSize(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      if (!stored.get(i).equals(rows.get(i))) {
        throw new AssertionError("row " + i + " is " + stored.get(i) + ", not " + rows.get(i));
      }
    }
  }

  /** The reports on the days that an invocation collects, in its order. */
  private static Map<LocalDate, JsonNode> collected(Collection<LocalDate> days) throws Exception {
    Outcome outcome = collect.invoke(event(days));
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
    Map<LocalDate, JsonNode> reports = new LinkedHashMap<>();
    JSON.readTree(outcome.body())
        .get("days")
        .forEach(day -> reports.put(LocalDate.parse(day.get("day").asText()), day));
    return reports;
  }

  private static String failure(Duration limit, List<LocalDate> days) throws Exception {
    Outcome outcome = collect.invoke(event(days), limit);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.ERROR);
    return JSON.readTree(outcome.body()).get("errorMessage").asText()
        + JSON.readTree(outcome.body()).get("errorType").asText();
  }

  private static String event(Collection<LocalDate> days) {
    ObjectNode event = JSON.createObjectNode();
    days.forEach(day -> event.withArray("dates").add(day.toString()));
    return event.toString();
  }
}
