package nyc311.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import nyc311.bucket.Keys;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.S3Fault;
import nyc311.local.S3Fault.Asked;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that speak S3's protocol in their own way: what the jar can do without is done without,
 * and what it cannot do without is named at once.
 */
class StoresIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDate DAY = LocalDate.parse("2019-03-01");

  @TempDir private static Path taskRoot;
  private static LocalS3 s3;
  private static LambdaProcess medians;
  private static LambdaProcess predict;

  @BeforeAll
  static void start() throws Exception {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("REFRESH_SECONDS", "0");
    medians = function("medians.MediansHandler", environment);
    medians.awaitReady();
    predict = function("predict.PredictHandler", environment);
  }

  private static LambdaProcess function(String handler, Map<String, String> environment)
      throws IOException {
    return LambdaProcess.start(
        Jdk.running(), taskRoot, "nyc311." + handler + "::handleRequest", environment);
  }

  @AfterAll
  static void stop() throws IOException {
    predict.close();
    medians.close();
    s3.close();
  }

  @BeforeEach
  void empty() {
    s3.misbehave(asked -> S3Fault.none());
    Days.delete(s3, "311/");
    Days.put(s3, DAY, Days.rows(DAY, 4, 60));
  }

  static List<Named<Function<Asked, S3Fault>>> stores() {
    return List.of(
        Named.of("no checksum trailers, and no chunks", asked -> StoresIT::withoutChunks),
        Named.of(
            "listed tags without quotes",
            asked -> asked.key().isEmpty() ? replaced("&quot;", "") : S3Fault.none()),
        Named.of("404 NotFound", asked -> missing(asked, "<Error><Code>NotFound</Code></Error>")),
        Named.of("404 without a body", asked -> missing(asked, "")),
        Named.of(
            "404 for people",
            asked -> missing(asked, "<!DOCTYPE html><html><p>Not found<br></html>")));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void aStoreOfItsOwnWaysWillDo(Function<Asked, S3Fault> ways) throws Exception {
    s3.misbehave(ways);

    for (String expected : List.of("summarised", "unchanged")) {
      Outcome outcome = recomputed();
      assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
      JsonNode report = JSON.readTree(outcome.body());
      assertThat(report.at("/days/2019-03-01/outcome").asText()).isEqualTo(expected);
      assertThat(report.get("failed")).isEmpty();
    }
    assertThat(answer()).isEqualTo(200);
  }

  @Test
  void aStoreWithoutConditionalWritesIsRefusedAtOnce() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    s3.misbehave(
        asked -> {
          if (!asked.method().equals("PUT")) {
            return S3Fault.none();
          }
          puts.incrementAndGet();
          return S3Fault.error(501, "NotImplemented");
        });

    assertThat(refused())
        .contains(
            "the store at "
                + s3.endpoint()
                + " has no conditional writes (If-Match, If-None-Match), which is needed for "
                + Keys.daySummary(DAY));
    assertThat(puts).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void aStoreWithoutEntityTagsIsRefusedAtOnceWhereItIsWrittenAndCanBeRead() throws Exception {
    recomputed();
    s3.misbehave(asked -> StoresIT::withoutTags);

    assertThat(refused())
        .contains("the store at " + s3.endpoint() + " gives no entity tag (ETag), which is needed");
    assertThat(answer()).isEqualTo(200);
  }

  /** Such as one that keeps AWS's chunks as if they were content. */
  @Test
  void aStoreThatKeepsOtherThanWasWrittenIsToldFromADayThatChanges() throws Exception {
    s3.misbehave(
        asked ->
            asked.method().equals("GET") && asked.key().startsWith(Keys.DAYS)
                ? replaced("{", "1a;chunk-signature=0{")
                : S3Fault.none());

    assertThat(refused()).contains(Keys.daySummary(DAY) + " cannot be read as it was written");
  }

  private static Outcome recomputed() throws InterruptedException {
    return medians.invoke(Days.event(s3, List.of(Keys.rawDay(DAY))));
  }

  private static String refused() throws Exception {
    Outcome outcome = recomputed();
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.ERROR);
    return JSON.readTree(outcome.body()).get("errorMessage").asText();
  }

  /** The status of an answer from what is published now. */
  /** Where a busy machine takes longer than the API waits for the bucket, it is asked again. */
  private static int answer() throws Exception {
    String event =
        Files.readString(Path.of("events/predict-by-type.json"))
            .replace("noise-residential", "noise");
    return Patience.await()
        .until(
            () -> JSON.readTree(predict.invoke(event).body()).get("statusCode").asInt(),
            status -> status != 503);
  }

  private static void withoutChunks(
      Request request, Response response, Callback callback, Handler server) throws Exception {
    boolean chunked =
        request.getHeaders().contains("x-amz-trailer")
            || String.valueOf(request.getHeaders().get("content-encoding")).contains("aws-chunked")
            || String.valueOf(request.getHeaders().get("x-amz-content-sha256"))
                .startsWith("STREAMING-");
    (chunked ? S3Fault.error(400, "InvalidArgument") : S3Fault.none())
        .handle(request, response, callback, server);
  }

  private static S3Fault missing(Asked asked, String body) {
    boolean there =
        !asked.method().equals("GET")
            || asked.key().isEmpty()
            || s3.client()
                .listObjectsV2(r -> r.bucket(s3.bucket()).prefix(asked.key()))
                .hasContents();
    return there
        ? S3Fault.none()
        : (request, response, callback, server) -> {
          response.setStatus(404);
          Content.Sink.write(response, true, body, callback);
        };
  }

  /** What is answered has something else in it. */
  private static S3Fault replaced(String text, String other) {
    return (request, response, callback, server) ->
        server.handle(
            request,
            new Response.Wrapper(request, response) {
              @Override
              public void write(boolean last, ByteBuffer content, Callback written) {
                getHeaders().remove("Content-Length");
                String answer = content == null ? "" : UTF_8.decode(content).toString();
                super.write(
                    last, ByteBuffer.wrap(answer.replace(text, other).getBytes(UTF_8)), written);
              }
            },
            callback);
  }

  private static void withoutTags(
      Request request, Response response, Callback callback, Handler server) throws Exception {
    server.handle(
        request,
        new Response.Wrapper(request, response) {
          @Override
          public void write(boolean last, ByteBuffer content, Callback written) {
            getHeaders().remove("ETag");
            super.write(last, content, written);
          }
        },
        callback);
  }
}
