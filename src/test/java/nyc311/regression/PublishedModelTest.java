package nyc311.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.tribuo.regression.sgd.linear.LinearSGDModel;

/** A model that an earlier version of the program has saved, and what must not be served. */
class PublishedModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden-model");

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

  @ParameterizedTest
  @ValueSource(strings = {".tribuo", "0f210f.json"})
  void aTruncatedPartIsRefused(String part) {
    bucket.compute(key(part), (key, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(key(part))
        .hasMessageContaining("must have " + (bucket.get(key(part)).length + 1) + " bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {".tribuo", "0f210f.json"})
  void aPartThatGrewIsRefused(String part) {
    bucket.compute(key(part), (key, bytes) -> Arrays.copyOf(bytes, bytes.length + 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("must have " + (bucket.get(key(part)).length - 1) + " bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {".tribuo", "0f210f.json"})
  void aPartWithOneOtherBitIsRefused(String part) {
    bucket.get(key(part))[100] ^= 1;

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("SHA-256");
  }

  @ParameterizedTest
  @ValueSource(strings = {".tribuo", "0f210f.json"})
  void aMissingPartIsRefused(String part) {
    bucket.remove(key(part));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("is not there");
  }

  @Test
  void aModelOfAnotherFormatIsRefused() {
    replaceInPointer("\"format\":1", "\"format\":2");

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("format must be 1: 2");
  }

  @Test
  void weightsThatTribuoDidNotWriteAreRefused() {
    // The checksum is right: someone has published something else.
    String types = key("0f210f.json");
    replaceInPointer(key(".tribuo"), types);
    replaceInPointer(key(".tribuo").replaceAll(".*/|\\..*", ""), types.replaceAll(".*/|\\..*", ""));
    replaceInPointer("\"size\":41463", "\"size\":288");

    assertThatThrownBy(this::read).isInstanceOf(InvalidModelException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1e30})
  void weightsThatAreNoNumbersAreRefused(double weight) throws IOException {
    double known = ((LinearSGDModel) read().model().deviation()).getWeightsCopy().get(1, 7);
    byte[] weights = bucket.get(key(".tribuo"));
    int at =
        new String(weights, StandardCharsets.ISO_8859_1)
            .indexOf(new String(littleEndian(known), StandardCharsets.ISO_8859_1));
    assertThat(at).isPositive();
    System.arraycopy(littleEndian(weight), 0, weights, at, Double.BYTES);
    publishWithItsChecksum(".tribuo", weights);

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("weights must be below 1000.0: " + weight);
  }

  private static byte[] littleEndian(double value) {
    return ByteBuffer.allocate(Double.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putDouble(value)
        .array();
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
    publishWithItsChecksum("0f210f.json", types.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(this::read).isInstanceOf(InvalidModelException.class);
  }

  /** As someone would who may write into the bucket. */
  private void publishWithItsChecksum(String part, byte[] content) {
    String old = key(part);
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
    assertThat(estimate.p10()).isCloseTo(p10, within(1e-9));
    assertThat(estimate.p50()).isCloseTo(p50, within(1e-9));
    assertThat(estimate.p90()).isCloseTo(p90, within(1e-9));
  }
}
