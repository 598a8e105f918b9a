package nyc311.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

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
import nyc311.regression.Situation.Place;
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

    assertThat(golden.version()).isEqualTo("2019-04-08-c23efd10");
    assertEstimate(
        golden.model().estimate(situation("Noise - Residential", south, "2019-06-14T00:02:11")),
        7.058008865100328,
        17.927564498268044,
        34.10405809508458);
    assertEstimate(
        golden.model().estimate(situation("Noise - Residential", south, null)),
        5.6244496866288465,
        14.060022494034328,
        41.894717187017584);
    assertEstimate(
        golden
            .model()
            .estimate(situation("HEAT/HOT WATER", Optional.empty(), "2019-06-14T18:02:11")),
        22.852206509580128,
        59.54709674637557,
        114.03754030042406);
  }

  @Test
  void aTruncatedPartIsRefused() {
    bucket.compute(key(SERVING), (key, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(key(SERVING))
        .hasMessageContaining("must have " + (bucket.get(key(SERVING)).length + 1) + " bytes");
  }

  @Test
  void aPartThatGrewIsRefused() {
    bucket.compute(key(SERVING), (key, bytes) -> Arrays.copyOf(bytes, bytes.length + 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("must have " + (bucket.get(key(SERVING)).length - 1) + " bytes");
  }

  @Test
  void aPartWithOneOtherBitIsRefused() {
    bucket.get(key(SERVING))[100] ^= 1;

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void aMissingPartIsRefused() {
    bucket.remove(key(SERVING));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("is not there");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"key\":\"311/model/89', '\"key\":\"311/raw_data/89', key must be one below 311/model/",
    "'\"size\":4868', '\"size\":-5', size must be between 0 and 67108864: -5",
    "'\"size\":4868', '\"size\":9223372036854775807', size must be between 0 and 67108864",
  })
  void aPartThatCannotBeAModelsIsRefused(String part, String spoilt, String problem) {
    replaceInPointer(part, spoilt);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
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
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("format must be 2: 1");
  }

  @Test
  void aModelOfAnotherFormatIsRefused() {
    replaceInPointer("\"format\":2", "\"format\":3");

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("format must be 2: 3");
  }

  @Test
  void whatIsNoModelIsRefused() {
    // The checksum is right: someone has published something else.
    publishWithItsChecksum(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("must begin with 4e594301: 504b0304");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 8, 20, 1_000, 4_800})
  void aModelThatWasPublishedCutShortIsRefused(int length) {
    publishWithItsChecksum(Arrays.copyOf(bucket.get(key(SERVING)), length));

    assertThatThrownBy(this::read).isInstanceOf(InvalidModelException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000_000_000, Integer.MAX_VALUE})
  void aModelThatPromisesMoreFeaturesThanThereAreIsRefused(int features) {
    byte[] serving = bucket.get(key(SERVING)).clone();
    ByteBuffer.wrap(serving).putInt(4, features);
    publishWithItsChecksum(serving);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("as many features as it says: " + features);
  }

  @Test
  void featuresOutOfOrderAreRefused() {
    byte[] serving = bucket.get(key(SERVING)).clone();
    ByteBuffer.wrap(serving).putLong(FIRST_HASH, Long.MAX_VALUE);
    publishWithItsChecksum(serving);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("hashes of features must ascend");
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
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("weights must be below 1000.0 and finite: " + weight);
      ByteBuffer.wrap(serving).putFloat(at, before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"overall\":[1,2,3],\"types\":{",
        "{\"overall\":[1,2,1e300],\"types\":{\"noise\":{\"offsets\":[1,2,3]}}}",
        "{\"overall\":[-1,2,3],\"types\":{\"noise\":{\"offsets\":[1,2,3]}}}",
        "{\"overall\":[1,2],\"types\":{\"noise\":{\"offsets\":[1,2,3]}}}",
        "{\"overall\":[1,2,3]}"
      })
  void typesThatCannotBeAreRefused(String types) {
    byte[] serving = bucket.get(key(SERVING));
    int end = FIRST_HASH + 20 * ByteBuffer.wrap(serving).getInt(4);
    byte[] json = types.getBytes(StandardCharsets.UTF_8);
    publishWithItsChecksum(
        ByteBuffer.allocate(end + json.length).put(serving, 0, end).put(json).array());

    assertThatThrownBy(this::read).isInstanceOf(InvalidModelException.class);
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
    replaceInPointer("\"2019-04-08-c23efd10\"", version);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("version must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"format\":1}", "{\"format\":1,\"weights\":{", "null"})
  void aPointerThatPointsNowhereIsRefused(String pointer) {
    bucket.put(Keys.MODEL_POINTER, pointer.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
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
