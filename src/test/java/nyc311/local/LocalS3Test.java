package nyc311.local;

import static nyc311.local.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Content;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The tests of the whole system lean on these promises, which are S3's own. */
final class LocalS3Test {
  private static final int WRITERS = 32;

  private LocalS3 s3;

  @BeforeEach
  void start() throws Exception {
    s3 = LocalS3.temporary();
  }

  @AfterEach
  void stop() throws Exception {
    s3.close();
  }

  @Test
  void ofConcurrentCreationsExactlyOneWins() throws Exception {
    assertThat(race(i -> putted("311/new.json", "writer " + i, null, "*")))
        .containsOnlyOnce(200)
        .containsOnly(200, 412);
  }

  @Test
  void ofConcurrentReplacementsExactlyOneWins() throws Exception {
    String etag = put("311/medians.json", "first");
    assertThat(race(i -> putted("311/medians.json", "writer " + i, etag, null)))
        .containsOnlyOnce(200)
        .containsOnly(200, 412);
    assertThat(get("311/medians.json")).startsWith("writer ");
  }

  @Test
  void replacingAMissingObjectIsRefused() {
    assertThat(putted("311/medians.json", "x", "\"0123456789abcdef0123456789abcdef\"", null))
        .isEqualTo(404);
    put("311/medians.json", "there");
    assertThat(putted("311/medians.json", "x", "\"0123456789abcdef0123456789abcdef\"", null))
        .isEqualTo(412);
    assertThat(get("311/medians.json")).isEqualTo("there");
  }

  @Test
  void noAnswerIsLostSoThatNoConditionalPutIsRefusedBecauseOfItsOwnFirstTry() {
    for (int i = 0; i < 200; i++) {
      assertThat(putted("311/days/" + i, "x", "\"00\"", null)).isEqualTo(404);
      assertThat(putted("311/days/" + i, "x", null, "*")).isEqualTo(200);
    }
  }

  @Test
  void whoListensLearnsOfEachRequestAndWhenItWasServed() {
    List<LocalS3.Served> served = new CopyOnWriteArrayList<>();
    s3.onServed(served::add);
    long before = System.nanoTime();
    put("311/medians.json", "{}");
    assertThat(putted("311/medians.json", "x", null, "*")).isEqualTo(412);
    await().untilAsserted(() -> assertThat(served).hasSize(2));
    assertThat(served)
        .allSatisfy(
            request -> {
              assertThat(request.method()).isEqualTo("PUT");
              assertThat(request.path()).isEqualTo("/" + s3.bucket() + "/311/medians.json");
              assertThat(request.receivedAt()).isBetween(before, request.answeredAt());
              assertThat(request.answeredAt()).isLessThan(System.nanoTime());
            });
  }

  @Test
  void userMetadataStaysWithTheObject() {
    s3.client()
        .putObject(
            request ->
                request
                    .bucket(s3.bucket())
                    .key("311/raw_data/2019-07-01.json")
                    .contentType("application/json")
                    .metadata(Map.of("collected-at", "2019-07-02T08:00:00Z")),
            RequestBody.fromString("[]"));
    var head =
        s3.client().headObject(r -> r.bucket(s3.bucket()).key("311/raw_data/2019-07-01.json"));
    assertThat(head.metadata()).containsExactly(Map.entry("collected-at", "2019-07-02T08:00:00Z"));
    assertThat(head.contentType()).isEqualTo("application/json");
    assertThat(head.contentLength()).isEqualTo(2);
  }

  @Test
  void anUnchangedObjectIsNotSentAgain() {
    String etag = put("311/medians.json", "{}");
    assertThat(
            status(
                () ->
                    s3.client()
                        .getObjectAsBytes(
                            r -> r.bucket(s3.bucket()).key("311/medians.json").ifNoneMatch(etag))))
        .isEqualTo(304);
    assertThat(put("311/medians.json", "{ }")).isNotEqualTo(etag);
    assertThat(
            s3.client()
                .getObjectAsBytes(
                    r -> r.bucket(s3.bucket()).key("311/medians.json").ifNoneMatch(etag))
                .asUtf8String())
        .isEqualTo("{ }");
  }

