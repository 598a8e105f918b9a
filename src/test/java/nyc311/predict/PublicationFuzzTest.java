package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.json.InvalidDocumentException;
import nyc311.local.OneSecond;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.regression.PublishedModel;

/**
 * Whatever lies where the medians or the model should be, it is refused with the documented
 * exception, or every answer that rests on it is in the form of the contract.
 */
class PublicationFuzzTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden-model");
  private static final List<String> PATHS =
      List.of(
          "/complaint-types",
          "/complaint-types/noise",
          "/status",
          "/curve/noise",
          "/predict/noise",
          "/predict/a b c d e f g h i j k l m n o p");

  private static final List<Map<String, String>> QUERIES =
      List.of(
          Map.of("open_for", "2"),
          Map.of("lat", "40.7", "lon", "-73.9", "date", "2019-06-14", "descriptor", "Loud Music"),
          Map.of("date", "2019-06-14", "open_for", "2"));

  /** Any bytes as {@code medians.json}. */
  @FuzzTest
  void anyMedians(byte[] document) throws IOException {
    try {
      Medians medians = OneSecond.of(() -> MediansJson.read(new ByteArrayInputStream(document)));
      checkAnswers(medians, Optional.empty());
    } catch (InvalidDocumentException e) {
      // As documented.
    }
  }

  /** Any bytes as the model's pointer, in a bucket that has a model. */
  @FuzzTest
  void anyPointer(byte[] pointer) throws IOException {
    try {
      PublishedModel model =
          OneSecond.of(
              () ->
                  PublishedModel.read(
                      object(Keys.MODEL_POINTER, pointer), PublicationFuzzTest::ofGoldenModel));
      checkAnswers(goldenMedians(), Optional.of(model));
    } catch (InvalidDocumentException e) {
      // As documented.
    }
  }

  /** Any bytes as the model itself: whoever may write them can write their checksum too. */
  @FuzzTest
  void anyModel(byte[] serving) throws IOException {
    String part =
        "{\"key\":\"311/model/any.bin\",\"sha256\":\"%s\",\"size\":%d}"
            .formatted(sha256(serving), serving.length);
    String pointer =
        "{\"format\":3,\"version\":\"any\",\"as_of\":\"2019-04-08T16:00:00Z\",\"weights\":%s,\"serving\":%s,\"card\":%s}"
            .formatted(part, part, part);
    try {
      PublishedModel model =
          OneSecond.of(
              () ->
                  PublishedModel.read(
                      object(Keys.MODEL_POINTER, pointer.getBytes(UTF_8)),
                      key -> Optional.of(object(key, serving))));
      checkAnswers(goldenMedians(), Optional.of(model));
    } catch (InvalidDocumentException e) {
      // As documented.
    }
  }

  private static void checkAnswers(Medians medians, Optional<PublishedModel> model)
      throws IOException {
    Estimates estimates = new Estimates(new KnownTypes(medians), model);
    Api api =
        new Api(
            () -> Optional.of(estimates),
            Optional::empty,
            estimate -> {},
            Duration.ofMinutes(5),
            Clock.systemUTC());
    for (String path : PATHS) {
      for (Map<String, String> query : QUERIES) {
        HttpRequest request = new HttpRequest("GET", path, query, Set.of(), "gzip", "");
        byte[] answer =
            OneSecond.of(
                () -> {
                  ByteArrayOutputStream out = new ByteArrayOutputStream();
                  api.answer(request).writeTo(out, request);
                  return out.toByteArray();
                });
        assertThat(CheckedAnswer.check(answer, "GET", path)).isLessThan(500);
      }
    }
  }

  private static Medians goldenMedians() throws IOException {
    String type =
        "{\"complaint_type\":\"Noise\",\"closed\":7,\"open\":2,\"p10\":1,\"p50\":2,\"p90\":3}";
    return MediansJson.read(
        new ByteArrayInputStream(
            ("{\"version\":1,\"as_of\":\"2019-07-12T10:00:00Z\","
                    + "\"window\":{\"from\":\"2019-05-12\",\"to\":\"2019-07-10\"},"
                    + "\"moments\":[],\"types\":["
                    + type
                    + "]}")
                .getBytes(UTF_8)));
  }

  private static Optional<StoredObject> ofGoldenModel(String key) {
    try {
      Path file = GOLDEN.resolve(key);
      return Files.isRegularFile(file)
          ? Optional.of(object(key, Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static StoredObject object(String key, byte[] content) {
    return new StoredObject(
        new ObjectHead(key, "", Instant.EPOCH, content.length, Map.of()),
        new ByteArrayInputStream(content));
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
