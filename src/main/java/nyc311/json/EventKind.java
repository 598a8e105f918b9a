package nyc311.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says in a few words what came, without its content, where it is refused. */
public final class EventKind {
  private static final int MAX_NAMES = 8;
  private static final int MAX_LENGTH = 64;

  private EventKind() {}

  /** Such as {@code an event "Object Created" of "aws.s3"}, or {@code an object with "a", "b"}. */
  public static String of(JsonNode event) {
    Optional<JsonNode> source =
        Stream.of("", "/Records/0")
            .flatMap(at -> Stream.of(at + "/eventSource", at + "/EventSource"))
            .map(event::at)
            .filter(JsonNode::isTextual)
            .findFirst();
    if (event.has("detail-type")) {
      return "an event " + brief(event.get("detail-type")) + " of " + brief(event.path("source"));
    }
    if (source.isPresent()) {
      return "an event of " + brief(source.get());
    }
    if (event.has("httpMethod") || event.at("/requestContext/http").isObject()) {
      return "an HTTP request";
    }
    if (event.isEmpty()) {
      return event.isMissingNode() ? "nothing" : brief(event);
    }
    return event.isObject() ? "an object with " + names(event) : "a list of " + of(event.get(0));
  }

  private static String names(JsonNode event) {
    List<String> names = new ArrayList<>();
    event.fieldNames().forEachRemaining(names::add);
    boolean all = names.size() <= MAX_NAMES;
    return cut(String.join(", ", all ? names : names.subList(0, MAX_NAMES))) + (all ? "" : ", …");
  }

  private static String brief(JsonNode value) {
    return cut(value.toString());
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
  }
}
