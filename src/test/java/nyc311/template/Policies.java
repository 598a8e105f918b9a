package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the template's roles allow, evaluated as IAM does for the policies written there. */
public final class Policies {
  private static final String PREFIX_CONDITION = "/Condition/StringLikeIfExists/s3:prefix";

  private final Template template;
  private final String bucketName;

  private Policies(Template template, String bucketName) {
    this.template = template;
    this.bucketName = bucketName;
  }

  /**
   * The repository's template, deployed so that its bucket has a given name.
   *
   * @param bucketName the name under which a test has its bucket
   */
  public static Policies forBucket(String bucketName) throws IOException {
    return new Policies(Template.read(), bucketName);
  }

  /** Those of the calls that a role (a logical id such as {@code PredictRole}) does not allow. */
  public Set<S3Call> refused(String role, Collection<S3Call> calls) {
    return calls.stream().filter(call -> !allows(role, call)).collect(Collectors.toSet());
  }

  /** Whether a role allows a call. */
  public boolean allows(String role, S3Call call) {
    return grants(role).stream().anyMatch(grant -> grant.covers(call));
  }

  /** One statement of a role, its resources resolved. */
  record Grant(Set<String> actions, Set<String> resources, Set<String> prefixes) {
    boolean covers(S3Call call) {
      return actions.contains(call.action())
          && matchesAny(resources, call.arn())
          // "IfExists": a listing without a prefix passes; and objects have no such condition.
          && (prefixes.isEmpty() || call.name().isEmpty() || matchesAny(prefixes, call.name()));
    }

    private static boolean matchesAny(Set<String> patterns, String text) {
      return patterns.stream().anyMatch(pattern -> matches(pattern, text));
    }

    private static boolean matches(String pattern, String text) {
      return Pattern.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E", text);
    }
  }

  List<Grant> grants(String role) {
    List<Grant> grants = new ArrayList<>();
    JsonNode roles = new Conditions(template, Map.of()).decided("Resources");
    for (JsonNode policy : roles.path(role).at("/Properties/Policies")) {
      for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
        if (!statement.path("Effect").asText().equals("Allow")
            || (statement.has("Condition") && statement.at(PREFIX_CONDITION).isMissingNode())) {
          throw new IllegalStateException("a statement not understood here: " + statement);
        }
        Set<String> resources = new TreeSet<>();
        Template.elements(statement.path("Resource"))
            .forEach(
                resource ->
                    resources.add(
                        template.text(resource).replace(template.bucketName(), bucketName)));
        grants.add(
            new Grant(
                Template.texts(statement.path("Action")),
                resources,
                Template.texts(statement.at(PREFIX_CONDITION))));
      }
    }
    return grants;
  }
}
