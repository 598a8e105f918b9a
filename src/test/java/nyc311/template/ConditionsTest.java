package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Under each combination of the template's conditions, what is left holds together. */
class ConditionsTest {
  private final String yaml = Files.readString(Path.of("template.yaml"));
  private final Template template = Template.parse(yaml);

  ConditionsTest() throws IOException {}

  @Test
  void eachConditionHoldsInSomeCombinationsAndNotInOthers() {
    List<Map<String, String>> combinations = Conditions.combinations(template);

    assertThat(combinations).hasSizeGreaterThanOrEqualTo(32);
    for (String condition : Template.names(template.section("Conditions"))) {
      assertThat(combinations)
          .extracting(parameters -> new Conditions(template, parameters).holds(condition))
          .contains(true, false);
    }
  }

  @Test
  void nothingThatIsLeftRefersToWhatAConditionLeavesOut() {
    assertThat(dangling(template)).isEmpty();
  }

  @Test
  void aReferenceToWhatAConditionLeavesOutIsFound() {
    String topic =
        "  AlarmsTopic:\n    Description: Subscribe here to be told of alarms\n    Value: ";
    assertThat(yaml).contains(topic + "!Ref Alarms\n");

    assertThat(
            dangling(
                Template.parse(
                    yaml.replace(topic + "!Ref Alarms", topic + "!Ref AlarmEmailSubscription"))))
        .containsExactly("AlarmEmailSubscription");
  }

  private static Set<String> dangling(Template template) {
    Set<String> dangling = new TreeSet<>();
    for (Map<String, String> parameters : Conditions.combinations(template)) {
      Conditions conditions = new Conditions(template, parameters);
      JsonNode resources = conditions.decided("Resources");
      Set<String> known = Template.names(resources);
      known.addAll(Template.names(template.section("Parameters")));
      Set<String> needed = Template.references(resources);
      needed.addAll(Template.references(conditions.decided("Outputs")));
      needed.addAll(Template.references(conditions.decided("Globals")));
      needed.removeIf(name -> known.contains(name) || name.startsWith("AWS::"));
      dangling.addAll(needed);
    }
    return dangling;
  }

  /** What is made only for those who ask for it; all else always is. */
  @Test
  void allResourcesAreMadeButTheSubscriptionWithoutAnAddress() {
    Map<String, String> optional = Map.of("AlarmEmailSubscription", "TellSomebody");
    Set<Integer> sizes = new HashSet<>();

    for (Map<String, String> parameters : Conditions.combinations(template)) {
      Conditions conditions = new Conditions(template, parameters);
      Set<String> left = new TreeSet<>(template.logicalIds());
      left.removeIf(id -> optional.containsKey(id) && !conditions.holds(optional.get(id)));
      JsonNode resources = conditions.decided("Resources");
      assertThat(Template.names(resources)).isEqualTo(left);
      assertThat(resources.findValues("Fn::If")).isEmpty();
      sizes.add(resources.size());
    }
    int all = template.logicalIds().size();
    assertThat(sizes).containsExactlyInAnyOrder(all, all - 1);
  }

  @Test
  void nobodyIsWrittenToAndNothingIsTracedUnlessAskedFor() {
    Conditions defaults = new Conditions(template, Map.of());

    assertThat(
            Template.names(template.section("Conditions")).stream()
                .filter(defaults::holds)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("WatchDeployments", "SnapStart", "Record");
  }

  /**
   * X-Ray takes what a function sends only if its role may. Lambda refuses the function otherwise.
   */
  @Test
  void everyFunctionMaySendItsTracesWhenItIsTraced() {
    for (String traced : List.of("yes", "no")) {
      Conditions conditions = new Conditions(template, Map.of("Tracing", traced));
      JsonNode resources = conditions.decided("Resources");
      assertThat(conditions.decided("Globals").at("/Function/Tracing").asText())
          .isEqualTo(traced.equals("yes") ? "Active" : "PassThrough");
      for (String function : template.logicalIds(Template.FUNCTION)) {
        String role = template.text(template.properties(function).path("Role")).replace(".Arn", "");
        assertThat(resources.path(role).findValues("Action").toString().contains("xray:"))
            .as(role)
            .isEqualTo(traced.equals("yes"));
      }
    }
  }

  /**
   * A version is immutable: what has changed is published only under another description, and
   * Lambda refuses to publish what has not.
   */
  @Test
  void justTheParametersOfTheApisConfigurationPublishANewVersion() {
    Set<String> parameters = new TreeSet<>();
    JsonNode api = template.properties("PredictFunction");
    for (String property : Template.names(api)) {
      if (!Set.of("Events", "DeploymentPreference", "VersionDescription").contains(property)) {
        addParameters(Template.references(api.path(property)), parameters);
      }
    }

    assertThat(Template.substitutions(api.at("/VersionDescription/Fn::Sub").asText()))
        .isEqualTo(parameters);
    assertThat(template.text(api.path("VersionDescription")).length()).isLessThan(200);
    assertThat(template.resource("PredictFunction").path("UpdateReplacePolicy").asText())
        .isEqualTo("Retain");
    // SAM would hand it on to the versions too.
    assertThat(template.resource("PredictFunction").has("DeletionPolicy")).isFalse();
  }

  private void addParameters(Set<String> references, Set<String> parameters) {
    for (String name : references) {
      if (template.section("Parameters").has(name)) {
        parameters.add(name);
      } else if (template.section("Conditions").has(name)) {
        addParameters(Template.references(template.section("Conditions").path(name)), parameters);
      }
    }
  }
}
