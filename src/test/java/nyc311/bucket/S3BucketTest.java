package nyc311.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.local.LocalS3;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.S3Client;

/** What the domain relies on: entity tags that are true, and writes that are refused in time. */
class S3BucketTest {
  private LocalS3 s3;
  private Bucket bucket;

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
  void whatWasWrittenIsRead(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x"), "from a file");
    bucket.put("a/b", Content.of(file), Map.of("collected-at", "now"), Optional.empty());

    try (StoredObject object = bucket.get("a/b").orElseThrow()) {
      assertThat(object.content()).hasContent("from a file");
      assertThat(object.head().size()).isEqualTo(11);
      assertThat(object.head().metadata()).containsEntry("collected-at", "now");
      assertThat(bucket.head("a/b")).contains(object.head());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "311/raw_data/2019-07-01.json, application/json",
    "311/model/current.json, application/json",
    "311/model/0123abcd.tribuo, application/octet-stream",
    "311/model/0123abcd.bin, application/octet-stream",
  })
  void anObjectIsLabelledAsWhatItIs(String key, String contentType) throws IOException {
    put(key, "x", Optional.empty());

    assertThat(s3.client().headObject(r -> r.bucket(s3.bucket()).key(key)).contentType())
        .isEqualTo(contentType);
  }

  @Test
  void aMissingKeyIsNoError() {
    assertThat(bucket.get("missing")).isEmpty();
    assertThat(bucket.head("missing")).isEmpty();
    assertThat(bucket.getIfChanged("missing", Optional.of("\"x\"")))
        .isInstanceOf(Revalidation.Missing.class);
  }

  @Test
  void anObjectIsOnlyReadAgainWhenItHasChanged() throws IOException {
    put("k", "one", Optional.empty());
    String etag = etag("k");

    assertThat(bucket.getIfChanged("k", Optional.of(etag)))
        .isInstanceOf(Revalidation.Unchanged.class);
    put("k", "two", Optional.of(etag));
    assertThat(bucket.getIfChanged("k", Optional.of(etag)))
        .isInstanceOfSatisfying(
            Revalidation.Changed.class,
            changed -> assertThat(changed.object().content()).hasContent("two"));
  }

  @Test
  void aWriteIsRefusedWhenTheObjectIsNotAsExpected() throws IOException {
    put("k", "one", Optional.empty());

    assertThatThrownBy(() -> put("k", "two", Optional.empty()))
        .isInstanceOfSatisfying(
            WriteConflictException.class, e -> assertThat(e.key()).isEqualTo("k"));
    assertThatThrownBy(() -> put("k", "two", Optional.of("\"0123456789abcdef\"")))
        .isInstanceOf(WriteConflictException.class);
    assertThatThrownBy(() -> put("gone", "two", Optional.of(etag("k"))))
        .isInstanceOf(WriteConflictException.class);
    try (StoredObject object = bucket.get("k").orElseThrow()) {
      assertThat(object.content()).hasContent("one");
    }
  }

  /** S3 says so while another conditional write of the key is under way. */
  @Test
  void aWriteAtTheSameTimeIsAConflict() throws IOException {
    HttpServer busy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    busy.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
          exchange.sendResponseHeaders(409, -1);
          exchange.close();
        });
    busy.start();
    try (S3Client client =
        s3.clientBuilder()
            .endpointOverride(URI.create("http://127.0.0.1:" + busy.getAddress().getPort()))
            .build()) {
      Bucket other = new S3Bucket(client, s3.bucket());
      assertThatThrownBy(() -> other.put("k", Content.of(new byte[1]), Map.of(), Optional.empty()))
          .isInstanceOf(WriteConflictException.class);
    } finally {
      busy.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ETag, entity tag (ETag)",
    "Last-Modified, date (Last-Modified)",
    "Content-Length, length (Content-Length)",
  })
  void aStoreThatDoesNotTellWhatIsNeededIsRefusedByThat(String lacking, String named)
      throws IOException {
    HttpServer store =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"1\"");
          exchange.getResponseHeaders().set("Last-Modified", "Wed, 24 Jul 2019 06:05:00 GMT");
          exchange.getResponseHeaders().remove(lacking);
          exchange.sendResponseHeaders(200, lacking.equals("Content-Length") ? 0 : 1);
          exchange.getResponseBody().write('x');
          exchange.close();
        });
    store.start();
    URI endpoint = URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    try (S3Client client = s3.clientBuilder().endpointOverride(endpoint).build()) {
      assertThatThrownBy(() -> new S3Bucket(client, "data").get("k"))
          .hasMessage(
              "the store at %s gives no %s, which is needed for k".formatted(endpoint, named));
    } finally {
      store.stop(0);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamedWithWhatWasTried() throws IOException {
    URI nowhere;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = URI.create("http://127.0.0.1:" + closed.getLocalPort());
    }
    try (S3Client client = s3.clientBuilder().endpointOverride(nowhere).build()) {
      Bucket gone = new S3Bucket(client, s3.bucket());

      assertThatThrownBy(() -> gone.list("p/", ""))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("cannot list p/ in " + s3.bucket() + " at " + nowhere + ": ")
          .hasMessageContaining("Connection refused");
    }
  }

  @Test
  void aListingIsInOrderAndCompleteAndBeginsAfterTheGivenKey() throws IOException {
    for (int i : IntStream.range(0, 1_005).toArray()) {
      put("p/%04d".formatted(i), "x", Optional.empty());
    }
    put("q/1", "x", Optional.empty());

    List<ListedObject> all = bucket.list("p/", "");
    List<ListedObject> some = bucket.list("p/", "p/1001");

    assertThat(all).hasSize(1_005);
    assertThat(all).extracting(ListedObject::key).isSorted();
    assertThat(some).extracting(ListedObject::key).containsExactly("p/1002", "p/1003", "p/1004");
    assertThat(some.get(0).etag()).isEqualTo(etag("p/1002"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9000, true",
    "https://s3.eu-west-1.amazonaws.com, false",
    "https://s3.cn-north-1.amazonaws.com.cn, false",
    "https://amazonaws.com.evil.example, true",
  })
  void anEndpointThatIsNotAwsIsAddressedByPath(String endpoint, boolean foreign) {
    for (String variable : List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")) {
      assertThat(S3Endpoint.configured(Map.of(variable, endpoint)).map(S3Endpoint::isForeign))
          .contains(foreign);
    }
    assertThat(S3Endpoint.configured(Map.of())).isEmpty();
    assertThatThrownBy(() -> S3Endpoint.configured(Map.of("AWS_ENDPOINT_URL", "nowhere")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AWS_ENDPOINT_URL must be an http or https URL: nowhere");
  }

  private void put(String key, String content, Optional<String> etag) throws IOException {
    bucket.put(key, Content.of(content.getBytes(StandardCharsets.UTF_8)), Map.of(), etag);
  }

  private String etag(String key) {
    return bucket.head(key).orElseThrow().etag();
  }
}
