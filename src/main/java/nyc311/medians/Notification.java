package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.json.EventKind;
import nyc311.json.JsonFault;

/**
 * What an event says of S3's objects: S3's own notification or EventBridge's, as it is or wrapped,
 * also more than once, by SQS, by SNS or by a Lambda function's destination.
 */
final class Notification {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The fields in which one service hands on what another has sent. */
  private static final List<String> WRAPPERS = List.of("body", "Sns", "Message", "requestPayload");

  private final List<Message> messages;

  private Notification(List<Message> messages) {
    this.messages = messages;
  }

  /**
   * Reads an event; what is none of these is a message with a problem.
   *
   * @throws UnusableEventException when it is no JSON
   */
  static Notification read(InputStream event) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(event);
    } catch (JsonProcessingException | CharConversionException e) {
      throw new UnusableEventException(List.of("no JSON: " + JsonFault.plain(e.getMessage())));
    }
    JsonNode records = root.isArray() ? root : field(root, "Records");
    Stream<JsonNode> parts =
        field(records.path(0), "body").isMissingNode() ? Stream.of(root) : records.valueStream();
    return new Notification(parts.map(Message::new).toList());
  }

  /** Those of SQS, each of which comes again by itself; otherwise one. */
  List<Message> messages() {
    return messages;
  }

  /** Those that have to come again when these days have failed; all where nobody can say which. */
  List<Message> failing(Collection<LocalDate> failed) {
    List<Message> failing = messages.stream().filter(message -> message.fails(failed)).toList();
    boolean told =
        days().containsAll(failed) && failing.stream().noneMatch(message -> message.id.isEmpty());
    return told ? failing : messages;
  }

  /** All raw days that are named. */
  NavigableSet<LocalDate> days() {
    return messages.stream()
        .flatMap(message -> message.days.stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** All other keys that are named. */
  List<String> ignored() {
    return messages.stream().flatMap(message -> message.ignored.stream()).toList();
  }

  /** The time of the oldest notification that has one. */
  Optional<Instant> oldest() {
    return messages.stream().flatMap(message -> message.times.stream()).min(Instant::compareTo);
  }

  private static JsonNode field(JsonNode node, String name) {
    return node.properties().stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(MissingNode.getInstance());
  }

  /** What is done as a whole, or comes again. */
  static final class Message {
    private final String id;
    private final NavigableSet<LocalDate> days = new TreeSet<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<Instant> times = new ArrayList<>();
    private boolean test;

    private Message(JsonNode message) {
      this.id = field(message, "messageId").asText();
      add(message);
    }

    /** By which SQS knows it; empty where it has none. */
    String id() {
      return id;
    }

    private boolean fails(Collection<LocalDate> failed) {
      return problems().findAny().isPresent() || failed.stream().anyMatch(days::contains);
    }

    /** What nothing can be done with. */
    Stream<String> problems() {
      boolean idle = days.isEmpty() && unknown.isEmpty() && !test;
      return idle
          ? Stream.of("keys that are no raw days: " + String.join(", ", ignored))
          : unknown.stream();
    }

    private void add(JsonNode node) {
      JsonNode children = node.isArray() ? node : field(node, "Records");
      JsonNode detail = field(node, "detail");
      Optional<JsonNode> wrapped =
          Stream.concat(
                  WRAPPERS.stream().map(name -> field(node, name)),
                  Stream.of(field(detail, "requestPayload")))
              .filter(found -> !found.isMissingNode())
              .findFirst();
      String key = field(field(field(node, "s3"), "object"), "key").textValue();
      String unencoded = field(field(detail, "object"), "key").textValue();
      if (!children.isEmpty()) {
        children.forEach(this::add);
      } else if (key != null) {
        add(decoded(key), field(node, "eventTime"));
      } else if (unencoded != null) {
        add(unencoded, field(node, "time"));
      } else if (field(node, "Event").asText().equals("s3:TestEvent")) {
        test = true;
      } else if (wrapped.isPresent()) {
        add(parsed(wrapped.get()));
      } else {
        unknown.add(EventKind.of(node));
      }
    }

    private void add(String key, JsonNode time) {
      Keys.rawDayOf(key).ifPresentOrElse(days::add, () -> ignored.add(key));
      try {
        times.add(Instant.parse(time.asText()));
      } catch (DateTimeException e) {
        // It is just for the metric of how long it took.
      }
    }

    private static JsonNode parsed(JsonNode wrapped) {
      try {
        return wrapped.isTextual() ? JSON.readTree(wrapped.textValue()) : wrapped;
      } catch (JsonProcessingException e) {
        return wrapped;
      }
    }

    /** A key as S3 encodes it; as it is where it is not encoded so. */
    private static String decoded(String key) {
      try {
        return URLDecoder.decode(key, UTF_8);
      } catch (IllegalArgumentException e) {
        return key;
      }
    }
  }
}
