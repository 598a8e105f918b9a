package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The template's state machine that collects any days. */
public final class Backfill {
  private Backfill() {}

  /** Its definition, as it is after deployment with default parameters. */
  public static JsonNode definition(Template template) {
    return resolved(template, template.properties("Backfill").path("Definition"));
  }

  /** How many days it collects at once, unless a deployment says otherwise. */
  public static int concurrency(Template template) {
    return template.section("Parameters").at("/BackfillConcurrency/Default").asInt();
  }

  private static JsonNode resolved(Template template, JsonNode part) {
    if (part.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      part.forEach(element -> array.add(resolved(template, element)));
      return array;
    }
    if (part.has("Ref") || part.has("Fn::GetAtt") || part.has("Fn::Sub")) {
      return JsonNodeFactory.instance.textNode(template.text(part));
    }
    if (part.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      part.properties().forEach(e -> object.set(e.getKey(), resolved(template, e.getValue())));
      return object;
    }
    return part;
  }
}
