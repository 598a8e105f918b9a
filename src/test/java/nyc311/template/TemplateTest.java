package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import nyc311.settings.Setting;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.events.AliasEvent;

/** What would only be found out by deploying: a template that does not hold together. */
class TemplateTest {
  private final String yaml = Files.readString(Path.of("template.yaml"));
  private final Template template = Template.parse(yaml);

  TemplateTest() throws IOException {}

  @Test
  void everyReferenceNamesSomethingThatExists() {
    Set<String> known = new TreeSet<>(template.logicalIds());
    known.addAll(Template.names(template.section("Parameters")));
    known.addAll(Template.names(template.section("Conditions")));

    for (String section : Set.of("Globals", "Conditions", "Resources", "Outputs")) {
      assertThat(Template.references(template.section(section)))
          .filteredOn(reference -> !reference.startsWith("AWS::"))
          .isSubsetOf(known);
    }
  }

  @Test
  void everyParameterAndConditionIsUsed() {
    Set<String> used = new TreeSet<>(Template.references(template.section("Resources")));
    used.addAll(Template.references(template.section("Globals")));
    used.addAll(Template.references(template.section("Conditions")));

    assertThat(used)
        .containsAll(Template.names(template.section("Parameters")))
        .containsAll(Template.names(template.section("Conditions")));
  }

  @Test
  void noResourceNeedsItselfInTheEnd() {
    assertThat(new Dependencies(template).circle()).isEmpty();
  }

  @Test
  void aFunctionThatNeedsTheBucketThatNotifiesItIsFound() {
    String computed = "DATA_BUCKET: !Sub '${DataBucketPrefix}-${AWS::AccountId}-${AWS::Region}'";
    assertThat(yaml).contains(computed);

    assertThat(circleIn(yaml.replace(computed, "DATA_BUCKET: !Ref DataBucket")))
        .containsExactlyInAnyOrder(
            "DataBucket", "MediansFunction", "MediansFunctionRawDayPermission");
  }

  @Test
  void aRoleThatNeedsTheBucketThatNotifiesItsFunctionIsFound() {
    String computed =
        "Resource: !Sub 'arn:${AWS::Partition}:s3:::${DataBucketPrefix}-${AWS::AccountId}-"
            + "${AWS::Region}/311/raw_data/*'";
    assertThat(yaml).contains(computed);

    assertThat(circleIn(yaml.replace(computed, "Resource: !Sub '${DataBucket.Arn}/*'")))
        .contains("DataBucket", "MediansFunction", "MediansRole");
  }

  @Test
  void aDeploymentThatWaitsForAnAlarmOnTheApiThatWaitsForItIsFound() {
    String own = "            - !Ref PredictLatencyAlarm\n";
    assertThat(yaml).contains(own);

    assertThat(circleIn(yaml.replace(own, "            - !Ref ApiErrorsAlarm\n")))
        .containsExactlyInAnyOrder("ApiErrorsAlarm", "HttpApi", "PredictFunctionAlias");
  }

  /** CloudFormation leaves a name that is not given as it stands, and SAM looks for the file. */
  @Test
  void eachDefinitionIsAFileThatUsesJustWhatItIsGiven() throws IOException {
    Set<String> stateMachines = template.logicalIds("AWS::Serverless::StateMachine");

    assertThat(stateMachines).isNotEmpty();
    for (String id : stateMachines) {
      JsonNode properties = template.properties(id);
      Path file = Path.of(properties.path("DefinitionUri").asText());
      assertThat(file).isRegularFile();
      assertThat(Template.substitutions(Files.readString(file)))
          .isEqualTo(Template.names(properties.path("DefinitionSubstitutions")));
    }
  }

  private static Iterable<String> circleIn(String yaml) {
    return new Dependencies(Template.parse(yaml)).circle();
  }

  /** CloudFormation refuses them, although some tools expand them first. */
  @Test
  void noYamlAliasIsUsed() {
    assertThat(new Yaml().parse(new StringReader(yaml)))
        .noneMatch(event -> event instanceof AliasEvent);
  }

  /** The longest account and region still leave a valid bucket name. */
  @Test
  void theLongestBucketPrefixStillMakesABucketName() {
    JsonNode prefix = template.section("Parameters").path("DataBucketPrefix");
    int rest = "-123456789012-ap-southeast-1".length();

    assertThat("p".repeat(63 - rest)).matches(prefix.path("AllowedPattern").asText());
    assertThat("p".repeat(64 - rest)).doesNotMatch(prefix.path("AllowedPattern").asText());
    assertThat(template.bucketName()).isEqualTo("nyc311-123456789012-us-east-1");
  }

  @Test
  void everyFunctionIsToldTheBucketThatIsMade() {
    for (String function : template.logicalIds(Template.FUNCTION)) {
      assertThat(template.environment(function))
          .containsEntry(Setting.DATA_BUCKET.name(), template.bucketName());
    }
  }

  @Test
  void outputsLeadToTheApiTheDataAndTheFailures() {
    assertThat(Template.names(template.section("Outputs")))
        .contains(
            "ApiUrl",
            "ExampleUrl",
            "DataBucketName",
            "CollectFailuresUrl",
            "MediansFailuresUrl",
            "TrainFailuresUrl");
    assertThat(template.text(template.section("Outputs").at("/ExampleUrl/Value")))
        .isEqualTo("https://HttpApi.execute-api.us-east-1.amazonaws.com/predict/noise-residential");
  }
}
