package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import nyc311.regression.InvalidModelException;
import nyc311.regression.PublishedModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

class PublisherTest {
  private static final Map<String, byte[]> FIRST = model(1);
  private static final Map<String, byte[]> SECOND = model(2);

  private LocalS3 s3;
  private S3Bucket bucket;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    bucket = new S3Bucket(s3.client(), s3.bucket());
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @Test
  void thePointerIsWrittenLast() throws IOException {
    List<String> written = new ArrayList<>();
    s3.onCreated((ObjectCreated created) -> written.add(created.key()));

    Publisher.publish(FIRST, bucket);

    assertThat(written).hasSize(5).endsWith(Keys.MODEL_POINTER);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  /** S3 refuses a write while another one of the same key is under way, which may yet fail. */
  @Test
  void aModelIsNotPublishedBeforeAllOfItIsThere() throws IOException {
    Publisher.publish(FIRST, bucket);
    String truncated = SECOND.keySet().iterator().next();
    s3.client()
        .putObject(r -> r.bucket(s3.bucket()).key(truncated), RequestBody.fromString("half"));

    assertThatThrownBy(() -> Publisher.publish(SECOND, bucket))
        .isInstanceOf(WriteConflictException.class)
        .hasMessageContaining(truncated);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  @Test
  void theSameModelCanBePublishedTwice() throws IOException {
    Publisher.publish(FIRST, bucket);
    Publisher.publish(FIRST, bucket);

    assertThat(published()).isEqualTo(version(FIRST));
  }

  @Test
  void anOldModelCanBePublishedAgain() throws IOException {
    Publisher.publish(FIRST, bucket);
    Publisher.publish(SECOND, bucket);
    assertThat(published()).isEqualTo(version(SECOND));

    Publisher.rollBack(bucket, version(FIRST));

    assertThat(published()).isEqualTo(version(FIRST));
    assertThat(Publisher.versions(bucket))
        .containsExactlyInAnyOrder(version(FIRST), version(SECOND));
  }

  @Test
  void anOldModelThatIsDamagedIsNotPublishedAgain() throws IOException {
    Publisher.publish(FIRST, bucket);
    Publisher.publish(SECOND, bucket);
    String serving =
        FIRST.keySet().stream().filter(key -> key.endsWith(".bin")).findFirst().orElseThrow();
    s3.client().deleteObject(request -> request.bucket(s3.bucket()).key(serving));

    assertThatThrownBy(() -> Publisher.rollBack(bucket, version(FIRST)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(serving);
    assertThatThrownBy(() -> Publisher.rollBack(bucket, "2001-01-01-0"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no 311/model/version-2001-01-01-0.json");
    assertThat(published()).isEqualTo(version(SECOND));
  }

  private String published() throws IOException {
    try (StoredObject pointer = bucket.get(Keys.MODEL_POINTER).orElseThrow()) {
      return PublishedModel.read(pointer, bucket::get).version();
    }
  }

  private static String version(Map<String, byte[]> objects) {
    return objects.keySet().stream()
        .filter(key -> key.startsWith(Keys.MODELS + "version-"))
        .map(key -> key.replaceAll(".*/version-|\\.json", ""))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, byte[]> model(long seed) {
    return Training.train(World.whereTheSlowAreStillOpen(9).known(World.at(9 * 24)), seed)
        .objects(
            "{}\n".getBytes(StandardCharsets.UTF_8),
            LocalDate.parse("2019-03-20"),
            Optional.empty());
  }
}
