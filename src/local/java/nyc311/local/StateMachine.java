package nyc311.local;

import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a state machine in the <a href="https://states-language.net">Amazon States Language</a> on
 * this machine, as AWS Step Functions would: the part of it that the template uses, in JSONata. A
 * state type or a field that is not known here is refused, never ignored.
 *
 * <p>Unlike there, nothing waits: a retry follows at once, and the items of a map follow each
 * other. As there, a state may hand on 256 KiB, an expression must have a value, and the states in
 * a distributed map see none of the variables outside.
 */
public final class StateMachine {
  private static final int MAX_BYTES = 256 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "Pass", Set.of("Output", "Next", "End"),
          "Choice", Set.of("Choices", "Default"),
          "Succeed", Set.of(),
          "Fail", Set.of("Error", "Cause"),
          "Task",
              Set.of(
                  "Resource",
                  "Arguments",
                  "TimeoutSeconds",
                  "Retry",
                  "Catch",
                  "Output",
                  "Next",
                  "End"),
          "Map",
              Set.of(
                  "Items",
                  "ItemSelector",
                  "MaxConcurrency",
                  "ItemProcessor",
                  "Assign",
                  "Output",
                  "Next",
                  "End"));
  private static final Set<String> RULE = Set.of("Condition", "Assign", "Output", "Next");
  private static final Set<String> RETRIER =
      Set.of(
          "ErrorEquals",
          "IntervalSeconds",
          "BackoffRate",
          "MaxDelaySeconds",
          "MaxAttempts",
          "JitterStrategy");
  private static final Set<String> CATCHER = Set.of("ErrorEquals", "Output", "Next");

  private final JsonNode definition;
  private final Task task;
  private final Instant startTime;
  private final AtomicInteger transitions = new AtomicInteger();
  private final AtomicInteger children = new AtomicInteger();
  private final Map<String, Jsonata> compiled = new HashMap<>();

  /**
   * @param definition with everything substituted
   * @param task does the work of all task states
   * @param startTime when the execution is said to begin
   */
  public StateMachine(JsonNode definition, Task task, Instant startTime) {
    if (!definition.path("QueryLanguage").asText().equals("JSONata")) {
      throw new IllegalArgumentException("only JSONata is known here");
    }
    this.definition = definition;
    this.task = task;
    this.startTime = startTime;
  }

  /** What a task state calls. */
  public interface Task {
    /**
     * Does it.
     *
     * @param resource of the state, such as {@code arn:aws:states:::lambda:invoke}
     * @return what {@code $states.result} then is
     */
    JsonNode call(String resource, JsonNode arguments) throws Failure;
  }

  /** An error by its name, as retriers and catchers know it. */
  public static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String error;
    private final String cause;

    /** An error, and the text that tells more. */
    public Failure(String error, String cause) {
      super(error + ": " + cause);
      this.error = error;
      this.cause = cause;
    }

    /** Its name. */
    public String error() {
      return error;
    }

    /** What else is known. */
    public String cause() {
      return cause;
    }
  }

  /**
   * How an execution ended.
   *
   * @param output of the last state; the input of a Fail state, where the execution failed
   * @param failure empty when it succeeded
   * @param transitions how many states were entered, retries included
   * @param children how many executions the distributed maps have started
   */
  public record Execution(
      JsonNode output, Optional<Failure> failure, int transitions, int children) {}

  /** Runs it once. */
  public Execution run(JsonNode input) {
    transitions.set(0);
    children.set(0);
    End end = new Scope(definition, context()).run(input);
    return new Execution(end.output, end.failure, transitions.get(), children.get());
  }

  private ObjectNode context() {
    ObjectNode context = JsonNodeFactory.instance.objectNode();
    context.putObject("Execution").put("StartTime", startTime.toString());
    return context;
  }

  private record End(JsonNode output, Optional<Failure> failure) {}

  /** States that share variables: the machine's own, or those of one item of a map. */
  private final class Scope {
    private final JsonNode states;
    private final String first;
    private final JsonNode context;
    private final Map<String, JsonNode> variables = new HashMap<>();

    Scope(JsonNode machine, JsonNode context) {
      states = machine.path("States");
      first = machine.path("StartAt").asText();
      this.context = context;
    }

    End run(JsonNode input) {
      String name = first;
      JsonNode data = limited(input);
      while (true) {
        JsonNode state = states.path(name);
        requireKnown(name, state);
        transitions.incrementAndGet();
        Map<String, JsonNode> bound = new LinkedHashMap<>(Map.of("input", data));
        bound.put("context", context);
        JsonNode next = state;
        try {
          switch (state.path("Type").asText()) {
            case "Succeed" -> {
              return new End(data, Optional.empty());
            }
            case "Fail" -> {
              return new End(
                  data,
                  Optional.of(
                      new Failure(
                          evaluate(state.path("Error"), bound).asText(),
                          evaluate(state.path("Cause"), bound).asText())));
            }
            case "Choice" -> {
              Optional<JsonNode> rule = choice(state, bound);
              if (rule.isEmpty()) {
                name = state.path("Default").asText();
                continue;
              }
              next = rule.get();
            }
            case "Task" -> {
              bound.put("result", attempt(state, bound));
              data = bound.get("result");
            }
            case "Map" -> {
              bound.put("result", map(state, bound));
              data = bound.get("result");
            }
            default -> {} // Pass
          }
        } catch (Failure failure) {
          Optional<JsonNode> catcher = matching(state.path("Catch"), failure, CATCHER);
          if (catcher.isEmpty()) {
            return new End(data, Optional.of(failure));
          }
          next = catcher.get();
          ObjectNode error = JsonNodeFactory.instance.objectNode();
          bound.put("errorOutput", error.put("Error", failure.error).put("Cause", failure.cause));
          data = error;
        }
        data = leave(next, bound, data);
        if (next.path("End").asBoolean()) {
          return new End(data, Optional.empty());
        }
        name = next.path("Next").asText();
      }
    }

    private Optional<JsonNode> choice(JsonNode state, Map<String, JsonNode> bound) {
      for (JsonNode rule : state.path("Choices")) {
        requireKnown(rule, RULE);
        if (evaluate(rule.path("Condition"), bound).booleanValue()) {
          return Optional.of(rule);
        }
      }
      return Optional.empty();
    }

    /** All expressions see the variables as they were. */
    private JsonNode leave(JsonNode from, Map<String, JsonNode> bound, JsonNode data) {
      JsonNode assigned = evaluate(from.path("Assign"), bound);
      JsonNode output = from.has("Output") ? evaluate(from.path("Output"), bound) : data;
      assigned.properties().forEach(entry -> variables.put(entry.getKey(), entry.getValue()));
      limited(assigned);
      return limited(output);
    }

    private JsonNode attempt(JsonNode state, Map<String, JsonNode> bound) throws Failure {
      JsonNode arguments = limited(evaluate(state.path("Arguments"), bound));
      Map<JsonNode, Integer> retries = new HashMap<>();
      while (true) {
        try {
          return limited(task.call(state.path("Resource").asText(), arguments));
        } catch (Failure failure) {
          JsonNode retrier =
              matching(state.path("Retry"), failure, RETRIER).orElseThrow(() -> failure);
          if (retries.merge(retrier, 1, Integer::sum) > retrier.path("MaxAttempts").asInt()) {
            throw failure;
          }
          transitions.incrementAndGet();
        }
      }
    }

    private JsonNode map(JsonNode state, Map<String, JsonNode> bound) throws Failure {
      JsonNode processor = state.path("ItemProcessor");
      if (!processor.at("/ProcessorConfig/Mode").asText().equals("DISTRIBUTED")) {
        throw new IllegalArgumentException("only distributed maps are known here");
      }
      if (evaluate(state.path("MaxConcurrency"), bound).asInt() < 1) {
        throw new IllegalArgumentException("the map's concurrency has no bound");
      }
      ArrayNode results = JsonNodeFactory.instance.arrayNode();
      for (JsonNode item : evaluate(state.path("Items"), bound)) {
        ObjectNode itemContext = context();
        itemContext.putObject("Map").putObject("Item").set("Value", item);
        Map<String, JsonNode> itemBound = new HashMap<>(bound);
        itemBound.put("context", itemContext);
        JsonNode input = evaluate(state.path("ItemSelector"), itemBound);
        children.incrementAndGet();
        transitions.incrementAndGet();
        End end = new Scope(processor, context()).run(input);
        if (end.failure.isPresent()) {
          throw new Failure("States.ExceedToleratedFailureThreshold", end.failure.get().toString());
        }
        results.add(end.output);
      }
      return limited(results);
    }

    private JsonNode evaluate(JsonNode part, Map<String, JsonNode> bound) {
      if (part.isTextual() && part.asText().startsWith("{%") && part.asText().endsWith("%}")) {
        return evaluate(part.asText(), bound);
      }
      if (part.isArray()) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        part.forEach(element -> array.add(evaluate(element, bound)));
        return array;
      }
      if (part.isObject()) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        part.properties().forEach(e -> object.set(e.getKey(), evaluate(e.getValue(), bound)));
        return object;
      }
      return part;
    }

    private JsonNode evaluate(String text, Map<String, JsonNode> bound) {
      Jsonata expression =
          compiled.computeIfAbsent(
              text, key -> Jsonata.jsonata(key.substring(2, key.length() - 2)));
      Jsonata.Frame frame = expression.createFrame();
      frame.bind("states", JSON.convertValue(bound, OBJECT));
      variables.forEach(
          (name, value) -> {
            if (text.contains("$" + name)) {
              frame.bind(name, JSON.convertValue(value, Object.class));
            }
          });
      Object value = expression.evaluate(null, frame);
      if (value == null) {
        throw new IllegalArgumentException("States.QueryEvaluationError: no value has " + text);
      }
      return JSON.valueToTree(value);
    }
  }

  private static Optional<JsonNode> matching(
      JsonNode handlers, Failure failure, Set<String> known) {
    for (JsonNode handler : handlers) {
      requireKnown(handler, known);
      for (JsonNode name : handler.path("ErrorEquals")) {
        if (name.asText().equals("States.ALL") || name.asText().equals(failure.error)) {
          return Optional.of(handler);
        }
      }
    }
    return Optional.empty();
  }

  private static void requireKnown(String name, JsonNode state) {
    Set<String> known = FIELDS.get(state.path("Type").asText());
    if (known == null) {
      throw new IllegalArgumentException("no state, or not of a known type: " + name);
    }
    Set<String> all = new HashSet<>(known);
    all.add("Type");
    requireKnown(state, all);
  }

  private static void requireKnown(JsonNode part, Set<String> known) {
    for (Map.Entry<String, JsonNode> field : part.properties()) {
      if (!known.contains(field.getKey())) {
        throw new IllegalArgumentException("a field not known here: " + field.getKey());
      }
    }
  }

  private static JsonNode limited(JsonNode data) {
    try {
      int bytes = JSON.writeValueAsBytes(data).length;
      if (bytes > MAX_BYTES) {
        throw new IllegalArgumentException("States.DataLimitExceeded: " + bytes + " bytes");
      }
      return data;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