  @Test
  void aMissingKeyIsNotFound() {
    assertThatThrownBy(() -> get("311/medians.json")).isInstanceOf(NoSuchKeyException.class);
    assertThat(status(() -> s3.client().headObject(r -> r.bucket(s3.bucket()).key("no"))))
        .isEqualTo(404);
  }

  @Test
  void listingStartsAfterAKeyAndIsSorted() {
    List.of("b/2019-07-03.json", "a.json", "b/2019-07-01.json", "b/2019-07-02.json", "c/x.json")
        .forEach(key -> put(key, "[]"));
    assertThat(
            s3
                .client()
                .listObjectsV2Paginator(
                    r ->
                        r.bucket(s3.bucket())
                            .prefix("b/")
                            .startAfter("b/2019-07-01.json")
                            .maxKeys(1))
                .contents()
                .stream()
                .map(S3Object::key))
        .containsExactly("b/2019-07-02.json", "b/2019-07-03.json");
  }

  @Test
  void everyFinishedWriteOfAnyClientIsAnnouncedOnce() throws Exception {
    List<ObjectCreated> seen = new CopyOnWriteArrayList<>();
    s3.onCreated(seen::add);

    String etag = put("by sdk.json", "[1]");
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(s3.endpoint() + "/" + s3.bucket() + "/by-curl.json"))
                .PUT(HttpRequest.BodyPublishers.ofString("[1, 2]"))
                .build(),
            BodyHandlers.discarding());
    s3.client()
        .copyObject(
            r ->
                r.sourceBucket(s3.bucket())
                    .sourceKey("by sdk.json")
                    .destinationBucket(s3.bucket())
                    .destinationKey("copied.json"));
    multipart("in parts.json", "[1, 2, 3]");
    assertThat(putted("by sdk.json", "refused", null, "*")).isEqualTo(412);

    assertThat(seen)
        .extracting(ObjectCreated::cause, ObjectCreated::key, ObjectCreated::size)
        .containsExactly(
            tuple("Put", "by sdk.json", 3L),
            tuple("Put", "by-curl.json", 6L),
            tuple("Copy", "copied.json", 3L),
            tuple("CompleteMultipartUpload", "in parts.json", 9L));
    assertThat('"' + seen.get(0).etag() + '"').isEqualTo(etag);
    assertThat(seen).extracting(ObjectCreated::sequencer).isSorted().doesNotHaveDuplicates();
    assertThat(seen).extracting(ObjectCreated::bucket).containsOnly(s3.bucket());
  }

  @Test
  void itFailsOnRequestAndRecovers() {
    put("a.json", "kept");
    s3.setUnavailable(true);
    assertThat(status(() -> get("a.json"))).isEqualTo(503);
    s3.setUnavailable(false);
    assertThat(get("a.json")).isEqualTo("kept");

    s3.suspend();
    assertThatThrownBy(() -> get("a.json")).isInstanceOf(SdkClientException.class);
    s3.resume();
    assertThat(get("a.json")).isEqualTo("kept");
  }

  @Test
  void aFolderIsServedAgainWithWhatItHeld(@TempDir Path folder) throws Exception {
    try (LocalS3 first = LocalS3.onFolder(folder.resolve("s3"), 0, "nyc311")) {
      first
          .client()
          .putObject(
              r -> r.bucket("nyc311").key("311/a.json").metadata(Map.of("collected-at", "now")),
              RequestBody.fromString("kept"));
    }
    try (LocalS3 second = LocalS3.onFolder(folder.resolve("s3"), 0, "nyc311")) {
      var object = second.client().getObjectAsBytes(r -> r.bucket("nyc311").key("311/a.json"));
      assertThat(object.asUtf8String()).isEqualTo("kept");
      assertThat(object.response().metadata()).containsEntry("collected-at", "now");
    }
  }

  @Test
  void theEnvironmentNamesEverythingAProcessNeeds() {
    assertThat(s3.environment())
        .containsEntry("AWS_ENDPOINT_URL_S3", s3.endpoint().toString())
        .containsEntry("DATA_BUCKET", s3.bucket())
        .containsOnlyKeys(
            "AWS_ENDPOINT_URL_S3",
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "DATA_BUCKET");
  }

  private String put(String key, String content) {
    return s3.client()
        .putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString(content))
        .eTag();
  }

  private String get(String key) {
    return s3.client().getObjectAsBytes(r -> r.bucket(s3.bucket()).key(key)).asUtf8String();
  }

  private int putted(String key, String content, String ifMatch, String ifNoneMatch) {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(s3.bucket())
            .key(key)
            .ifMatch(ifMatch)
            .ifNoneMatch(ifNoneMatch)
            .build();
    return status(() -> s3.client().putObject(request, RequestBody.fromString(content)));
  }

  private static int status(ThrowingCallable call) {
    try {
      call.call();
      return 200;
    } catch (S3Exception e) {
      return e.statusCode();
    } catch (Throwable e) {
      throw new AssertionError("no answer", e);
    }
  }

  private void multipart(String key, String content) {
    var upload = s3.client().createMultipartUpload(r -> r.bucket(s3.bucket()).key(key));
    var part =
        s3.client()
            .uploadPart(
                r -> r.bucket(s3.bucket()).key(key).uploadId(upload.uploadId()).partNumber(1),
                RequestBody.fromString(content));
    s3.client()
        .completeMultipartUpload(
            r ->
                r.bucket(s3.bucket())
                    .key(key)
                    .uploadId(upload.uploadId())
                    .multipartUpload(
                        m ->
                            m.parts(
                                CompletedPart.builder().partNumber(1).eTag(part.eTag()).build())));
  }

  /** Lets all writers go at once and returns their statuses. */
  private static List<Integer> race(IntFunction<Integer> writer) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<Integer>> running =
          IntStream.range(0, WRITERS)
              .<Callable<Integer>>mapToObj(
                  i ->
                      () -> {
                        start.await();
                        return writer.apply(i);
                      })
              .map(writers::submit)
              .toList();
      start.countDown();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> one : running) {
        statuses.add(one.get());
      }
      return statuses;
    } finally {
      writers.shutdownNow();
    }
  }

  /** As {@code cp -r} makes it, or a file system without user attributes. */
  @Test
  void aCopyOfItsFolderWithoutUserAttributesIsTheSameBucket(@TempDir Path folder) throws Exception {
    Path root = folder.toRealPath();
    String tag;
    try (LocalS3 first = LocalS3.onFolder(root, 0, "nyc311")) {
      S3Bucket bucket = new S3Bucket(first.client(), "nyc311");
      bucket.put("311/k", Content.of(new byte[3]), Map.of(), Optional.empty());
      tag = bucket.head("311/k").orElseThrow().etag();
    }
    Path file = root.resolve("nyc311/311/k");
    UserDefinedFileAttributeView attributes =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    for (String name : attributes.list()) {
      attributes.delete(name);
    }

    try (LocalS3 second = LocalS3.onFolder(root, 0, "nyc311")) {
      S3Bucket bucket = new S3Bucket(second.client(), "nyc311");
      assertThat(bucket.head("311/k").orElseThrow().etag()).isEqualTo(tag);
      assertThat(bucket.list("", "")).containsExactly(new ListedObject("311/k", tag));
      try (StoredObject read = bucket.get("311/k").orElseThrow()) {
        assertThat(read.head().etag()).isEqualTo(tag);
        assertThat(read.content()).hasBinaryContent(new byte[3]);
      }
      assertThatThrownBy(
              () -> bucket.put("311/k", Content.of(new byte[4]), Map.of(), Optional.of("\"0\"")))
          .isInstanceOf(WriteConflictException.class);
      bucket.put("311/k", Content.of(new byte[4]), Map.of("a", "b"), Optional.of(tag));
      assertThat(bucket.head("311/k").orElseThrow())
          .satisfies(head -> assertThat(head.etag()).isNotEqualTo(tag))
          .satisfies(head -> assertThat(head.metadata()).containsEntry("a", "b"));
    }
  }
}
