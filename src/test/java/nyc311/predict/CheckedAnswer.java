package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** What is promised of every answer, whatever was asked. */
final class CheckedAnswer {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** None of the headers has anything of a request's text. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "application/json",
          "x-content-type-options", "nosniff",
          "vary", "accept-encoding",
          "content-encoding", "gzip",
          "cache-control", "no-store|no-cache|public, max-age=\\d{1,5}",
          "etag", "W/\"[0-9a-f]{16}\"",
          "retry-after", "60",
          "allow", "GET, HEAD");

  /** Lambda answers at most six million. */
  private static final int MAX_BYTES = 4_000_000;

  /** As it is in the jar, with its line breaks. */
  private static final String OPEN_API = OpenApi.text("openapi.json");

  private CheckedAnswer() {}

  /**
   * Checks what a handler has written.
   *
   * @param path that was asked, well-formed, without a stage
   * @return its status
   */
  static int check(byte[] written, String method, String path) throws IOException {
    assertThat(written).hasSizeLessThan(MAX_BYTES);
    JsonNode response = STRICT.readTree(strictUtf8(written));
    int status = response.path("statusCode").intValue();
    assertThat(status).isIn(200, 304, 400, 404, 405, 500, 503);
    if (response.at("/headers/content-type").textValue().startsWith("text/html")) {
      checkPage(response, method);
      return status;
    }
    response
        .path("headers")
        .properties()
        .forEach(
            header ->
                assertThat(header.getValue().asText())
                    .as(header.getKey())
                    .matches(HEADERS.getOrDefault(header.getKey(), "no such header")));
    assertThat(names(response.path("headers"))).contains("content-type", "cache-control", "vary");
    assertThat(response.path("headers").has("etag")).isEqualTo(status < 400);
    String body = body(response);
    OpenApi.check(method, path, response, body);
    if (method.equals("HEAD") || status == 304) {
      assertThat(body).isEmpty();
    } else if (!body.equals(OPEN_API)) {
      checkBody(status, body, path);
    }
    return status;
  }

  /** The same for everybody. */
  private static void checkPage(JsonNode response, String method) throws IOException {
    OpenApi.check(method, "/", response, "");
    HttpAnswer page = Page.answer();
    page.headers()
        .forEach(
            (name, value) ->
                assertThat(response.path("headers").path(name).textValue()).isEqualTo(value));
    boolean whole = response.path("statusCode").intValue() == 200 && !method.equals("HEAD");
    assertThat(body(response)).isEqualTo(whole ? strictUtf8(page.body()) : "");
  }

  private static Set<String> names(JsonNode object) {
    return object.propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  private static String body(JsonNode response) throws IOException {
    if (!response.path("isBase64Encoded").booleanValue()) {
      return response.path("body").textValue();
    }
    byte[] zipped = response.path("body").binaryValue();
    return strictUtf8(new GZIPInputStream(new ByteArrayInputStream(zipped)).readAllBytes());
  }

  private static String strictUtf8(byte[] bytes) throws IOException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static void checkBody(int status, String body, String path) throws IOException {
    assertThat(body.chars()).noneMatch(character -> character < ' ');
    JsonNode answer = STRICT.readTree(body);
    answer.forEach(field -> assertThat(UTF_8.newEncoder().canEncode(field.asText())).isTrue());
    assertThat(answer.path("status").textValue()).isEqualTo(status == 200 ? "success" : "failure");
    if (status == 200 && path.endsWith("/record")) {
      checkRecord(answer);
    } else if (status == 200 && answer.has("complaint_types")) {
      answer.path("complaint_types").forEach(CheckedAnswer::checkEstimate);
    } else if (status == 200 && answer.has("estimated_time")) {
      checkEstimate(answer);
    } else if (status == 200 && answer.has("curve")) {
      checkCurve(answer.path("curve"));
      checkCurve(answer.path("overall"));
    } else if (status != 200) {
      assertThat(body).hasSizeLessThan(5_000);
    }
    if (answer.has("complaint_type")) {
      String type = answer.path("complaint_type").textValue();
      assertThat(List.of("/predict/", "/curve/", "/complaint-types/"))
          .anyMatch(prefix -> path.endsWith(prefix + type));
    }
  }

  private static void checkRecord(JsonNode record) {
    assertThat(record.has("format")).isFalse();
    record
        .findValues("served")
        .forEach(
            served -> {
              int judged = 0;
              for (String part : List.of("below", "within", "above")) {
                judged += served.path(part).intValue();
              }
              assertThat(judged).isLessThanOrEqualTo(served.path("requests").intValue());
            });
  }

  private static void checkCurve(JsonNode curve) {
    double[] hours = curve.path("hours").valueStream().mapToDouble(JsonNode::asDouble).toArray();
    double[] closedBy =
        curve.path("closed_by").valueStream().mapToDouble(JsonNode::asDouble).toArray();
    assertThat(hours).isSorted().hasSameSizeAs(closedBy).startsWith(0);
    assertThat(closedBy).isSorted().startsWith(0);
  }

  private static void checkEstimate(JsonNode estimate) {
    double p10 = estimate.at("/range/p10").doubleValue();
    double p50 = estimate.path("estimated_time").doubleValue();
    double p90 = estimate.at("/range/p90").doubleValue();
    assertThat(new double[] {0, p10, p50, p90, 1e9}).isSorted();
    assertThat(estimate.path("requests").isIntegralNumber()).isTrue();
    assertThat(estimate.path("requests").longValue()).isNotNegative();
  }
}
