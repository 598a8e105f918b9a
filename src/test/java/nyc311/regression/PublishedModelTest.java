package nyc311.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.json.InvalidDocumentException;
import nyc311.requests.Place;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that an earlier version of the program has saved, and what must not be served. */
class PublishedModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden-model");

  /** The end of its key. */
  private static final String SERVING = ".bin";

  /** Where its hashes begin: after magic, number of features and bias. */
  private static final int FIRST_HASH = 20;

  private final Map<String, byte[]> bucket = new HashMap<>();

  @BeforeEach
  void theGoldenModelIsInTheBucket() throws IOException {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bucket.put(GOLDEN.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  @Test
  void aModelOfAnEarlierVersionAnswersAsItDidThen() throws IOException {
    PublishedModel golden = read();
    Optional<Place> south = Optional.of(new Place(40.65, -73.85));

    assertThat(golden.version()).isEqualTo("2019-04-08-fb5ac7af");
    assertEstimate(
        golden.model().estimate(situation("Noise - Residential", south, "2019-06-14T00:02:11")),
        6.983956659472376,
        16.830296366617716,
        33.755923623738);
    assertEstimate(
        golden.model().estimate(situation("Noise - Residential", south, null)),
        5.585150154884401,
        14.109869059319816,
        41.841991236042475);
    assertEstimate(
        golden
            .model()
            .estimate(situation("HEAT/HOT WATER", Optional.empty(), "2019-06-14T18:02:11")),
        22.700920677079232,
        57.54546700302757,
        114.97611801493224);
  }

  @Test
  void aModelWithoutThemNamesNoDescriptorsAndNoFigures() throws IOException {
    assertThat(read().descriptors("Noise - Residential")).isEmpty();
    assertThat(read().backtest()).isEmpty();
  }

  @Test
  void figuresOfTheBacktestComeBackAsTheyWerePublished() throws IOException {
    BacktestFigures figures =
        new BacktestFigures(
            Instant.parse("2019-06-26T04:00:00Z"),
            223_310,
            71_881,
            306.1225,
            List.of(
                new BacktestFigures.Estimator("median", 1.1, 1.05, 1.09, .72, .25, 7.5),
                new BacktestFigures.Estimator("regression", 1, .99, 1.06, 0, 1, 6)));
    Map<String, byte[]> objects =
        PublishedModel.objects(
            read().model(),
            new byte[] {1},
            new byte[] {2},
            Instant.parse("2019-07-10T16:00:00Z"),
            Optional.of(figures));
    bucket.putAll(objects);

    assertThat(read().backtest()).contains(figures);
  }

  @Test
  void figuresAreNoObjectOfThePointerSinceEarlierVersionsTakeEachForAPart() throws IOException {
    publishFigures(FIGURES);

    JsonNode pointer = new ObjectMapper().readTree(bucket.get(Keys.MODEL_POINTER));
    List<String> objects =
        pointer.properties().stream()
            .filter(field -> field.getValue().isObject())
            .map(Map.Entry::getKey)
            .toList();
    assertThat(objects).containsExactly("weights", "serving", "card");
    assertThat(read().backtest()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[{; {; backtest must be an array",
        "}]}]; }]},{}]; backtest must be an array of one object",
        "2019-06-26T04:00:00Z; yesterday; yesterday",
        "\"as_of\"; \"as-of\"; as_of is missing",
        "\"learnt_from\":5; \"learnt_from\":-5; learnt_from must be between 0",
        "\"learnt_from\":5; \"learnt_from\":5e9; out of range of int",
        "\"tested\":7; \"tested\":null; VALUE_NULL",
        "\"cap_hours\":9.5; \"cap_hours\":1e999; cap_hours must be between 0",
        "\"cap_hours\":9.5; \"cap_hours\":NaN; NaN",
        "\"mlog\":1; \"mlog\":-1; mlog must be between 0",
        "\"mlog\":1,; ; mlog must be between 0",
        "\"coverage\":0.8; \"coverage\":1.1; coverage must be between 0 and 1",
        "\"estimator\":\"median\"; \"estimator\":\"?\"; name must be of characters",
        "\"estimator\":\"median\"; \"estimator\":\"a \\ud800\"; name must be of characters",
      })
  void figuresThatCannotBeAreRefused(String part, String spoilt, String problem) {
    publishFigures(FIGURES.replace(part, spoilt == null ? "" : spoilt));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining(Keys.MODEL_POINTER)
        .hasMessageContaining(problem);
  }

  @Test
  void figuresOfTooManyEstimatorsAreRefused() {
    String estimator = FIGURES.replaceAll(".*(\\{\"estimator.*?}).*", "$1");
    publishFigures(FIGURES.replace(estimator, estimator + ("," + estimator).repeat(20)));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("there must be at most 20 estimators: 21");
  }

  private static final String FIGURES =
      "[{\"as_of\":\"2019-06-26T04:00:00Z\",\"learnt_from\":5,\"tested\":7,\"cap_hours\":9.5,"
          + "\"estimators\":[{\"estimator\":\"median\",\"mlog\":1,\"mlog_cap\":1,"
          + "\"pinball_sum\":1,\"coverage\":0.8,\"above_p90\":0.1,\"median_error_hours\":7}]}]";

  private void publishFigures(String figures) {
    replaceInPointer("\"format\":3", "\"format\":3,\"backtest\":" + figures);
  }

  @Test
  void aTruncatedPartIsRefused() {
    bucket.compute(key(SERVING), (key, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining(key(SERVING))
        .hasMessageContaining("must have " + (bucket.get(key(SERVING)).length + 1) + " bytes");
  }

  @Test
  void aPartThatGrewIsRefused() {
    bucket.compute(key(SERVING), (key, bytes) -> Arrays.copyOf(bytes, bytes.length + 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("must have " + (bucket.get(key(SERVING)).length - 1) + " bytes");
  }

  @Test
  void aPartWithOneOtherBitIsRefused() {
    bucket.get(key(SERVING))[100] ^= 1;

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void aMissingPartIsRefused() {
    bucket.remove(key(SERVING));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("is not there");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"key\":\"311/model/4d', '\"key\":\"311/raw_data/4d', key must be one below 311/model/",
    "'\"size\":4898', '\"size\":-5', size must be between 0 and 67108864: -5",
    "'\"size\":4898', '\"size\":9223372036854775807', size must be between 0 and 67108864",
  })
  void aPartThatCannotBeAModelsIsRefused(String part, String spoilt, String problem) {
    replaceInPointer(part, spoilt);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aModelOfTheFirstFormatIsRefusedByItsNumber() {
    String part = "{\"key\":\"311/model/k\",\"sha256\":\"0\",\"size\":1}";
    String pointer =
        "{\"format\":1,\"version\":\"v\",\"weights\":%s,\"types\":%s,\"card\":%s}"
            .formatted(part, part, part);
    bucket.put(Keys.MODEL_POINTER, pointer.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("format must be 3: 1");
  }

  @Test
  void aModelOfAnotherFormatIsRefused() {
    replaceInPointer("\"format\":3", "\"format\":4");

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("format must be 3: 4");
  }

  @Test
  void whatIsNoModelIsRefused() {
    // The checksum is right: someone has published something else.
    publishWithItsChecksum(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("must begin with 4e594302: 504b0304");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 8, 20, 1_000, 4_800})
  void aModelThatWasPublishedCutShortIsRefused(int length) {
    publishWithItsChecksum(Arrays.copyOf(bucket.get(key(SERVING)), length));

    assertThatThrownBy(this::read).isInstanceOf(InvalidDocumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000_000_000, Integer.MAX_VALUE})
  void aModelThatPromisesMoreFeaturesThanThereAreIsRefused(int features) {
    byte[] serving = bucket.get(key(SERVING)).clone();
    ByteBuffer.wrap(serving).putInt(4, features);
    publishWithItsChecksum(serving);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("as many names as it says: " + features);
  }

  @Test
  void featuresOutOfOrderAreRefused() {
    byte[] serving = bucket.get(key(SERVING)).clone();
    ByteBuffer.wrap(serving).putLong(FIRST_HASH, Long.MAX_VALUE);
    publishWithItsChecksum(serving);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("hashes of names must ascend");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1e30f})
  void weightsThatAreNoNumbersAreRefused(float weight) {
    byte[] serving = bucket.get(key(SERVING)).clone();
    int features = ByteBuffer.wrap(serving).getInt(4);
    for (int at : new int[] {8, FIRST_HASH + Long.BYTES * features + 7 * Float.BYTES}) {
      float before = ByteBuffer.wrap(serving).getFloat(at);
      ByteBuffer.wrap(serving).putFloat(at, weight);
      publishWithItsChecksum(serving);

      assertThatThrownBy(this::read)
          .isInstanceOf(InvalidDocumentException.class)
          .hasMessageContaining("values must be below 1000.0 and finite: " + weight);
      ByteBuffer.wrap(serving).putFloat(at, before);
    }
  }

  @Test
  void offsetsThatCannotBeQuantilesAreRefused() {
    byte[] serving = bucket.get(key(SERVING)).clone();
    int base = FIRST_HASH + 20 * ByteBuffer.wrap(serving).getInt(4) + Integer.BYTES;
    for (float p10 : new float[] {-1, 19, 21}) {
      ByteBuffer.wrap(serving).putFloat(base, p10);
      publishWithItsChecksum(serving);

      assertThatThrownBy(this::read).isInstanceOf(InvalidDocumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"noise\":{\"requests\":5",
        "{}",
        "{\"noise\":{}}",
        "{\"noise\":{\"requests\":-5}}",
        "{\"noise\":{\"requests\":1e300}}",
        "{\"noise\":{\"requests\":5,\"drift\":[1]}}",
        "{\"noise\":{\"requests\":5,\"drift\":[-1,1]}}",
        "{\"noise\":{\"requests\":5,\"drift\":[1,9]}}",
        "{\"noise\":{\"requests\":5,\"descriptors\":[\"?\"]}}",
        "{\"noise\":{\"requests\":5,\"descriptors\":[7]}}",
        "{\"noise\":{\"requests\":5,\"descriptors\":\"b\"}}",
        "{\"?\":{\"requests\":5}}"
      })
  void typesThatCannotBeAreRefused(String types) {
    publishTypes(types);

    assertThatThrownBy(this::read).isInstanceOf(InvalidDocumentException.class);
  }

  @Test
  void moreDescriptorsThanAnyTypeHasAreRefused() throws IOException {
    String type = "{\"a\":{\"requests\":5,\"descriptors\":[%s]}}";
    publishTypes(type.formatted("\"b\"" + ",\"b\"".repeat(499)));
    assertThat(read().descriptors("a")).hasSize(500);

    publishTypes(type.formatted("\"b\"" + ",\"b\"".repeat(500)));
    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("descriptors must be at most 500 names");
  }

  private void publishTypes(String types) {
    byte[] serving = bucket.get(key(SERVING));
    int offsets = FIRST_HASH + 20 * ByteBuffer.wrap(serving).getInt(4);
    int end = offsets + 16 + 20 * ByteBuffer.wrap(serving).getInt(offsets);
    byte[] json = types.getBytes(StandardCharsets.UTF_8);
    publishWithItsChecksum(
        ByteBuffer.allocate(end + json.length).put(serving, 0, end).put(json).array());
  }

  /** As someone would who may write into the bucket. */
  private void publishWithItsChecksum(byte[] content) {
    String old = key(SERVING);
    String sha256 = sha256(content);
    int size = bucket.remove(old).length;
    String oldSha256 = old.replaceAll(".*/|\\..*", "");
    bucket.put(old.replace(oldSha256, sha256), content);
    replaceInPointer(
        "\"sha256\":\"" + oldSha256 + "\",\"size\":" + size,
        "\"sha256\":\"" + sha256 + "\",\"size\":" + content.length);
    replaceInPointer(oldSha256, sha256);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "7", "\"a b\""})
  void aVersionThatIsNoNameIsRefused(String version) {
    replaceInPointer("\"2019-04-08-fb5ac7af\"", version);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("version must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"format\":1}", "{\"format\":1,\"weights\":{", "null"})
  void aPointerThatPointsNowhereIsRefused(String pointer) {
    bucket.put(Keys.MODEL_POINTER, pointer.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining(Keys.MODEL_POINTER);
  }

  private PublishedModel read() throws IOException {
    return PublishedModel.read(get(Keys.MODEL_POINTER).orElseThrow(), this::get);
  }

  private Optional<StoredObject> get(String key) {
    return Optional.ofNullable(bucket.get(key))
        .map(
            bytes ->
                new StoredObject(
                    new ObjectHead(key, "", Instant.EPOCH, bytes.length, Map.of()),
                    new ByteArrayInputStream(bytes)));
  }

  private String key(String end) {
    List<String> keys = bucket.keySet().stream().filter(key -> key.endsWith(end)).toList();
    assertThat(keys).hasSize(1);
    return keys.get(0);
  }

  private void replaceInPointer(String old, String replacement) {
    bucket.compute(
        Keys.MODEL_POINTER,
        (key, bytes) ->
            new String(bytes, StandardCharsets.UTF_8)
                .replace(old, replacement)
                .getBytes(StandardCharsets.UTF_8));
  }

  private static Situation situation(String type, Optional<Place> place, String created) {
    return new Situation(
        type, Optional.empty(), place, Optional.ofNullable(created).map(LocalDateTime::parse));
  }

  private static void assertEstimate(Quantiles estimate, double p10, double p50, double p90) {
    assertThat(estimate.p10()).isCloseTo(p10, withinPercentage(1e-3));
    assertThat(estimate.p50()).isCloseTo(p50, withinPercentage(1e-3));
    assertThat(estimate.p90()).isCloseTo(p90, withinPercentage(1e-3));
  }
}
