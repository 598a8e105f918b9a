package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The repository's SAM template, read as CloudFormation reads it: intrinsic functions in their long
 * form ({@code {"Ref": …}}, {@code {"Fn::Sub": …}}), and each function's properties merged with
 * {@code Globals}. Immutable as long as nobody changes the nodes.
 */
public final class Template {
  static final String FUNCTION = "AWS::Serverless::Function";
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}]+)}");
  private static final Map<String, String> PSEUDO_PARAMETERS =
      Map.of(
          "AWS::AccountId", "123456789012",
          "AWS::Partition", "aws",
          "AWS::Region", "us-east-1",
          "AWS::StackName", "nyc311",
          "AWS::URLSuffix", "amazonaws.com");

  private final JsonNode root;

  private Template(JsonNode root) {
    this.root = root;
  }

  /** Reads {@code template.yaml} from the working directory, which Maven makes the project's. */
  public static Template read() throws IOException {
    return parse(Files.readString(Path.of("template.yaml")));
  }

  static Template parse(String yaml) {
    Object tree = new Yaml(new IntrinsicFunctions()).load(yaml);
    return new Template(new ObjectMapper().valueToTree(tree));
  }

  JsonNode section(String name) {
    return root.path(name);
  }

  Set<String> logicalIds() {
    return names(root.path("Resources"));
  }

  /** The logical ids of all resources of one type, such as {@code AWS::CloudWatch::Alarm}. */
  public Set<String> logicalIds(String type) {
    Set<String> ids = logicalIds();
    ids.removeIf(id -> !type.equals(resource(id).path("Type").asText()));
    return ids;
  }

  JsonNode resource(String logicalId) {
    JsonNode resource = root.path("Resources").path(logicalId);
    if (resource.isMissingNode()) {
      throw new IllegalArgumentException("the template has no resource " + logicalId);
    }
    return resource;
  }

  /** A resource's properties, a function's with {@code Globals} merged in. */
  public JsonNode properties(String logicalId) {
    JsonNode own = resource(logicalId).path("Properties");
    return FUNCTION.equals(resource(logicalId).path("Type").asText())
        ? merged(root.path("Globals").path("Function"), own)
        : own;
  }

  private static JsonNode merged(JsonNode global, JsonNode local) {
    if (!(global.isObject() && local.isObject())) {
      return local;
    }
    ObjectNode merged = global.deepCopy();
    local
        .properties()
        .forEach(
            entry ->
                merged.set(entry.getKey(), merged(global.path(entry.getKey()), entry.getValue())));
    return merged;
  }

  /** A function's environment, each value as {@link #text} gives it. */
  public Map<String, String> environment(String function) {
    Map<String, String> environment = new TreeMap<>();
    properties(function)
        .path("Environment")
        .path("Variables")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), text(entry.getValue())));
    return environment;
  }

  /** The bucket's name in the imagined account 123456789012, region us-east-1. */
  public String bucketName() {
    return text(properties("DataBucket").path("BucketName"));
  }

  /**
   * A value as it is after deployment with default parameters into an imagined account. A reference
   * to a resource gives its logical id, an attribute {@code LogicalId.Attribute}.
   */
  String text(JsonNode value) {
    if (value.has("Ref")) {
      return reference(value.path("Ref").asText());
    }
    if (value.has("Fn::GetAtt")) {
      return value.path("Fn::GetAtt").asText();
    }
    if (value.has("Fn::Sub")) {
      return SUBSTITUTION
          .matcher(value.path("Fn::Sub").asText())
          .replaceAll(match -> Matcher.quoteReplacement(reference(match.group(1))));
    }
    if (!value.isValueNode()) {
      throw new IllegalArgumentException("not a text: " + value);
    }
    return value.asText();
  }

  private String reference(String name) {
    JsonNode parameter = root.path("Parameters").path(name);
    return parameter.isMissingNode()
        ? PSEUDO_PARAMETERS.getOrDefault(name, name)
        : parameter.path("Default").asText();
  }

  /** The names that a part of the template refers to: parameters, resources, conditions. */
  static Set<String> references(JsonNode part) {
    Set<String> references = new TreeSet<>();
    collectReferences(part, references);
    return references;
  }

  private static void collectReferences(JsonNode part, Set<String> references) {
    for (Map.Entry<String, JsonNode> entry : part.properties()) {
      switch (entry.getKey()) {
        case "Ref" -> references.add(entry.getValue().asText());
        case "Fn::GetAtt" -> references.add(resourceOf(entry.getValue().asText()));
        case "Fn::If" -> references.add(entry.getValue().path(0).asText());
        case "Fn::Sub" ->
            substitutions(entry.getValue().asText())
                .forEach(name -> references.add(resourceOf(name)));
        case "Condition" -> {
          // A policy's is an object.
          if (entry.getValue().isTextual()) {
            references.add(entry.getValue().asText());
          }
        }
        case "DependsOn" -> texts(entry.getValue()).forEach(references::add);
        default -> {}
      }
    }
    part.forEach(child -> collectReferences(child, references));
  }

  /** The names that stand in a text as <code>${name}</code>. */
  static Set<String> substitutions(String text) {
    return SUBSTITUTION
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String resourceOf(String attribute) {
    return attribute.replaceFirst("\\..*", "");
  }

  /** The elements of a list, or the one text that stands in its place. */
  static Set<String> texts(JsonNode oneOrMore) {
    Set<String> texts = new TreeSet<>();
    elements(oneOrMore).forEach(element -> texts.add(element.asText()));
    return texts;
  }

  static Iterable<JsonNode> elements(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? oneOrMore
        : oneOrMore.isMissingNode() ? Set.of() : Set.of(oneOrMore);
  }

  static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static final class IntrinsicFunctions extends SafeConstructor {
    IntrinsicFunctions() {
      super(new LoaderOptions());
      yamlMultiConstructors.put(
          "!",
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              String name = node.getTag().getValue().substring(1);
              return Map.of(
                  name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name,
                  argument(node));
            }
          });
    }

    private Object argument(Node node) {
      if (node instanceof ScalarNode scalar) {
        return constructScalar(scalar);
      }
      if (node instanceof SequenceNode sequence) {
        return constructSequence(sequence);
      }
      throw new IllegalArgumentException("unexpected argument of " + node.getTag());
    }
  }
}
