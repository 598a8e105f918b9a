package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which resource has to exist before which, including what SAM generates: an API is made after the
 * functions (or their aliases) that it calls, and a bucket after the permission to notify its
 * function, which is made after that function.
 */
final class Dependencies {
  private final Map<String, Set<String>> graph = new TreeMap<>();

  Dependencies(Template template) {
    for (String id : template.logicalIds()) {
      ObjectNode resource = template.resource(id).deepCopy();
      ((ObjectNode) resource.path("Properties")).set("Globals", globalsOf(template, id));
      JsonNode events = ((ObjectNode) resource.path("Properties")).remove("Events");
      JsonNode deployment =
          ((ObjectNode) resource.path("Properties")).remove("DeploymentPreference");
      if (deployment != null) {
        need(alias(id)).add(id);
        need(alias(id)).addAll(Template.references(deployment));
      }
      Set<String> needs = need(id);
      needs.addAll(Template.references(resource));
      needs.retainAll(template.logicalIds());
      if (events != null && Template.FUNCTION.equals(resource.path("Type").asText())) {
        events.properties().forEach(event -> addTrigger(id, event.getKey(), event.getValue()));
      }
    }
  }

  /** What is deployed gradually is the alias, which comes after its function. */
  private static String alias(String function) {
    return function + "Alias";
  }

  private static JsonNode globalsOf(Template template, String id) {
    return Template.FUNCTION.equals(template.resource(id).path("Type").asText())
        ? template.section("Globals").path("Function").deepCopy()
        : template.section("nothing");
  }

  private void addTrigger(String function, String event, JsonNode definition) {
    String permission = function + event + "Permission";
    need(permission).add(function);
    switch (definition.path("Type").asText()) {
      case "S3" -> need(definition.at("/Properties/Bucket/Ref").asText()).add(permission);
      case "HttpApi" -> {
        String api = definition.at("/Properties/ApiId/Ref").asText();
        need(api).add(graph.containsKey(alias(function)) ? alias(function) : function);
        need(permission).add(api);
      }
      case "ScheduleV2" -> need(function + event).add(function);
      default -> throw new IllegalArgumentException("unknown event: " + definition);
    }
  }

  private Set<String> need(String id) {
    return graph.computeIfAbsent(id, key -> new TreeSet<>());
  }

  /** What a resource needs directly. */
  Set<String> of(String id) {
    return graph.getOrDefault(id, Set.of());
  }

  /** A circle of resources that need each other, in order; empty when there is none. */
  List<String> circle() {
    return graph.keySet().stream()
        .map(id -> circleFrom(id, new LinkedHashSet<>()))
        .filter(circle -> !circle.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private List<String> circleFrom(String id, Set<String> path) {
    if (!path.add(id)) {
      List<String> circle = new ArrayList<>(path);
      return circle.subList(circle.indexOf(id), circle.size());
    }
    for (String needed : of(id)) {
      List<String> circle = circleFrom(needed, path);
      if (!circle.isEmpty()) {
        return circle;
      }
    }
    path.remove(id);
    return List.of();
  }
}
