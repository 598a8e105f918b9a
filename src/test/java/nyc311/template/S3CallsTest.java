package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A handler's call that its role does not allow must not go unnoticed until it is deployed. */
class S3CallsTest {
  private static final String RAW_DAY = "311/raw_data/2019-07-01.json";

  private final S3Calls calls = new S3Calls();
  private final Policies policies = Policies.forBucket("data");
  private HttpServer server;
  private S3Client s3;

  S3CallsTest() throws IOException {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    // A bucket that accepts everything and has nothing.
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          boolean reads = Set.of("GET", "HEAD").contains(exchange.getRequestMethod());
          boolean ofObject = exchange.getRequestURI().getPath().contains("/311/");
          exchange.sendResponseHeaders(reads && ofObject ? 404 : 200, -1);
          exchange.close();
        });
    server.start();
    s3 =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .overrideConfiguration(override -> override.addExecutionInterceptor(calls))
            .build();
  }

  @AfterEach
  void stop() {
    s3.close();
    server.stop(0);
  }

  @Test
  void aReadNeedsGetObjectAlsoWhenNothingIsThere() {
    assertThatExceptionOfType(S3Exception.class)
        .isThrownBy(() -> s3.getObject(request -> request.bucket("data").key(RAW_DAY)).close());
    assertThatExceptionOfType(S3Exception.class)
        .isThrownBy(() -> s3.headObject(request -> request.bucket("data").key("311/medians.json")));

    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:GetObject", "data", RAW_DAY),
            new S3Call("s3:GetObject", "data", "311/medians.json"));
    assertThat(policies.refused("MediansRole", calls.calls())).isEmpty();
  }

  @Test
  void aConditionalPutNeedsGetObjectToo() {
    s3.putObject(request -> request.bucket("data").key(RAW_DAY), RequestBody.empty());
    assertThat(calls.calls()).containsExactly(new S3Call("s3:PutObject", "data", RAW_DAY));

    s3.putObject(
        request -> request.bucket("data").key(RAW_DAY).ifNoneMatch("*"), RequestBody.empty());
    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:PutObject", "data", RAW_DAY),
            new S3Call("s3:GetObject", "data", RAW_DAY));
    assertThat(policies.refused("CollectRole", calls.calls())).isEmpty();
  }

  @Test
  void aListingNeedsListBucketForItsPrefix() {
    s3.listObjectsV2(request -> request.bucket("data").prefix("311/days/"));
    s3.listObjectsV2(request -> request.bucket("data").prefix("311/"));

    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:ListBucket", "data", "311/days/"),
            new S3Call("s3:ListBucket", "data", "311/"));
    assertThat(policies.refused("MediansRole", calls.calls()))
        .containsExactly(new S3Call("s3:ListBucket", "data", "311/"));
  }

  @Test
  void aCallOutsideTheRoleIsFound() {
    s3.putObject(request -> request.bucket("data").key("311/medians.json"), RequestBody.empty());
    s3.deleteObject(request -> request.bucket("data").key(RAW_DAY));

    Set<S3Call> outside =
        Set.of(
            new S3Call("s3:PutObject", "data", "311/medians.json"),
            new S3Call("s3:DeleteObject", "data", RAW_DAY));
    assertThat(calls.calls()).isEqualTo(outside);
    assertThat(policies.refused("PredictRole", calls.calls())).isEqualTo(outside);
  }

  @Test
  void aCallToAnotherBucketIsFound() {
    S3Call elsewhere = new S3Call("s3:GetObject", "elsewhere", "311/medians.json");

    assertThat(policies.refused("PredictRole", Set.of(elsewhere))).containsExactly(elsewhere);
  }
}
