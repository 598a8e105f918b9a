package nyc311.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What came: says it in a few words, without its content, where it is refused. */
public final class EventKind {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_NAMES = 8;
  private static final int MAX_LENGTH = 64;

  /** What EventBridge and its Scheduler call theirs. */
  private static final String SCHEDULED = "Scheduled Event";

  private EventKind() {}

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException when it is no JSON
   */
  public static JsonNode read(InputStream event) throws IOException {
    try {
      return JSON.readTree(event);
    } catch (JsonProcessingException | CharConversionException e) {
      throw new IllegalArgumentException(
          "the event must be JSON: " + JsonFault.plain(e.getMessage()), e);
    }
  }

  /** Whether it is an empty object, or has the time of a schedule and is nothing else's. */
  public static boolean isScheduled(JsonNode event) {
    return event.isObject() && (event.isEmpty() || event.has("time")) && !isForeign(event);
  }

  /** Whether it says that it comes through EventBridge, and not from its schedules. */
  public static boolean isForeign(JsonNode event) {
    return event.has("detail-type") && !event.get("detail-type").asText().equals(SCHEDULED);
  }

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
