package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.json.InvalidDocumentException;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import nyc311.local.S3Fault;
import nyc311.local.WatchedBucket;
import nyc311.regression.ModelPointer;
import nyc311.regression.PublishedModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    publish(FIRST);

    assertThat(written).hasSize(5).endsWith(Keys.MODEL_POINTER);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  /** S3 refuses a write while another one of the same key is under way, which may yet fail. */
  @Test
  void aModelIsNotPublishedBeforeAllOfItIsThere() throws IOException {
    publish(FIRST);
    String truncated = SECOND.keySet().iterator().next();
    s3.client()
        .putObject(r -> r.bucket(s3.bucket()).key(truncated), RequestBody.fromString("half"));

    assertThatThrownBy(() -> publish(SECOND))
        .isInstanceOf(WriteConflictException.class)
        .hasMessageContaining(truncated);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  @Test
  void theSameModelCanBePublishedTwice() throws IOException {
    publish(FIRST);
    publish(FIRST);

    assertThat(published()).isEqualTo(version(FIRST));
  }

  /** What is sent again finds what it has written itself. */
  @Test
  void answersThatAreLostAreNoConflict() throws IOException {
    Set<String> lost = new HashSet<>();
    s3.misbehave(
        asked ->
            asked.method().equals("PUT") && lost.add(asked.key())
                ? S3Fault.resetInsteadOfAnswering()
                : S3Fault.none());

    publish(FIRST);

    assertThat(lost).hasSize(5);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  @Test
  void anOldModelCanBePublishedAgain() throws IOException {
    publish(FIRST);
    publish(SECOND);
    assertThat(published()).isEqualTo(version(SECOND));

    Publisher.rollBack(bucket, version(FIRST));

    assertThat(published()).isEqualTo(version(FIRST));
    assertThat(Publisher.versions(bucket))
        .extracting(ModelPointer::version)
        .containsExactlyInAnyOrder(version(FIRST), version(SECOND));
  }

  @Test
  void anOldModelThatIsDamagedIsNotPublishedAgain() throws IOException {
    publish(FIRST);
    publish(SECOND);
    String serving = key(FIRST, ".bin");
    s3.client().deleteObject(request -> request.bucket(s3.bucket()).key(serving));

    assertThatThrownBy(() -> Publisher.rollBack(bucket, version(FIRST)))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining(serving);
    assertThatThrownBy(() -> Publisher.rollBack(bucket, "2001-01-01-0"))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no 311/model/version-2001-01-01-0.json");
    assertThat(published()).isEqualTo(version(SECOND));
  }

  /** Names of one day say nothing of the order. */
  @Test
  void modelsAreListedFromTheOneThatDatesFromLongestAgo() throws IOException {
    Map<String, byte[]> late = model(3, "2019-03-21T01:00:00Z");
    Map<String, byte[]> early = model(4, "2019-03-20T05:00:00Z");
    publish(early);
    publish(late);
    publish(FIRST, true);

    assertThat(Publisher.versions(bucket))
        .extracting(ModelPointer::version)
        .containsExactly(version(FIRST), version(early), version(late));
    assertThat(Publisher.current(bucket)).contains(version(FIRST));
  }

  @Test
  void aModelThatDatesFromLaterIsReplacedOnlyWhenTold() throws IOException {
    Map<String, byte[]> late = model(3, "2019-03-20T05:00:00Z");
    publish(late);

    assertThatThrownBy(() -> publish(FIRST))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the published model is newer, %s as of 2019-03-20T05:00:00Z, than this one, %s as of"
                + " 2019-03-20T04:00:00Z; --force replaces it",
            version(late), version(FIRST));
    assertThat(bucket.list(Keys.MODELS, "")).hasSize(5);

    publish(FIRST, true);
    assertThat(published()).isEqualTo(version(FIRST));
  }

  /** Whether it was looked at or not: whoever forces a model means the one that was there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aModelThatArrivesMeanwhileIsNotReplaced(boolean force) throws IOException {
    publish(FIRST);
    WatchedBucket watched = new WatchedBucket(bucket);
    Map<String, byte[]> late = model(3, "2019-03-21T01:00:00Z");
    String lastRead = force ? Keys.MODEL_POINTER : key(FIRST, ".bin");
    watched.afterNextGet(lastRead, () -> publish(late));

    assertThatThrownBy(() -> Publisher.publish(SECOND, watched, force))
        .isInstanceOf(WriteConflictException.class)
        .hasMessageContaining(Keys.MODEL_POINTER);
    assertThat(published()).isEqualTo(version(late));
  }

  @Test
  void aModelThatArrivesDuringARollbackIsNotReplaced() throws IOException {
    publish(FIRST);
    publish(SECOND);
    WatchedBucket watched = new WatchedBucket(bucket);
    Map<String, byte[]> late = model(3, "2019-03-21T01:00:00Z");
    watched.afterNextGet(Keys.modelVersion(version(FIRST)), () -> publish(late));

    assertThatThrownBy(() -> Publisher.rollBack(watched, version(FIRST)))
        .isInstanceOf(WriteConflictException.class);
    assertThat(published()).isEqualTo(version(late));
  }

  private void publish(Map<String, byte[]> model) throws IOException {
    publish(model, false);
  }

  private void publish(Map<String, byte[]> model, boolean force) throws IOException {
    Publisher.publish(model, bucket, force);
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

  private static String key(Map<String, byte[]> objects, String suffix) {
    return objects.keySet().stream().filter(key -> key.endsWith(suffix)).findFirst().orElseThrow();
  }

  private static Map<String, byte[]> model(long seed) {
    return model(seed, "2019-03-20T04:00:00Z");
  }

  private static Map<String, byte[]> model(long seed, String asOf) {
    return Training.train(
            World.whereTheSlowAreStillOpen(9).known(World.at(9 * 24)), seed, World.SILENT)
        .objects(new byte[] {'{', '}'}, Instant.parse(asOf), Optional.empty());
  }
}
