package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP API in front of a function: turns each request on 127.0.0.1 into an event of payload
 * format 2.0 and the function's result into the response, see <a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">Create
 * Lambda proxy integrations for HTTP APIs</a>. The path is decoded exactly once, and a plus in it
 * stays a plus.
 */
public final class LocalFront implements AutoCloseable {
  private static final List<String> OF_A_TYPE =
      List.of("/predict/", "/curve/", "/complaint-types/");
  private static final List<String> OTHERS =
      List.of("/", "/complaint-types", "/status", "/record", "/openapi.json");
  private static final String TYPE = "{complaint_type+}";
  private static final String STAGE = "$default";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int THREADS = 16;
  private static final int STOP_SECONDS = 2;
  private static final int NO_CONTENT = 204;
  private static final int NO_BODY = -1;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Otherwise each answer on a kept connection waits 40 ms for the client's acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final RequestStreamHandler handler;
  private final LogLevel level;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Semaphore free = new Semaphore(THREADS);

  /**
   * Starts to listen.
   *
   * @param port the port on 127.0.0.1, or 0 for a free one
   * @param level from which level on the function's log is printed
   * @throws IOException when the port is taken
   */
  public LocalFront(RequestStreamHandler handler, int port, LogLevel level) throws IOException {
    this.handler = handler;
    this.level = level;
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Stops listening, and gives running requests a moment to end. */
  @Override
  public void close() {
    try {
      if (free.tryAcquire(THREADS, STOP_SECONDS, TimeUnit.SECONDS)) {
        free.release(THREADS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    free.acquireUninterruptibly();
    LocalContext context = new LocalContext("predict", TIMEOUT, level);
    try (exchange) {
      if (answersCors(exchange)) {
        return;
      }
      ByteArrayOutputStream result = new ByteArrayOutputStream();
      byte[] event = JSON.writeValueAsBytes(event(exchange, context));
      Response response;
      try {
        handler.handleRequest(new ByteArrayInputStream(event), result, context);
        response = Response.parse(result.toByteArray());
      } catch (IOException | RuntimeException | Error e) {
        context.logFailure(e, LogLevel.ERROR);
        response = Response.INTERNAL_SERVER_ERROR;
      }
      response.send(exchange);
    } finally {
      free.release();
    }
  }

  /**
   * Lets pages from anywhere read the answer, and answers a preflight, with what {@code
   * template.yaml} has the gateway say.
   *
   * @return whether that was the answer
   */
  private static boolean answersCors(HttpExchange exchange) throws IOException {
    Headers asked = exchange.getRequestHeaders();
    if (!asked.containsKey("Origin")) {
      return false;
    }
    Headers headers = exchange.getResponseHeaders();
    headers.set("access-control-allow-origin", "*");
    if (!exchange.getRequestMethod().equals("OPTIONS")
        || !asked.containsKey("Access-Control-Request-Method")) {
      headers.set("access-control-expose-headers", "etag");
      return false;
    }
    headers.set("access-control-allow-methods", "GET,HEAD");
    headers.set("access-control-max-age", "86400");
    exchange.sendResponseHeaders(NO_CONTENT, NO_BODY);
    return true;
  }

  /** The template's route that a request takes. */
  public static String routeKey(String method, String path) {
    if (!method.equals("GET")) {
      return STAGE;
    }
    return OTHERS.contains(path)
        ? "GET " + path
        : OF_A_TYPE.stream()
            .filter(prefix -> path.startsWith(prefix) && path.length() > prefix.length())
            .map(prefix -> "GET " + prefix + TYPE)
            .findFirst()
            .orElse(STAGE);
  }

  private static ObjectNode event(HttpExchange exchange, Context context) throws IOException {
    URI uri = exchange.getRequestURI();
    String path = uri.getPath();
    String method = exchange.getRequestMethod();
    String route = routeKey(method, path);
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    Map<String, String> headers = headers(exchange);
    String cookies = headers.remove("cookie");
    Instant now = Instant.now();

    ObjectNode event = JSON.createObjectNode();
    event
        .put("version", "2.0")
        .put("routeKey", route)
        .put("rawPath", path)
        .put("rawQueryString", query);
    if (cookies != null) {
      event.set("cookies", JSON.valueToTree(cookies.split("\\s*[;,]\\s*", -1)));
    }
    event.set("headers", JSON.valueToTree(headers));
    if (!query.isEmpty()) {
      event.set("queryStringParameters", JSON.valueToTree(parameters(query)));
    }
    ObjectNode request = event.putObject("requestContext");
    request
        .put("accountId", "000000000000")
        .put("apiId", "local")
        .put("domainName", "local.execute-api." + LocalS3.REGION + ".amazonaws.com")
        .put("domainPrefix", "local");
    request
        .putObject("http")
        .put("method", method)
        .put("path", path)
        .put("protocol", exchange.getProtocol())
        .put("sourceIp", exchange.getRemoteAddress().getAddress().getHostAddress())
        .put("userAgent", headers.getOrDefault("user-agent", ""));
    request
        .put("requestId", context.getAwsRequestId())
        .put("routeKey", route)
        .put("stage", STAGE)
        .put("time", TIME.format(now))
        .put("timeEpoch", now.toEpochMilli());
    if (route.endsWith(TYPE)) {
      // As long as before it, but for "GET ": the parameter is the rest.
      int parameter = route.length() - TYPE.length() - "GET ".length();
      event.putObject("pathParameters").put("complaint_type", path.substring(parameter));
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean text = isText(headers.getOrDefault("content-type", ""));
    if (body.length > 0) {
      event.put("body", text ? new String(body, UTF_8) : Base64.getEncoder().encodeToString(body));
    }
    return event.put("isBase64Encoded", body.length > 0 && !text);
  }

  private static Map<String, String> headers(HttpExchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    return headers;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    Arrays.stream(query.split("&", -1))
        .filter(pair -> !pair.isEmpty())
        .map(pair -> pair.split("=", 2))
        .forEach(
            pair ->
                parameters.merge(
                    URLDecoder.decode(pair[0], UTF_8),
                    pair.length == 1 ? "" : URLDecoder.decode(pair[1], UTF_8),
                    (first, next) -> first + "," + next));
    return parameters;
  }

  private static boolean isText(String contentType) {
    return contentType.startsWith("text/")
        || List.of("application/json", "application/xml", "application/javascript").stream()
            .anyMatch(contentType::startsWith);
  }

  /** What the function answered. */
  private static final class Response {
    static final Response INTERNAL_SERVER_ERROR =
        new Response(
            500,
            Map.of("Content-Type", List.of("application/json")),
            "{\"message\":\"Internal Server Error\"}".getBytes(UTF_8));

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    Response(int status, Map<String, List<String>> headers, byte[] body) {
      this.status = status;
      this.headers = headers;
      this.body = body;
    }

    /**
     * @throws IOException when it is not a response in the format 2.0
     */
    static Response parse(byte[] json) throws IOException {
      JsonNode result = JSON.readTree(json);
      if (!result.path("statusCode").canConvertToInt()) {
        throw new IOException("no statusCode in the function's result");
      }
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      result
          .path("headers")
          .properties()
          .forEach(header -> headers.put(header.getKey(), List.of(header.getValue().asText())));
      headers.remove("Content-Length");
      if (result.has("cookies")) {
        headers.put(
            "Set-Cookie", result.get("cookies").valueStream().map(JsonNode::asText).toList());
      }
      String body = result.path("body").asText("");
      return new Response(
          result.get("statusCode").intValue(),
          headers,
          result.path("isBase64Encoded").asBoolean()
              ? Base64.getDecoder().decode(body)
              : body.getBytes(UTF_8));
    }

    void send(HttpExchange exchange) throws IOException {
      exchange.getResponseHeaders().putAll(headers);
      if (exchange.getRequestMethod().equals("HEAD")) {
        if (body.length > 0) {
          exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, NO_BODY);
      } else if (body.length == 0) {
        exchange.sendResponseHeaders(status, NO_BODY);
      } else {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }
}
