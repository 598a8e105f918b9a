package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nyc311.settings.Setting;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docs/deploy.md names is there: events, functions, settings with their defaults. */
class DeployDocsTest {
  private static final Pattern INVOKE =
      Pattern.compile(
          "^ *sam local invoke (\\w+) --event (\\S+) --env-vars (\\S+)$", Pattern.MULTILINE);

  private static final Pattern SAM_DEPLOY = Pattern.compile("sam deploy(?: [^`\\n]*)?");

  /** What is empty, or has blanks, is a value for SAM CLI only within quotes. */
  private static final Pattern OVERRIDE =
      Pattern.compile("\\b([A-Z]\\w+)=(?:\"([^\"]*)\"|([^\\s'\"]+))");

  private static final Path DEPLOY = Path.of("docs", "deploy.md");

  private final Template template = Template.read();

  DeployDocsTest() throws IOException {}

  @Test
  void everySamLocalInvokeNamesWhatExists() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    List<MatchResult> lines = INVOKE.matcher(deploy).results().toList();

    assertThat(lines)
        .hasSizeGreaterThanOrEqualTo(5)
        .hasSameSizeAs(
            deploy.lines().filter(line -> line.strip().startsWith("sam local invoke")).toList());
    for (MatchResult line : lines) {
      assertThat(Template.read().logicalIds(Template.FUNCTION)).contains(line.group(1));
      assertThat(Path.of(line.group(2))).isRegularFile();
      assertThat(Path.of(line.group(3))).isRegularFile();
    }
  }

  /** What stands in samconfig.toml is sent with each deployment: nothing that an operator sets. */
  @Test
  void deployingNeedsNoAnswerAndSendsNoSettingOfTheOperators() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("samconfig.toml")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();

    assertThat(lines)
        .containsExactly(
            "version = 0.1",
            "[default.global.parameters]",
            "stack_name = \"nyc311\"",
            "[default.deploy.parameters]",
            "resolve_s3 = true",
            "capabilities = \"CAPABILITY_IAM\"",
            "confirm_changeset = false",
            "fail_on_empty_changeset = false",
            "tags = \"project=nyc311\"");
    for (String parameter : Template.names(template.section("Parameters"))) {
      assertThat(template.section("Parameters").path(parameter).has("Default")).isTrue();
    }
  }

  @Test
  void everyDeploymentThatIsShownSetsWhatThereIsAndUndoesNoOther() throws IOException {
    int set = 0;
    for (Path document : List.of(Path.of("README.md"), DEPLOY, Path.of("docs", "operate.md"))) {
      String text = Files.readString(document);
      for (MatchResult deployment : SAM_DEPLOY.matcher(text).results().toList()) {
        assertThat(deployment.group()).doesNotContain("--guided", "--capabilities", "= ");
        for (MatchResult one : OVERRIDE.matcher(deployment.group()).results().toList()) {
          JsonNode parameter = template.section("Parameters").path(one.group(1));
          String value = Objects.requireNonNullElse(one.group(2), one.group(3));
          assertThat(parameter.isObject()).as(one.group()).isTrue();
          assertThat(value).matches(parameter.path("AllowedPattern").asText(".*"));
          if (parameter.has("AllowedValues")) {
            assertThat(Template.texts(parameter.path("AllowedValues"))).contains(value);
          }
          set++;
        }
      }
      // It stays, so that whoever switches it off has to switch it on.
      assertThat(text.lastIndexOf("WatchDeployments=no"))
          .isLessThanOrEqualTo(text.lastIndexOf("WatchDeployments=yes"));
    }
    assertThat(set).isGreaterThanOrEqualTo(7);
  }

  @Test
  void thePermissionsCoverEachServiceThatTheStackUsesAndFitIntoAPolicy() throws IOException {
    JsonNode policy = new ObjectMapper().readTree(block("json", "\"Sid\""));
    Set<String> services = new TreeSet<>();
    for (JsonNode statement : policy.path("Statement")) {
      Template.texts(statement.path("Action"))
          .forEach(action -> services.add(action.replaceFirst(":.*", "")));
    }
    Set<String> types = new TreeSet<>();
    for (String id : template.logicalIds()) {
      types.add(template.resource(id).path("Type").asText().split("::", -1)[1]);
    }

    assertThat(types)
        .isEqualTo(
            new TreeSet<>(Set.of("CloudWatch", "IAM", "Logs", "S3", "SNS", "SQS", "Serverless")));
    // SAM makes of its own: functions, the API, schedules, the state machine and the deployment.
    assertThat(services)
        .contains("cloudwatch", "iam", "logs", "s3", "sns", "sqs")
        .contains("lambda", "apigateway", "scheduler", "states", "codedeploy", "cloudformation");
    assertThat(policy.toString().length()).isLessThan(6_144);
  }

  @Test
  void anAdoptedBucketIsTheTemplates() throws IOException {
    String commands = block("", "--resources-to-import");
    Template adopted =
        Template.parse(
            commands.substring(commands.indexOf("Resources:"), commands.indexOf("EOF\naws")));

    assertThat(adopted.logicalIds()).containsExactly("DataBucket");
    for (String policy : List.of("DeletionPolicy", "UpdateReplacePolicy")) {
      assertThat(adopted.resource("DataBucket").path(policy))
          .isEqualTo(template.resource("DataBucket").path(policy));
    }
    assertThat(adopted.bucketName()).isEqualTo(template.bucketName());
    assertThat(commands).contains("\"BucketName\":\"" + template.bucketName() + "\"");
  }

  @Test
  void theWorkflowDeploysTheJarThatItHasTestedWithoutAKey() throws IOException {
    JsonNode jobs = new ObjectMapper().valueToTree(new Yaml().<Object>load(block("yaml", "jobs:")));

    assertThat(jobs.at("/jobs/deploy/needs").asText()).isEqualTo("test");
    assertThat(jobs.at("/jobs/deploy/permissions/id-token").asText()).isEqualTo("write");
    assertThat(jobs.findValuesAsText("run"))
        .containsExactly("mvn -B --no-transfer-progress verify", "sam deploy");
    assertThat(jobs.toString()).doesNotContain("secrets.", "access-key");
  }

  /** The first block of a language that has a text in it. */
  private static String block(String language, String text) throws IOException {
    return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
        .matcher(Files.readString(DEPLOY))
        .results()
        .map(found -> found.group(1))
        .filter(found -> found.contains(text))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everySampleEventIsShown() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    TreeSet<String> missing = new TreeSet<>();
    try (Stream<Path> events = Files.list(Path.of("events"))) {
      events
          .map(event -> "events/" + event.getFileName())
          .filter(event -> !deploy.contains(event))
          .forEach(missing::add);
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void everySettingIsToldWithItsDefault() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    for (Setting setting : Setting.values()) {
      assertThat(deploy).contains("| `" + setting + "` |");
      setting
          .defaultValue()
          .filter(value -> !value.isEmpty())
          .ifPresent(
              value -> assertThat(deploy).contains("| `" + setting + "` | `" + value + "` |"));
    }
  }
}
