package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nyc311.local.LocalContext;
import nyc311.local.MemoryBucket;
import nyc311.local.OneSecond;
import nyc311.settings.Settings;

/**
 * Whatever a stranger asks, the API answers in the form of its contract, with the status 200, 304,
 * 400, 404 or 405, and what it repeats of the question is escaped.
 */
class RequestFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalContext CONTEXT =
      new LocalContext("predict", Duration.ofDays(1), LogLevel.FATAL);
  private static final PredictHandler HANDLER = handler();

  private static PredictHandler handler() {
    try {
      return new PredictHandler(
          new Settings(Map.of("DATA_BUCKET", "memory", "REFRESH_SECONDS", "86400")),
          MemoryBucket.published(),
          Clock.systemUTC());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any bytes as the event. What is no event of an HTTP API is told so. */
  @FuzzTest
  void anyEvent(byte[] event) throws IOException {
    byte[] answer = handled(event);
    HttpRequest asked;
    try {
      asked = HttpRequest.parse(new ByteArrayInputStream(event));
    } catch (IOException e) {
      assertThat(JSON.readTree(answer).path("statusCode").intValue()).isEqualTo(400);
      assertThat(JSON.readTree(JSON.readTree(answer).path("body").textValue()).path("problem"))
          .hasToString(JSON.writeValueAsString(e.getMessage()));
      return;
    }
    assertThat(CheckedAnswer.check(answer, asked.method(), asked.path())).isLessThan(500);
  }

  /**
   * Any texts where the gateway puts those of a client: in lines, the method, the path, the
   * headers, which have the same, and the parameters as {@code name=value}.
   */
  @FuzzTest
  void anyRequest(byte[] request) throws IOException {
    List<String> lines = List.of(new String(request, UTF_8).split("\n", -1));
    String method = lines.get(0).isEmpty() ? "GET" : lines.get(0);
    String path = lines.size() > 1 ? lines.get(1) : "/";
    ObjectNode event = JSON.createObjectNode().put("version", "2.0").put("rawPath", path);
    event
        .putObject("requestContext")
        .put("stage", "$default")
        .put("domainName", "fuzz.execute-api.us-east-1.amazonaws.com")
        .putObject("http")
        .put("method", method);
    String header = lines.size() > 2 ? lines.get(2) : "";
    event.putObject("headers").put("accept-encoding", header).put("if-none-match", header);
    ObjectNode query = event.putObject("queryStringParameters");
    for (String line : lines.subList(Math.min(3, lines.size()), lines.size())) {
      String[] parameter = line.split("=", 2);
      query.put(parameter[0], parameter.length == 2 ? parameter[1] : "");
    }

    assertThat(CheckedAnswer.check(handled(JSON.writeValueAsBytes(event)), method, path))
        .isLessThan(500);
  }

  private static byte[] handled(byte[] event) throws IOException {
    return OneSecond.of(
        () -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          HANDLER.handleRequest(new ByteArrayInputStream(event), out, CONTEXT);
          return out.toByteArray();
        });
  }
}
