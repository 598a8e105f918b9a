package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.local.MemoryBucket;
import nyc311.record.JudgedDays;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;

/**
 * Whoever reads {@code /openapi.json} makes the right call the first time: it is valid OpenAPI 3.1,
 * it has what is answered and nothing else. That each answer is as it says, {@link CheckedAnswer}
 * sees to, wherever there is one.
 */
class OpenApiTest {
  private final PredictHandlerTest.TestClock clock = new PredictHandlerTest.TestClock();

  @Test
  void theDocumentIsValid() {
    assertThat(OpenApi.schemaOfDocuments().validate(OpenApi.DOCUMENT)).isEmpty();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    Matcher references = Pattern.compile("\"#(/[^\"]+)\"").matcher(OpenApi.DOCUMENT.toString());
    int found = 0;
    while (references.find()) {
      assertThat(OpenApi.DOCUMENT.at(references.group(1)).isMissingNode())
          .as(references.group(1))
          .isFalse();
      found++;
    }
    assertThat(found).isPositive();
  }

  @Test
  void itIsServedAsItIs() throws IOException {
    JsonNode served = Asked.ofTheJar().get("/openapi.json");

    assertThat(served).isEqualTo(OpenApi.DOCUMENT);
  }

  @Test
  void everyExampleIsOneOfItsSchema() {
    assertThat(examplesIn(OpenApi.DOCUMENT)).isGreaterThan(20);
  }

  /** How many there were. */
  private static int examplesIn(JsonNode node) {
    int found = 0;
    JsonNode schema = node.has("schema") ? node.get("schema") : node;
    JsonNode examples = node.path("examples");
    for (JsonNode example : examples) {
      JsonNode value = examples.isObject() ? example.get("value") : example;
      assertThat(OpenApi.schema(schema).validate(value)).as("%s", value).isEmpty();
      found++;
    }
    if (node.has("example")) {
      assertThat(OpenApi.schema(schema).validate(node.get("example"))).isEmpty();
      found++;
    }
    for (JsonNode child : node) {
      found += examplesIn(child);
    }
    return found;
  }

  @Test
  void theLimitsOfTheParametersAreThoseThatAreKept() throws IOException {
    Asked asked = Asked.ofTheJar();
    for (JsonNode parameter : OpenApi.DOCUMENT.at("/components/parameters")) {
      String name = parameter.get("name").asText();
      JsonNode schema = parameter.get("schema");
      for (String limit : List.of("minimum", "maximum")) {
        if (schema.has(limit)) {
          double at = schema.get(limit).asDouble();
          double beyond = at + (limit.equals("minimum") ? -.01 : .01);
          assertThat(status(asked, name, at)).as("%s=%s", name, at).isEqualTo("success");
          assertThat(status(asked, name, beyond)).as("%s=%s", name, beyond).isEqualTo("failure");
        }
      }
    }
  }

  private static String status(Asked asked, String name, double value) throws IOException {
    String text = BigDecimal.valueOf(value).toPlainString();
    return asked
        .get(
            "/predict/residential",
            "lat",
            name.equals("lat") ? text : "40.7",
            "lon",
            name.equals("lon") ? text : "-73.9",
            "open_for",
            name.equals("open_for") ? text : "1")
        .get("status")
        .asText();
  }

  @Test
  void everyDocumentedResponseIsGivenAndNoOther() throws IOException {
    Set<String> given = new TreeSet<>();
    PredictHandler empty = handler(new MemoryBucket());
    MemoryBucket published = MemoryBucket.published();
    published.write(Keys.RECORD, Content.of(JudgedDays.record(1)));
    PredictHandler handler = handler(published);
    for (String path : paths()) {
      String asked = path.replace("{complaint_type}", "noise-residential");
      JsonNode first = ask(handler, asked, Map.of(), "", given);
      ask(handler, asked, Map.of(), first.at("/headers/etag").asText(), given);
      ask(empty, asked, Map.of(), "", given);
      ask(handler, asked, Map.of("open_for", "6", "date", "2019-06-14"), "", given);
      ask(handler, asked, Map.of("lat", "40.7", "lon", "-73.9", "open_for", "-1"), "", given);
      ask(handler, path.replace("{complaint_type}", "wrongtype"), Map.of(), "", given);
      ask(handler, path.replace("{complaint_type}", "x".repeat(201)), Map.of(), "", given);
      PredictHandlerTest.printed(
          () -> {
            clock.breakOnce();
            ask(handler, asked, Map.of(), "", given);
            clock.mend();
          });
    }

    assertThat(given).isEqualTo(OpenApi.responses());
  }

  private static List<String> paths() {
    return OpenApi.DOCUMENT.get("paths").propertyStream().map(Map.Entry::getKey).toList();
  }

  private PredictHandler handler(MemoryBucket bucket) {
    return new PredictHandler(
        new Settings(Map.of(Setting.DATA_BUCKET.name(), "memory")), bucket, clock);
  }

  private static JsonNode ask(
      PredictHandler handler,
      String path,
      Map<String, String> query,
      String ifNoneMatch,
      Set<String> given)
      throws IOException {
    ObjectNode event = PredictHandlerTest.event("GET", path, query);
    event.putObject("headers").put("if-none-match", ifNoneMatch);
    JsonNode answer = PredictHandlerTest.send(handler, event);
    given.add(OpenApi.pathOf(path) + " " + answer.get("statusCode").asText());
    return answer;
  }
}
