package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over plain sockets: an HTTP client would tidy up what these tests are about. */
final class LocalFrontTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LocalFront front;
  private volatile JsonNode event;

  @AfterEach
  void stop() {
    front.close();
  }

  @Test
  void theEventIsThatOfAnHttpApi() throws Exception {
    start("{\"statusCode\":200}");
    exchange(
        """
        GET /predict/noise-residential?lat=40.7&date=2019-06-08+00%3A00%3A09&x=1&x=2&flag HTTP/1.1
        Host: 127.0.0.1
        User-Agent: a person
        Accept: text/html
        X-Twice: 1
        x-twice: 2
        Cookie: a=1; b=2
        """);

    assertThat(event.get("version").asText()).isEqualTo("2.0");
    assertThat(event.get("routeKey").asText()).isEqualTo("GET /predict/{complaint_type+}");
    assertThat(event.get("rawPath").asText()).isEqualTo("/predict/noise-residential");
    assertThat(event.get("rawQueryString").asText())
        .isEqualTo("lat=40.7&date=2019-06-08+00%3A00%3A09&x=1&x=2&flag");
    assertThat(event.get("queryStringParameters"))
        .isEqualTo(
            JSON.readTree(
                "{\"lat\":\"40.7\",\"date\":\"2019-06-08 00:00:09\",\"x\":\"1,2\",\"flag\":\"\"}"));
    assertThat(event.get("headers"))
        .isEqualTo(
            JSON.readTree(
                """
                {"accept":"text/html","connection":"close","host":"127.0.0.1",
                 "user-agent":"a person","x-twice":"1,2"}
                """));
    assertThat(event.get("cookies")).isEqualTo(JSON.readTree("[\"a=1\",\"b=2\"]"));
    assertThat(event.get("pathParameters"))
        .isEqualTo(JSON.readTree("{\"complaint_type\":\"noise-residential\"}"));
    assertThat(event.at("/requestContext/http"))
        .isEqualTo(
            JSON.readTree(
                """
                {"method":"GET","path":"/predict/noise-residential","protocol":"HTTP/1.1",
                 "sourceIp":"127.0.0.1","userAgent":"a person"}
                """));
    assertThat(event.at("/requestContext/stage").asText()).isEqualTo("$default");
    assertThat(event.at("/requestContext/time").asText())
        .matches("\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000");
    assertThat(event.get("isBase64Encoded").asBoolean()).isFalse();
    assertThat(event.has("body")).isFalse();
  }

  @Test
  void thePathIsDecodedExactlyOnceAndAPlusInItStays() throws Exception {
    assertThat(complaintTypeOf("/predict/Noise%20-%20Street%2FSidewalk"))
        .isEqualTo("Noise - Street/Sidewalk");
    assertThat(complaintTypeOf("/predict/Noise%252FStreet")).isEqualTo("Noise%2FStreet");
    assertThat(complaintTypeOf("/predict/a+b%2Bc")).isEqualTo("a+b+c");
    assertThat(complaintTypeOf("/predict/HEAT/HOT%20WATER")).isEqualTo("HEAT/HOT WATER");
    assertThat(complaintTypeOf("/predict/caf%C3%A9")).isEqualTo("café");
  }

  @Test
  void everythingElseTakesTheDefaultRoute() throws Exception {
    assertThat(routeOf("GET /complaint-types")).isEqualTo("GET /complaint-types");
    assertThat(routeOf("GET /")).isEqualTo("GET /");
    assertThat(routeOf("GET /curve/a/b")).isEqualTo("GET /curve/{complaint_type+}");
    assertThat(event.at("/pathParameters/complaint_type").asText()).isEqualTo("a/b");
    assertThat(routeOf("GET /nowhere")).isEqualTo("$default");
    assertThat(routeOf("GET /predict/")).isEqualTo("$default");
    assertThat(routeOf("POST /predict/noise")).isEqualTo("$default");
    assertThat(routeOf("HEAD /predict/noise")).isEqualTo("$default");
    assertThat(event.has("pathParameters")).isFalse();
  }

  @Test
  void aMalformedEscapeIsABadRequest() throws Exception {
    start("{\"statusCode\":200}");
    assertThat(exchange("GET /predict/100%zz HTTP/1.1\nHost: x\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exchange("GET /predict/100% HTTP/1.1\nHost: x\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exchange("GET /predict/a?lat=%4 HTTP/1.1\nHost: x\n")).startsWith("HTTP/1.1 400 ");
    assertThat(event).isNull();
  }

  @Test
  void bodiesArriveAsTextOrBase64() throws Exception {
    start("{\"statusCode\":200}");
    exchange(
        """
        POST /x HTTP/1.1
        Host: x
        Content-Type: application/json
        Content-Length: 2

        {}\
        """);
    assertThat(event.get("body").asText()).isEqualTo("{}");
    assertThat(event.get("isBase64Encoded").asBoolean()).isFalse();
    exchange(
        """
        POST /x HTTP/1.1
        Host: x
        Content-Type: application/octet-stream
        Content-Length: 2

        {}\
        """);
    assertThat(event.get("body").asText()).isEqualTo("e30=");
    assertThat(event.get("isBase64Encoded").asBoolean()).isTrue();
  }

  @Test
  void theResultBecomesTheResponse() throws Exception {
    start(
        """
        {"statusCode":503,"headers":{"content-type":"application/json","Retry-After":"5"},
         "cookies":["a=1; Secure","b=2"],"body":"{\\"é\\":1}"}
        """);
    String response = exchange("GET / HTTP/1.1\nHost: x\n");
    assertThat(response)
        .startsWith("HTTP/1.1 503 ")
        .containsIgnoringCase("\r\nContent-Type: application/json\r\n")
        .containsIgnoringCase("\r\nRetry-After: 5\r\n")
        .containsIgnoringCase("\r\nSet-Cookie: a=1; Secure\r\n")
        .containsIgnoringCase("\r\nSet-Cookie: b=2\r\n")
        .containsIgnoringCase("\r\nContent-Length: 8\r\n")
        .endsWith("\r\n\r\n{\"é\":1}");
  }

  @Test
  void aBase64BodyIsSentAsItsBytes() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("hello".getBytes(UTF_8));
    }
    start(
        "{\"statusCode\":200,\"headers\":{\"Content-Encoding\":\"gzip\"},\"isBase64Encoded\":true,"
            + "\"body\":\""
            + Base64.getEncoder().encodeToString(zipped.toByteArray())
            + "\"}");
    var response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(front.url()).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.body()).isEqualTo(zipped.toByteArray());
  }

  @Test
  void headHasTheLengthButNoBody() throws Exception {
    start("{\"statusCode\":200,\"body\":\"hello\"}");
    assertThat(exchange("HEAD /predict/noise HTTP/1.1\nHost: x\n"))
        .startsWith("HTTP/1.1 200 ")
        .containsIgnoringCase("\r\nContent-Length: 5\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void aFailingFunctionAnswers500AsTheGatewayDoes() throws Exception {
    start(
        (input, output, context) -> {
          throw new IllegalStateException("a secret");
        });
    assertInternalServerError();
  }

  @Test
  void aResultThatIsNoResponseAnswers500() throws Exception {
    start("{}");
    assertInternalServerError();
    front.close();
    start("no JSON");
    assertInternalServerError();
  }

  @Test
  void aPreflightIsAnsweredWithoutTheFunction() throws Exception {
    start("{\"statusCode\":405}");
    String preflight = "OPTIONS /predict/x HTTP/1.1\nHost: x\nOrigin: http://page\n";
    assertThat(exchange(preflight + "Access-Control-Request-Method: GET\n"))
        .startsWith("HTTP/1.1 204 ")
        .containsIgnoringCase("\r\naccess-control-allow-origin: *\r\n")
        .containsIgnoringCase("\r\naccess-control-allow-methods: GET,HEAD\r\n")
        .containsIgnoringCase("\r\naccess-control-max-age: 86400\r\n");
    assertThat(event).isNull();
    assertThat(exchange(preflight)).startsWith("HTTP/1.1 405 ");
    assertThat(event.get("routeKey").asText()).isEqualTo("$default");
  }

  @Test
  void aPageFromElsewhereMayReadTheAnswer() throws Exception {
    start("{\"statusCode\":400}");
    String allowed = "\r\naccess-control-allow-origin: *\r\n";
    assertThat(exchange("GET /predict/x HTTP/1.1\nHost: x\nOrigin: http://page\n"))
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("\r\naccess-control-expose-headers: etag\r\n")
        .containsIgnoringCase(allowed);
    assertThat(exchange("GET /predict/x HTTP/1.1\nHost: x\n")).doesNotContainIgnoringCase(allowed);
  }

  private void assertInternalServerError() throws IOException {
    assertThat(exchange("GET / HTTP/1.1\nHost: x\n"))
        .startsWith("HTTP/1.1 500 ")
        .endsWith("\r\n\r\n{\"message\":\"Internal Server Error\"}");
  }

  private String complaintTypeOf(String target) throws IOException {
    start("{\"statusCode\":200}");
    exchange("GET " + target + " HTTP/1.1\nHost: x\n");
    front.close();
    String type = event.at("/pathParameters/complaint_type").asText();
    assertThat(event.get("rawPath").asText()).isEqualTo("/predict/" + type);
    return type;
  }

  private String routeOf(String request) throws IOException {
    start("{\"statusCode\":200}");
    exchange(request + " HTTP/1.1\nHost: x\n");
    front.close();
    assertThat(event.at("/requestContext/routeKey")).isEqualTo(event.get("routeKey"));
    return event.get("routeKey").asText();
  }

  private void start(String result) throws IOException {
    start(
        (input, output, context) -> {
          event = JSON.readTree(input);
          output.write(result.getBytes(UTF_8));
        });
  }

  private void start(RequestStreamHandler handler) throws IOException {
    front = new LocalFront(handler, 0, LogLevel.FATAL);
  }

  /** Sends a request as it is, but for its line ends, and returns the whole response. */
  private String exchange(String request) throws IOException {
    int head = request.indexOf("\n\n");
    String body = head < 0 ? "" : request.substring(head + 2);
    String lines = (head < 0 ? request : request.substring(0, head + 1)).replace("\n", "\r\n");
    try (Socket socket = new Socket(front.url().getHost(), front.url().getPort())) {
      socket.setSoTimeout((int) Patience.LIMIT.toMillis());
      socket.getOutputStream().write((lines + "Connection: close\r\n\r\n" + body).getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
