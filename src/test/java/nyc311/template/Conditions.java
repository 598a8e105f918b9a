package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** The template's conditions, decided as CloudFormation decides them for given parameters. */
record Conditions(Template template, Map<String, String> parameters) {
  private static final String IF = "Fn::If";
  private static final JsonNode NO_VALUE =
      new ObjectMapper().createObjectNode().put("Ref", "AWS::NoValue");

  /**
   * Parameters that make each combination: of each that a condition looks at, what it is compared
   * with, and something else.
   */
  static List<Map<String, String>> combinations(Template template) {
    List<Map<String, String>> combinations = new ArrayList<>(List.of(Map.of()));
    Map<String, Set<String>> compared = new HashMap<>();
    for (JsonNode equals : template.section("Conditions").findValues("Fn::Equals")) {
      compared
          .computeIfAbsent(equals.get(0).path("Ref").asText(), name -> new TreeSet<>())
          .add(equals.get(1).asText());
    }
    compared.forEach(
        (name, values) -> {
          JsonNode parameter = template.section("Parameters").path(name);
          values.addAll(Template.texts(parameter.path("AllowedValues")));
          if (values.size() == 1) {
            values.add(parameter.path("Type").asText().equals("Number") ? "1" : "you@example.com");
          }
          List<Map<String, String>> longer = new ArrayList<>();
          for (Map<String, String> shorter : combinations) {
            for (String value : values) {
              Map<String, String> one = new HashMap<>(shorter);
              one.put(name, value);
              longer.add(one);
            }
          }
          combinations.clear();
          combinations.addAll(longer);
        });
    return combinations;
  }

  /** Whether a condition holds. */
  boolean holds(String name) {
    return holds(template.section("Conditions").required(name));
  }

  private boolean holds(JsonNode expression) {
    Map.Entry<String, JsonNode> function = expression.properties().iterator().next();
    JsonNode arguments = function.getValue();
    return switch (function.getKey()) {
      case "Condition" -> holds(arguments.asText());
      case "Fn::Not" -> !holds(arguments.get(0));
      case "Fn::And" -> StreamSupport.stream(arguments.spliterator(), false).allMatch(this::holds);
      case "Fn::Or" -> StreamSupport.stream(arguments.spliterator(), false).anyMatch(this::holds);
      case "Fn::Equals" -> text(arguments.get(0)).equals(text(arguments.get(1)));
      default -> throw new IllegalArgumentException("not known here: " + expression);
    };
  }

  private String text(JsonNode value) {
    String given = parameters.get(value.path("Ref").asText());
    return given == null ? template.text(value) : given;
  }

  /** What there is of a section: what a condition leaves out is gone, and so is each condition. */
  JsonNode decided(String section) {
    ObjectNode all = template.section(section).deepCopy();
    all.properties()
        .removeIf(
            entry ->
                entry.getValue().path("Condition").isTextual()
                    && !holds(entry.getValue().path("Condition").asText()));
    all.forEach(entry -> ((ObjectNode) entry).remove("Condition"));
    return decided(all);
  }

  private JsonNode decided(JsonNode part) {
    if (part.has(IF)) {
      JsonNode choice = part.get(IF);
      return decided(choice.get(holds(choice.get(0).asText()) ? 1 : 2));
    }
    if (part.isObject()) {
      ObjectNode object = new ObjectMapper().createObjectNode();
      part.properties()
          .forEach(
              entry -> {
                JsonNode value = decided(entry.getValue());
                if (!value.equals(NO_VALUE)) {
                  object.set(entry.getKey(), value);
                }
              });
      return object;
    }
    if (part.isArray()) {
      ArrayNode array = new ObjectMapper().createArrayNode();
      for (JsonNode element : part) {
        JsonNode value = decided(element);
        if (!value.equals(NO_VALUE)) {
          array.add(value);
        }
      }
      return array;
    }
    return part;
  }
}
