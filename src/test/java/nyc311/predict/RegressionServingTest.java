package nyc311.predict;

import static nyc311.predict.PredictHandlerTest.body;
import static nyc311.predict.PredictHandlerTest.event;
import static nyc311.predict.PredictHandlerTest.medians;
import static nyc311.predict.PredictHandlerTest.printed;
import static nyc311.predict.PredictHandlerTest.send;
import static nyc311.predict.PredictHandlerTest.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimate;
import nyc311.estimate.Estimates;
import nyc311.local.LocalS3;
import nyc311.medians.InventedType;
import nyc311.medians.Patterns;
import nyc311.medians.TypeMedians;
import nyc311.predict.PredictHandlerTest.TestClock;
import nyc311.regression.PublishedModel;
import nyc311.regression.QuantileTable;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import nyc311.settings.Settings;
import nyc311.train.GoldenModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Medians and a model side by side, over a real bucket: what is answered from which. */
class RegressionServingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDEN = Path.of("src/test/resources/golden-model");
  private static final String VERSION = "2019-04-08-fb5ac7af";
  private static final Map<String, String> PLACE = Map.of("lat", "40.65", "lon", "-73.85");
  private static final Map<String, String> TIME = Map.of("date", "2019-06-14T00:02:11");
  private static final Map<String, String> PLACE_AND_TIME =
      Map.of("lat", "40.65", "lon", "-73.85", "date", "2019-06-14T00:02:11");

  private final TestClock clock = new TestClock();
  private LocalS3 s3;
  private S3Bucket bucket;

  @BeforeEach
  void mediansAndTheGoldenModelArePublished() throws IOException {
    s3 = LocalS3.temporary();
    bucket = new S3Bucket(s3.client(), s3.bucket());
    publishMedians(2);
    folder(GOLDEN).forEach(this::put);
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @Test
  void aPlaceAndATimeAreAnsweredByTheRegression() throws IOException {
    assertThat(ask(handler(), "residential", PLACE_AND_TIME))
        .isEqualTo(
            JSON.readTree(
                """
                {"status":"success","complaint_type":"residential","estimated_time":16.83,
                 "at_least":false,"range":{"p10":6.98,"p90":33.76,"p10_at_least":false,"p90_at_least":false},
                 "rough":true,"day_only":0.0,
                 "requests":100,"matched_type":"Noise - Residential","basis":"regression",
                 "model":"2019-04-08-fb5ac7af","as_of":"2019-07-12T10:00:00Z"}\
                """));
  }

  @Test
  void aPlaceOrATimeAloneIsEnough() throws IOException {
    PredictHandler handler = handler();

    assertThat(ask(handler, "residential", PLACE).get("estimated_time").asDouble())
        .isEqualTo(14.11);
    JsonNode heat = ask(handler, "HEAT/HOT WATER", Map.of("date", "1999-06-18 18:02:11"));
    assertThat(heat.get("estimated_time").asDouble()).isEqualTo(57.55);
    assertThat(heat.get("basis").asText()).isEqualTo("regression");
  }

  @Test
  void aLowerBoundOfTheMediansIsNoneOfTheRegression() throws IOException {
    put(Keys.MEDIANS, medians(type("Noise - Residential", 2, 100, true)));
    PredictHandler handler = handler();

    JsonNode alone = ask(handler, "residential", Map.of());
    JsonNode placed = ask(handler, "residential", PLACE);

    assertThat(alone.get("at_least").asBoolean()).isTrue();
    assertThat(placed.get("basis").asText()).isEqualTo("regression");
    assertThat(alone.at("/range/p90_at_least").asBoolean()).isTrue();
    assertThat(placed.get("at_least").asBoolean()).isFalse();
    assertThat(placed.at("/range/p90_at_least").asBoolean()).isFalse();
  }

  @Test
  void aModelBelowALowerBoundOfTheMediansIsNotBelieved() throws IOException {
    put(Keys.MEDIANS, medians(type("Noise - Residential", 600, 700, true)));

    JsonNode placed = ask(handler(), "residential", PLACE);

    assertThat(placed.get("estimated_time").asDouble()).isEqualTo(600);
    assertThat(placed.get("at_least").asBoolean()).isTrue();
    assertThat(placed.get("basis").asText()).isEqualTo("median");
    assertThat(placed.get("fallback").asText())
        .isEqualTo("more than half of the newest requests take longer than the model says");
  }

  @Test
  void aModelBeyondAllThatWereFollowedGivesWayToAKnownMedian() throws IOException {
    put(Keys.MEDIANS, medians(followedFor(10, false)));

    JsonNode placed = ask(handler(), "residential", PLACE);

    assertThat(placed.get("estimated_time").asDouble()).isEqualTo(3);
    assertThat(placed.get("at_least").asBoolean()).isFalse();
    assertThat(placed.get("basis").asText()).isEqualTo("median");
    assertThat(placed.get("fallback").asText())
        .isEqualTo("the model says longer than any request was followed");
  }

  @Test
  void whatTheModelSaysBeyondAllThatWereFollowedIsALowerBound() throws IOException {
    put(Keys.MEDIANS, medians(followedFor(16, false)));
    JsonNode known = ask(handler(), "residential", PLACE);
    put(Keys.MEDIANS, medians(followedFor(3, true)));
    JsonNode unknown = ask(handler(), "residential", PLACE);

    assertThat(known.get("basis").asText()).isEqualTo("regression");
    assertThat(known.get("at_least").asBoolean()).isFalse();
    assertThat(known.at("/range/p90_at_least").asBoolean()).isTrue();
    assertThat(known.at("/range/p90").asDouble()).isEqualTo(16);
    assertThat(unknown.get("basis").asText()).isEqualTo("regression");
    assertThat(unknown.get("at_least").asBoolean()).isTrue();
    assertThat(unknown.get("estimated_time").asDouble()).isEqualTo(3);
    assertThat(unknown.at("/range/p10_at_least").asBoolean()).isTrue();
  }

  /** Noise that takes three hours or more. */
  private static TypeMedians followedFor(double hours, boolean atLeast) {
    return InventedType.of(
        "Noise - Residential", 3, 3, hours, atLeast, atLeast, List.of(), Patterns.NONE);
  }

  @Test
  void aTypeAloneIsAnsweredByTheMediansAsIfThereWereNoModel() throws IOException {
    JsonNode withModel = ask(handler(), "residential", Map.of());
    JsonNode emptyDescriptor = ask(handler(), "residential", Map.of("descriptor", ""));
    delete(Keys.MODEL_POINTER);
    JsonNode without = ask(handler(), "residential", Map.of());

    assertThat(withModel).isEqualTo(without).isEqualTo(emptyDescriptor);
    assertThat(withModel.get("estimated_time").asDouble()).isEqualTo(2);
    assertThat(withModel.get("basis").asText()).isEqualTo("median");
  }

  @ParameterizedTest
  @CsvSource({
    "Rodent, '', the model does not know this complaint type",
    "Rodent, Rat Sighting, the model does not know this complaint type",
  })
  void whatTheModelDoesNotKnowIsAnsweredByTheMedians(
      String complaintType, String descriptor, String fallback) throws IOException {
    Map<String, String> query = new HashMap<>(PLACE_AND_TIME);
    query.put("descriptor", descriptor);

    JsonNode answer = ask(handler(), complaintType, query);

    assertThat(answer.get("basis").asText()).isEqualTo("median");
    assertThat(answer.get("fallback").asText()).isEqualTo(fallback);
    assertThat(answer.get("estimated_time").asDouble()).isEqualTo(2);
    assertThat(answer.has("model")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"???", " - ", "no such"})
  void anUnknownDescriptorIsLeftOutAndThatIsSaid(String descriptor) throws IOException {
    Map<String, String> query = new HashMap<>(PLACE_AND_TIME);
    query.put("descriptor", descriptor);

    JsonNode answer = ask(handler(), "residential", query);

    assertThat(answer.path("fallback").asText())
        .isEqualTo("the model does not know this descriptor");
    ((ObjectNode) answer).remove("fallback");
    assertThat(answer).isEqualTo(ask(handler(), "residential", PLACE_AND_TIME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"???", " - ", "no such"})
  void anUnknownDescriptorIsSaidToBeSoWhereNothingElseIsAskedFor(String descriptor)
      throws IOException {
    JsonNode answer = ask(handler(), "residential", Map.of("descriptor", descriptor));

    assertThat(answer.get("basis").asText()).isEqualTo("median");
    assertThat(answer.path("fallback").asText())
        .isEqualTo("the model does not know this descriptor");
  }

  @Test
  void aDescriptorThatTheModelKnowsCounts() throws IOException {
    folder(Path.of("model")).forEach(this::put);
    PredictHandler handler = handler();

    JsonNode music = ask(handler, "residential", Map.of("descriptor", "Loud Music/Party"));
    JsonNode talk = ask(handler, "residential", Map.of("descriptor", "loud talking"));

    assertThat(List.of(music, talk)).allMatch(a -> a.get("basis").asText().equals("regression"));
    assertThat(music.get("estimated_time")).isNotEqualTo(talk.get("estimated_time"));
  }

  @Test
  void aDayWithoutATimeIsItsNoon() throws IOException {
    PredictHandler handler = handler();

    JsonNode day = ask(handler, "residential", Map.of("date", "2019-06-14"));

    assertThat(day).isEqualTo(ask(handler, "residential", Map.of("date", "2019-06-14T12:00")));
    assertThat(day).isNotEqualTo(ask(handler, "residential", Map.of("date", "2019-06-14T00:00")));
  }

  @Test
  void theTrainerAndTheApiGiveTheSameEstimate() {
    RegressionModel trained = GoldenModel.trained();
    Estimates served = publication().current().orElseThrow();
    TypeMedians type = served.types().find("residential").orElseThrow();
    for (Map<String, String> query : List.of(PLACE_AND_TIME, PLACE, TIME)) {
      Question question = Question.of("residential", query, Set.of());

      Quantiles answer =
          served
              .estimate(type, question.situation("Noise - Residential"), question.openForHours())
              .hours();
      Quantiles expected = trained.estimate(question.situation("Noise - Residential"));

      assertThat(answer.toArray()).containsExactly(expected.toArray(), within(1e-9));
    }
  }

  @Test
  void theRangeContainsTheEstimate() throws IOException {
    folder(Path.of("model")).forEach(this::put);
    put(Keys.MEDIANS, Files.readAllBytes(Path.of("model", "medians.json")));
    PredictHandler handler = handler();
    List<TypeMedians> types = publication().current().orElseThrow().types().medians().types();
    SplittableRandom random = new SplittableRandom(7);
    Set<String> bases = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Map<String, String> query = new HashMap<>();
      if (random.nextBoolean()) {
        query.put("lat", Double.toString(random.nextDouble(40.4, 41)));
        query.put("lon", Double.toString(random.nextDouble(-74.4, -73.6)));
      }
      if (random.nextBoolean()) {
        query.put(
            "date", LocalDate.of(2019, 1, 1).plusDays(random.nextInt(9_000)) + "T12:0" + i % 10);
      }
      if (random.nextBoolean()) {
        query.put("descriptor", random.nextBoolean() ? "Loud Music/Party" : "Entire Building");
      }

      JsonNode answer =
          ask(handler, types.get(random.nextInt(types.size())).complaintType(), query);

      bases.add(answer.path("fallback").asText(answer.get("basis").asText()));
      assertThat(answer.get("estimated_time").asDouble())
          .as(answer.toString())
          .isBetween(answer.at("/range/p10").asDouble(), answer.at("/range/p90").asDouble());
    }
    assertThat(bases)
        .containsExactlyInAnyOrder(
            "median",
            "regression",
            Estimate.UNKNOWN_DESCRIPTOR,
            Estimate.CONTRADICTED,
            Estimate.BEYOND);
  }

  @Test
  void aModelIsPickedUpAfterTheRefreshIntervalAndNotBefore() throws IOException {
    delete(Keys.MODEL_POINTER);
    PredictHandler handler = handler();
    assertThat(ask(handler, "residential", PLACE).get("basis").asText()).isEqualTo("median");
    folder(GOLDEN).forEach(this::put);

    clock.advance(Duration.ofSeconds(299));
    assertThat(ask(handler, "residential", PLACE).get("basis").asText()).isEqualTo("median");
    clock.advance(Duration.ofSeconds(1));
    assertThat(ask(handler, "residential", PLACE).get("model").asText()).isEqualTo(VERSION);
  }

  @Test
  void withdrawingTheModelLeavesTheMedians() throws IOException {
    PredictHandler handler = handler();
    assertThat(ask(handler, "residential", PLACE).get("basis").asText()).isEqualTo("regression");

    delete(Keys.MODEL_POINTER);
    clock.advance(Duration.ofMinutes(6));

    assertThat(ask(handler, "residential", PLACE).get("basis").asText()).isEqualTo("median");
  }

  @Test
  void aModelWithoutMediansWaitsForThem() throws IOException {
    delete(Keys.MEDIANS);
    PredictHandler handler = handler();
    JsonNode early = send(handler, "GET", "/predict/residential", PLACE);
    publishMedians(2);
    clock.advance(Duration.ofSeconds(1));

    assertThat(early.get("statusCode").asInt()).isEqualTo(503);
    assertThat(ask(handler, "residential", PLACE).get("basis").asText()).isEqualTo("regression");
  }

  /** What can be wrong with a model. */
  enum Damage {
    TRUNCATED("serving"),
    WITH_ANOTHER_CHECKSUM("serving"),
    NOT_THERE("serving"),
    OF_ANOTHER_VERSION("pointer"),
    NO_POINTER("pointer");

    private final String part;

    Damage(String part) {
      this.part = part;
    }

    Map<String, byte[]> to(Map<String, byte[]> model) throws IOException {
      Map<String, byte[]> damaged = new LinkedHashMap<>(model);
      damaged.compute(
          JSON.readTree(model.get(Keys.MODEL_POINTER))
              .at("/" + part + "/key")
              .asText(Keys.MODEL_POINTER),
          (key, bytes) -> this == NOT_THERE ? null : damaged(bytes));
      return damaged;
    }

    private byte[] damaged(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      String damaged =
          switch (this) {
            case TRUNCATED -> text.substring(0, text.length() / 2);
            case WITH_ANOTHER_CHECKSUM -> text.substring(1) + "x";
            case NOT_THERE -> throw new IllegalStateException("it has no content");
            case OF_ANOTHER_VERSION -> text.replace("\"format\":3", "\"format\":4");
            case NO_POINTER -> "<html>";
          };
      return damaged.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedModelIsRefusedAndCountedAndHoldsNothingBack(Damage damage) throws IOException {
    Map<String, byte[]> newModel = anotherModel();
    PredictHandler handler = handler();
    damage.to(newModel).forEach(this::put);
    publishMedians(3);
    clock.advance(Duration.ofMinutes(6));

    String printed =
        printed(
            () -> {
              JsonNode answer = ask(handler, "residential", PLACE_AND_TIME);
              assertThat(answer.get("model").asText()).isEqualTo(VERSION);
              assertThat(answer.get("estimated_time").asDouble()).isEqualTo(16.83);
            });

    assertThat(printed.lines().toList()).hasSize(1);
    JsonNode metric = JSON.readTree(printed);
    assertThat(metric.get("ModelsRefused").asInt()).isEqualTo(1);
    assertThat(metric.at("/_aws/CloudWatchMetrics/0/Metrics/0/Name").asText())
        .isEqualTo("ModelsRefused");
    assertThat(metric.get("cause").asText()).contains("not a valid model, 311/model/");
    assertThat(ask(handler, "residential", Map.of()).get("estimated_time").asDouble()).isEqualTo(3);

    newModel.forEach(this::put);
    clock.advance(Duration.ofMinutes(6));
    assertThat(ask(handler, "residential", PLACE).get("model").asText())
        .isEqualTo(version(newModel));
  }

  @Test
  void partsThatComeAfterThePointerAreFound() throws IOException {
    Map<String, byte[]> newModel = anotherModel();
    PredictHandler handler = handler();
    put(Keys.MODEL_POINTER, newModel.get(Keys.MODEL_POINTER));
    clock.advance(Duration.ofMinutes(6));
    printed(
        () ->
            assertThat(ask(handler, "residential", PLACE).get("model").asText())
                .isEqualTo(VERSION));

    newModel.forEach(
        (key, bytes) -> {
          if (!key.equals(Keys.MODEL_POINTER)) {
            put(key, bytes);
          }
        });
    clock.advance(Duration.ofMinutes(6));

    assertThat(ask(handler, "residential", PLACE).get("model").asText())
        .isEqualTo(version(newModel));
  }

  @Test
  void aModelThatIsDamagedFromTheBeginningLeavesTheMedians() throws IOException {
    put(Keys.MODEL_POINTER, new byte[] {'{'});

    String printed =
        printed(
            () ->
                assertThat(ask(handler(), "residential", PLACE).get("basis").asText())
                    .isEqualTo("median"));

    assertThat(printed).contains("\"ModelsRefused\":1");
  }

  @Test
  void brokenMediansDoNotHoldBackANewModel() throws IOException {
    PredictHandler handler = handler();
    put(Keys.MEDIANS, new byte[] {'['});
    Map<String, byte[]> newModel = anotherModel();
    newModel.forEach(this::put);
    clock.advance(Duration.ofMinutes(6));

    printed(
        () ->
            assertThat(ask(handler, "residential", PLACE).get("model").asText())
                .isEqualTo(version(newModel)));
    assertThat(ask(handler, "residential", Map.of()).get("estimated_time").asDouble()).isEqualTo(2);
  }

  @Test
  void whileTheBucketFailsTheLastGoodModelIsServed() throws IOException {
    PredictHandler handler = handler();
    s3.setUnavailable(true);
    clock.advance(Duration.ofMinutes(6));

    String printed =
        printed(
            () ->
                assertThat(ask(handler, "residential", PLACE).get("model").asText())
                    .isEqualTo(VERSION));

    assertThat(printed).contains("RefreshFailures").doesNotContain("ModelsRefused");
  }

  @Test
  void whileThePointerIsSwitchedEveryEstimateIsOfTheModelThatItNames() throws Exception {
    Map<String, byte[]> other = anotherModel();
    other.forEach(this::put);
    List<byte[]> pointers =
        List.of(folder(GOLDEN).get(Keys.MODEL_POINTER), other.get(Keys.MODEL_POINTER));
    Map<String, Double> expected = Map.of(VERSION, 16.83, version(other), 28.95);
    PredictHandler handler = handler("REFRESH_SECONDS", "0");
    AtomicBoolean switching = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Set<String>>> askers =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            Set<String> versions = new HashSet<>();
                            while (switching.get()) {
                              JsonNode answer = ask(handler, "residential", PLACE_AND_TIME);
                              String version = answer.get("model").asText();
                              assertThat(answer.get("estimated_time").asDouble())
                                  .isEqualTo(expected.get(version));
                              versions.add(version);
                            }
                            return versions;
                          }))
              .toList();
      for (int i = 0; i < 40; i++) {
        put(Keys.MODEL_POINTER, pointers.get(i % 2));
      }
      switching.set(false);
      Set<String> seen = new HashSet<>();
      for (Future<Set<String>> asker : askers) {
        seen.addAll(asker.get());
      }
      assertThat(seen).containsExactlyInAnyOrder(VERSION, version(other));
    } finally {
      switching.set(false);
      threads.shutdownNow();
    }
  }

  private static final double LOG_2 = Math.log(2);

  /** As long as the golden model's types usually take, twice (and an hour), wherever and when. */
  private Map<String, byte[]> anotherModel() throws IOException {
    try (StoredObject pointer = bucket.get(Keys.MODEL_POINTER).orElseThrow()) {
      RegressionModel golden = PublishedModel.read(pointer, bucket::get).model();
      return PublishedModel.objects(
          new RegressionModel(
              QuantileTable.of(new double[] {LOG_2, LOG_2, LOG_2}, Map.of()),
              golden.offsets(),
              golden.types()),
          new byte[] {'a', 'n', 'o', 't', 'h', 'e', 'r'},
          new byte[] {'{', '}'},
          Instant.parse("2019-04-09T16:00:00Z"),
          Optional.empty());
    }
  }

  private static String version(Map<String, byte[]> model) throws IOException {
    return JSON.readTree(model.get(Keys.MODEL_POINTER)).get("version").asText();
  }

  private static Map<String, byte[]> folder(Path folder) throws IOException {
    Map<String, byte[]> objects = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("311"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        objects.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return objects;
  }

  private void publishMedians(double hours) {
    put(
        Keys.MEDIANS,
        medians(
            roughly("HEAT/HOT WATER", hours),
            roughly("Noise - Residential", hours),
            roughly("Rodent", hours)));
  }

  private static TypeMedians roughly(String complaintType, double hours) {
    return InventedType.roughly(type(complaintType, hours, 100, false));
  }

  private void put(String key, byte[] content) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromBytes(content));
  }

  private void delete(String key) {
    s3.client().deleteObject(r -> r.bucket(s3.bucket()).key(key));
  }

  private Publication publication() {
    return new Publication(bucket, Duration.ofMinutes(5), clock);
  }

  private PredictHandler handler(String... setting) {
    Map<String, String> settings = new HashMap<>(Map.of("DATA_BUCKET", s3.bucket()));
    if (setting.length > 0) {
      settings.put(setting[0], setting[1]);
    }
    return new PredictHandler(new Settings(settings), bucket, clock);
  }

  private static JsonNode ask(
      PredictHandler handler, String complaintType, Map<String, String> query) throws IOException {
    return body(send(handler, event("GET", "/predict/" + complaintType, query)));
  }
}
