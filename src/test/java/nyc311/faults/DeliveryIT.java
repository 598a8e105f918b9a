package nyc311.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import nyc311.bucket.Keys;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However S3's events come, twice, late, in any order, many at once or with what is none of ours,
 * the medians are those of the raw days as they are now, to the byte; and what is wrong with one
 * raw day fails its own event, again and again until it is mended, and holds back no other day. The
 * recomputer is the jar's, in a process of its own.
 */
class DeliveryIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDate FIRST = LocalDate.parse("2019-03-01");
  private static final int DAYS = 6;
  private static final int MANY = 100;

  @TempDir private static Path taskRoot;
  private static final List<ObjectCreated> WRITTEN = new CopyOnWriteArrayList<>();
  private static LocalS3 s3;
  private static LambdaProcess medians;

  @BeforeAll
  static void start() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
    s3.onCreated(WRITTEN::add);
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("WINDOW_DAYS", String.valueOf(MANY));
    medians =
        LambdaProcess.start(
            Jdk.running(), taskRoot, "nyc311.medians.MediansHandler::handleRequest", environment);
  }

  @AfterAll
  static void stop() throws IOException {
    medians.close();
    s3.close();
  }

  @BeforeEach
  void empty() {
    Days.delete(s3, "311/");
    WRITTEN.clear();
  }

  /** What becomes of the events on their way, from the order in which they were sent. */
  static List<Named<UnaryOperator<List<String>>>> deliveries() {
    return List.of(
        Named.of("each twice in a row", events -> repeated(events, 2)),
        Named.of(
            "all, and then all again",
            events -> {
              List<String> twice = new ArrayList<>(events);
              twice.addAll(events);
              return twice;
            }),
        Named.of("the last one first", DeliveryIT::reversed),
        Named.of(
            "each twice, in any order",
            events -> {
              List<String> shuffled = repeated(events, 2);
              Collections.shuffle(shuffled, new Random(311));
              return shuffled;
            }));
  }

  /** The days are written one after the other, and each event comes when all are there. */
  @ParameterizedTest
  @MethodSource("deliveries")
  void eventsThatComeTwiceOrInAnotherOrderEndInTheSameMedians(UnaryOperator<List<String>> delivery)
      throws Exception {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < DAYS; i++) {
      put(day(i), i);
      events.add(event(day(i)));
    }
    for (String event : events) {
      recomputed(event);
    }
    String expected = Days.get(s3, Keys.MEDIANS);
    Days.delete(s3, Keys.DAYS);
    Days.delete(s3, Keys.MEDIANS);

    for (String event : delivery.apply(events)) {
      recomputed(event);
    }

    assertThat(Days.get(s3, Keys.MEDIANS)).isEqualTo(expected);
    assertThat(requests()).isEqualTo(DAYS * 4);
  }

  @Test
  void anEventThatComesTwiceWritesNothingTheSecondTime() throws Exception {
    put(FIRST, 1);
    recomputed(event(FIRST));
    WRITTEN.clear();

    JsonNode again = recomputed(event(FIRST));

    assertThat(again.at("/days/2019-03-01/outcome").asText()).isEqualTo("unchanged");
    assertThat(again.get("published").asBoolean()).isFalse();
    assertThat(WRITTEN).isEmpty();
  }

  @Test
  void anEventDelayedBehindNewerOnesBringsNothingOldBack() throws Exception {
    put(FIRST, 1);
    String delayed = WRITTEN.get(0).toJson();
    put(FIRST, 7);
    recomputed(WRITTEN.get(1).toJson());
    put(day(1), 2);
    recomputed(event(day(1)));
    String expected = Days.get(s3, Keys.MEDIANS);
    WRITTEN.clear();

    recomputed(delayed);

    assertThat(Days.get(s3, Keys.MEDIANS)).isEqualTo(expected);
    assertThat(WRITTEN).isEmpty();
  }

  @Test
  void foreignKeysAreNamedAndChangeNothing() throws Exception {
    put(FIRST, 1);
    List<String> foreign =
        List.of(
            "311/medians.json",
            "311/days/2019-03-01.json",
            "311/raw_data/2019-02-30.json",
            "311/raw_data/2019-03-01.json.gz",
            "311/raw_data/old/2019-03-01.json",
            "other/2019-03-01.json",
            "311/raw_data/ü +%41.json");

    Outcome alone = medians.invoke(Days.event(s3, foreign));
    assertThat(alone.end()).isEqualTo(End.ERROR);
    assertThat(JSON.readTree(alone.body()).get("errorMessage").asText())
        .isEqualTo(
            "cannot recompute from keys that are no raw days: " + String.join(", ", foreign));
    assertThat(WRITTEN).extracting(ObjectCreated::key).containsExactly(Keys.rawDay(FIRST));

    List<String> mixed = new ArrayList<>(foreign);
    mixed.add(3, Keys.rawDay(FIRST));
    JsonNode report = recomputed(Days.event(s3, mixed));
    assertThat(JSON.convertValue(report.get("ignored"), String[].class))
        .containsExactlyElementsOf(foreign);
    assertThat(report.get("published").asBoolean()).isTrue();
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void aHundredRecordsInOneEventAreOnePublicationOfAllTheirDays() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      put(day(i), i);
      keys.add(Keys.rawDay(day(i)));
    }
    WRITTEN.clear();

    JsonNode report = recomputed(Days.event(s3, keys));

    assertThat(report.get("days")).hasSize(MANY);
    assertThat(report.get("failed")).isEmpty();
    assertThat(requests()).isEqualTo(MANY * 4);
    assertThat(WRITTEN).extracting(ObjectCreated::key).hasSize(MANY + 1).endsWith(Keys.MEDIANS);
  }

  static List<Named<String>> poisons() {
    ObjectNode row = Days.row(day(1), 1, "Noise", 60);
    return List.of(
        Named.of("a page for people", "<html>busy</html>"),
        Named.of("an array that ends early", Days.json(List.of(row)).substring(0, 99)),
        Named.of("a field's name of ten megabytes", "[{\"" + "x".repeat(10 << 20) + "\":\"1\"}]"),
        Named.of("nothing", ""));
  }

  @ParameterizedTest
  @MethodSource("poisons")
  void aPoisonFileIsNamedEachTimeAndTheGoodOnesAroundItCount(String poison) throws Exception {
    put(day(0), 1);
    Days.put(s3, Keys.rawDay(day(1)), poison);
    put(day(2), 3);
    String event =
        Days.event(s3, List.of(Keys.rawDay(day(0)), Keys.rawDay(day(1)), Keys.rawDay(day(2))));

    for (int delivery = 0; delivery < 2; delivery++) {
      Outcome outcome = medians.invoke(event);
      assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.ERROR);
      assertThat(JSON.readTree(outcome.body()).get("errorMessage").asText())
          .contains("cannot summarise 2019-03-02 (311/raw_data/2019-03-02.json at line 1")
          .doesNotContain("2019-03-01", "2019-03-03");
      assertThat(requests()).isEqualTo(2 * 4);
    }
    // The good days' own events do not fail because of it.
    assertThat(recomputed(event(day(2))).get("skipped")).hasSize(1);

    put(day(1), 2);
    recomputed(event(day(1)));
    assertThat(requests()).isEqualTo(3 * 4);
  }

  private static LocalDate day(int i) {
    return FIRST.plusDays(i);
  }

  /** Four requests. */
  private static void put(LocalDate day, int minutes) {
    Days.put(s3, day, Days.rows(day, 4, 60 + minutes));
  }

  private static String event(LocalDate day) {
    return Days.event(s3, List.of(Keys.rawDay(day)));
  }

  private static List<String> repeated(List<String> events, int times) {
    List<String> repeated = new ArrayList<>();
    events.forEach(event -> repeated.addAll(Collections.nCopies(times, event)));
    return repeated;
  }

  private static List<String> reversed(List<String> events) {
    List<String> reversed = new ArrayList<>(events);
    Collections.reverse(reversed);
    return reversed;
  }

  private static JsonNode recomputed(String event) throws Exception {
    Outcome outcome = medians.invoke(event);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
    return JSON.readTree(outcome.body());
  }

  private static int requests() throws IOException {
    return JSON.readTree(Days.get(s3, Keys.MEDIANS)).get("requests").asInt();
  }
}
