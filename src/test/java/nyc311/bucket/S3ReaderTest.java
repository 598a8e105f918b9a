package nyc311.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/**
 * What the API reads with at its start: as the SDK's client would, and patient for a moment only.
 */
class S3ReaderTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Nested
  class OnARealServer {
    private LocalS3 s3;
    private Bucket sdk;
    private ReadableBucket reader;

    @BeforeEach
    void start() throws IOException {
      s3 = LocalS3.temporary();
      sdk = new S3Bucket(s3.client(), s3.bucket());
      reader = new S3Reader(s3.bucket(), s3.environment(), LIMIT);
    }

    @AfterEach
    void stop() throws IOException {
      s3.close();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "311/medians.json",
          "with space",
          "a+b=c&d",
          "ünï",
          "100%",
          "~x",
          "a%2Fb",
          "(1)"
        })
    void itReadsWhatTheSdkReads(String key) throws IOException {
      sdk.put(key, Content.of(key.getBytes(UTF_8)), Map.of("some", "thing"), Optional.empty());

      try (StoredObject expected = sdk.get(key).orElseThrow();
          StoredObject read = reader.get(key).orElseThrow()) {
        assertThat(read.head()).isEqualTo(expected.head());
        assertThat(read.content()).hasContent(key);
      }
    }

    @Test
    void aMissingKeyIsNoError() {
      assertThat(reader.get("missing")).isEmpty();
      assertThat(reader.getIfChanged("missing", Optional.of("\"x\"")))
          .isInstanceOf(Revalidation.Missing.class);
    }

    @Test
    void aMissingBucketIsAnError() {
      ReadableBucket nowhere = new S3Reader("nowhere", s3.environment(), LIMIT);

      assertThatThrownBy(() -> nowhere.get("k"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("cannot read " + s3.endpoint() + "/nowhere/k: 404 NoSuchBucket");
    }

    @Test
    void anObjectIsOnlyReadAgainWhenItHasChanged() throws IOException {
      sdk.put("k", Content.of("one".getBytes(UTF_8)), Map.of(), Optional.empty());
      Optional<String> etag = sdk.head("k").map(ObjectHead::etag);

      assertThat(reader.getIfChanged("k", etag)).isInstanceOf(Revalidation.Unchanged.class);
      sdk.put("k", Content.of("two".getBytes(UTF_8)), Map.of(), etag);
      assertThat(reader.getIfChanged("k", etag))
          .isInstanceOfSatisfying(
              Revalidation.Changed.class,
              changed -> assertThat(changed.object().content()).hasContent("two"));
    }
  }

  @Test
  void itsSignatureIsAccepted(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("bucket"));
    Files.writeString(folder.resolve("bucket/a key"), "content");
    S3Proxy strict =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, "id", "secret")
            .blobStore(new FilesystemNio2BlobStore(folder.toRealPath().toString()))
            .build();
    strict.start();
    try {
      Map<String, String> right =
          Map.of(
              "AWS_REGION", "us-east-1",
              "AWS_ENDPOINT_URL", "http://127.0.0.1:" + strict.getPort(),
              "AWS_ACCESS_KEY_ID", "id",
              "AWS_SECRET_ACCESS_KEY", "secret");
      Map<String, String> wrong = new HashMap<>(right);
      wrong.put("AWS_SECRET_ACCESS_KEY", "guessed");

      try (StoredObject read = new S3Reader("bucket", right, LIMIT).get("a key").orElseThrow()) {
        assertThat(read.content()).hasContent("content");
      }
      assertThatThrownBy(() -> new S3Reader("bucket", wrong, LIMIT).get("a key"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageEndingWith("/bucket/a%20key: 403 SignatureDoesNotMatch");
    } finally {
      strict.stop();
    }
  }

  @Nested
  class OnAServerWithFaults {
    private final Deque<HttpHandler> answers = new ArrayDeque<>();
    private final List<Map<String, List<String>>> asked = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              HttpHandler answer;
              synchronized (asked) {
                asked.add(exchange.getRequestHeaders());
                answer = answers.size() > 1 ? answers.poll() : answers.peek();
              }
              answer.handle(exchange);
            }
          });
      server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
      end.countDown();
      server.stop(0);
      threads.shutdownNow();
      assertThat(threads.awaitTermination(Patience.LIMIT.toMinutes(), TimeUnit.MINUTES)).isTrue();
    }

    private String endpoint() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** The address of the object that is asked for. */
    private String k() {
      return endpoint() + "bucket/k";
    }

    private S3Reader reader(Duration limit, String... variables) {
      Map<String, String> environment = new HashMap<>();
      environment.put("AWS_REGION", "us-east-1");
      environment.put("AWS_ENDPOINT_URL_S3", endpoint());
      environment.put("AWS_ACCESS_KEY_ID", "id");
      environment.put("AWS_SECRET_ACCESS_KEY", "secret");
      for (int i = 0; i < variables.length; i += 2) {
        environment.put(variables[i], variables[i + 1]);
      }
      return new S3Reader("bucket", environment, limit);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
      exchange.getResponseHeaders().set("ETag", "\"e\"");
      exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
      exchange.getResponseBody().write(body.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"500, InternalError", "503, SlowDown", "429, TooManyRequests"})
    void whatMayPassIsTriedOnceMore(int status, String code) throws IOException {
      answers.add(exchange -> answer(exchange, status, "<Error><Code>" + code + "</Code></Error>"));
      answers.add(exchange -> answer(exchange, 200, "content"));

      try (StoredObject read = reader(LIMIT).get("k").orElseThrow()) {
        assertThat(read.content()).hasContent("content");
      }
      assertThat(asked).hasSize(2);
    }

    @Test
    void whatDoesNotPassIsAnErrorThatSaysWhat() {
      answers.add(exchange -> answer(exchange, 503, "<Error><Code>SlowDown</Code></Error>"));

      assertThatThrownBy(() -> reader(LIMIT).get("k"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("cannot read " + k() + ": 503 SlowDown");
      assertThat(asked).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
      "403, AccessDenied",
      "400, AuthorizationHeaderMalformed",
      "301, PermanentRedirect",
      "307, TemporaryRedirect"
    })
    void whatWillNotPassIsNotTriedAgain(int status, String code) {
      answers.add(
          exchange -> {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
            answer(exchange, status, "<Error><Code>" + code + "</Code></Error>");
          });

      assertThatThrownBy(() -> reader(LIMIT).get("k"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("cannot read " + k() + ": " + status + " " + code);
      assertThat(asked).hasSize(1);
    }

    @Test
    void anAnswerThatIsCutShortIsNotTakenForTheObject() throws IOException {
      answers.add(
          exchange -> {
            exchange.sendResponseHeaders(200, 7);
            exchange.getResponseBody().write("con".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("gone");
          });
      answers.add(exchange -> answer(exchange, 200, "content"));

      try (StoredObject read = reader(LIMIT).get("k").orElseThrow()) {
        assertThat(read.content()).hasContent("content");
      }
    }

    @Test
    void aServerThatHangsIsGivenUp() {
      answers.add(exchange -> hang());

      assertThatThrownBy(() -> reader(Duration.ofSeconds(4)).get("k"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("cannot read " + k() + ": ");
      assertThat(asked).hasSize(2);
    }

    @Test
    void aServerThatTricklesIsGivenUp() {
      answers.add(
          exchange -> {
            exchange.sendResponseHeaders(200, 1_000_000);
            while (!hung(Duration.ofMillis(20))) {
              exchange.getResponseBody().write('x');
              exchange.getResponseBody().flush();
            }
          });

      assertThatThrownBy(() -> reader(Duration.ofSeconds(4)).get("k"))
          .isInstanceOf(UncheckedIOException.class)
          // The second is the JDK's word, when the last wait for a byte is what ends it.
          .hasMessageMatching("cannot read " + k() + ": (no answer in time|Read timed out)");
    }

    @Test
    void temporaryKeysComeWithTheirToken() throws IOException {
      answers.add(exchange -> answer(exchange, 200, "content"));

      reader(LIMIT, "AWS_SESSION_TOKEN", "token").get("k").orElseThrow().close();

      assertThat(asked.get(0).get("X-amz-security-token")).containsExactly("token");
      assertThat(asked.get(0).get("Authorization").get(0))
          .startsWith("AWS4-HMAC-SHA256 Credential=id/")
          .contains("x-amz-security-token");
    }

    private void hang() {
      hung(Duration.ofSeconds(30));
    }

    private boolean hung(Duration time) {
      try {
        return end.await(time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }
  }

  /** In each partition, by the rules that the SDK has for it. */
  @Test
  void awsIsWhereTheSdkHasIt() {
    assertThat(Region.regions()).hasSizeGreaterThan(30);
    for (Region region : Region.regions()) {
      for (String stack : region.isGlobalRegion() ? List.<String>of() : List.of("false", "true")) {
        Map<String, String> environment =
            Map.of("AWS_USE_DUALSTACK_ENDPOINT", stack, "AWS_USE_FIPS_ENDPOINT", "false");
        assertThat(S3Endpoint.ofAws(region.id(), environment))
            .isEqualTo(sdks(region, stack, false));
        assertThat(S3Endpoint.isForeign(S3Endpoint.ofAws(region.id(), environment))).isFalse();
      }
    }
    assertThat(S3Endpoint.ofAws("us-gov-west-1", Map.of("AWS_USE_FIPS_ENDPOINT", "TRUE")))
        .isEqualTo(sdks(Region.US_GOV_WEST_1, "false", true));
  }

  private static URI sdks(Region region, String stack, boolean fips) {
    return S3EndpointProvider.defaultProvider()
        .resolveEndpoint(p -> p.region(region).useDualStack(Boolean.valueOf(stack)).useFips(fips))
        .join()
        .endpointUrl()
        .toUri();
  }

  @Test
  void withoutARegionItSaysSo() {
    assertThatThrownBy(() -> new S3Reader("bucket", Map.of(), LIMIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AWS_REGION must be set");
  }
}
