package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What {@code openapi.json} says of an answer. Clients may see new fields; here none may be. */
final class OpenApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);
  private static final SchemaValidatorsConfig FORMATS_COUNT =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
  private static final Map<JsonNode, JsonSchema> COMPILED = new ConcurrentHashMap<>();
  static final JsonNode DOCUMENT = resource("openapi.json");
  private static final JsonNode STRICT = strict(DOCUMENT.at("/components/schemas").deepCopy());

  private OpenApi() {}

  static JsonNode resource(String name) {
    try {
      return JSON.readTree(text(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    try (InputStream in = OpenApi.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode strict(JsonNode node) {
    if (node.has("properties") && node.path("type").asText().equals("object")) {
      ((ObjectNode) node).put("additionalProperties", false);
    }
    node.forEach(OpenApi::strict);
    return node;
  }

  /** A schema as JSON Schema 2020-12, with the document's others to refer to. */
  static JsonSchema schema(JsonNode schema) {
    return COMPILED.computeIfAbsent(
        schema,
        node -> {
          ObjectNode root = strict(node.deepCopy()).deepCopy();
          root.set("$defs", STRICT);
          // Where JSON Schema has what others refer to.
          String text = root.toString().replace("#/components/schemas/", "#/$defs/");
          return SCHEMAS.getSchema(text, FORMATS_COUNT);
        });
  }

  static JsonSchema schemaOfDocuments() {
    return SCHEMAS.getSchema(resource("openapi-3.1-schema.json"), FORMATS_COUNT);
  }

  /** What a reference refers to, or the node itself. */
  static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? DOCUMENT.at(node.get("$ref").asText().substring(1)) : node;
  }

  /** The documented path that a path is one of; empty where there is none. */
  static String pathOf(String asked) {
    return DOCUMENT
        .get("paths")
        .propertyStream()
        .map(Map.Entry::getKey)
        .filter(
            path ->
                path.endsWith("{complaint_type}")
                    ? asked.startsWith(path.substring(0, path.indexOf('{')))
                        && asked.length() > path.indexOf('{')
                    : asked.equals(path))
        .findFirst()
        .orElse("");
  }

  /** Each documented path with each of its statuses. */
  static Set<String> responses() {
    Set<String> responses = new TreeSet<>();
    DOCUMENT
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .at("/get/responses")
                    .fieldNames()
                    .forEachRemaining(status -> responses.add(path.getKey() + " " + status)));
    return responses;
  }

  /**
   * Checks an answer: its status, its headers and its body are documented.
   *
   * @param response as the handler writes it
   * @param body uncompressed; empty where there is none
   */
  static void check(String method, String asked, JsonNode response, String body)
      throws IOException {
    int status = response.path("statusCode").intValue();
    JsonNode documented = documented(method, pathOf(asked), status);
    String what = method + " " + asked + ": " + status;
    assertThat(documented.isObject()).as("%s is documented", what).isTrue();
    checkHeaders(what, documented.path("headers"), response.path("headers"));
    String type = response.at("/headers/content-type").asText().split(";", 2)[0];
    JsonNode content = documented.path("content");
    assertThat(status == 304 || content.has(type)).as("%s: %s", what, type).isTrue();
    if (type.equals("application/json") && !body.isEmpty()) {
      JsonSchema schema = schema(content.at("/application~1json/schema"));
      assertThat(schema.validate(JSON.readTree(body))).as("%s: %s", what, body).isEmpty();
    }
  }

  private static JsonNode documented(String method, String path, int status) {
    if (path.isEmpty()) {
      assertThat(status).isEqualTo(404);
      return DOCUMENT.at("/components/responses/NotFound");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      assertThat(status).isEqualTo(405);
      return DOCUMENT.at("/components/responses/MethodNotAllowed");
    }
    return resolved(DOCUMENT.get("paths").get(path).at("/get/responses/" + status));
  }

  private static void checkHeaders(String what, JsonNode documented, JsonNode headers) {
    Map<String, JsonNode> expected =
        documented
            .propertyStream()
            .collect(
                Collectors.toMap(
                    header -> header.getKey().toLowerCase(Locale.ROOT),
                    header -> resolved(header.getValue())));
    expected.forEach(
        (name, header) -> {
          boolean required = header.path("required").booleanValue();
          assertThat(headers.has(name) || !required).as("%s has %s", what, name).isTrue();
          if (headers.has(name)) {
            assertThat(schema(header.get("schema")).validate(headers.get(name)))
                .as("%s: %s", what, name)
                .isEmpty();
          }
        });
    // Which is that of the content, and not to be described as a header.
    Set<String> names = headers.propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet());
    names.remove("content-type");
    assertThat(expected.keySet()).as(what).containsAll(names);
  }
}
