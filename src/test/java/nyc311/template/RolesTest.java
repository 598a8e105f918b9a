package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Least privilege: what each role may do, to the letter. */
class RolesTest {
  private static final String BUCKET = "arn:aws:s3:::nyc311-123456789012-us-east-1";

  private final Template template = Template.read();
  private final Policies policies = Policies.forBucket(template.bucketName());

  RolesTest() throws IOException {}

  @Test
  void everyFunctionHasARoleOfItsOwn() {
    Set<String> roles = new TreeSet<>();
    for (String function : template.logicalIds(Template.FUNCTION)) {
      roles.add(template.text(template.properties(function).path("Role")));
    }

    assertThat(roles)
        .containsExactly("CollectRole.Arn", "MediansRole.Arn", "PredictRole.Arn", "TrainRole.Arn");
    assertThat(template.logicalIds("AWS::IAM::Role"))
        .containsExactlyInAnyOrder(
            "CollectRole", "MediansRole", "PredictRole", "TrainRole", "DeployRole", "BackfillRole");
  }

  @Test
  void aDeploymentOnlyMovesTheAliasOfTheApiAndLooksAtAlarms() {
    assertThat(permissions("DeployRole"))
        .containsExactlyInAnyOrder(
            "lambda:GetAlias PredictFunction.Arn",
            "lambda:GetAlias PredictFunction.Arn:live",
            "lambda:GetProvisionedConcurrencyConfig PredictFunction.Arn",
            "lambda:GetProvisionedConcurrencyConfig PredictFunction.Arn:live",
            "lambda:UpdateAlias PredictFunction.Arn",
            "lambda:UpdateAlias PredictFunction.Arn:live",
            "cloudwatch:DescribeAlarms arn:aws:cloudwatch:us-east-1:123456789012:alarm:*");
    assertThat(
            template
                .properties("DeployRole")
                .at("/AssumeRolePolicyDocument/Statement/0/Principal/Service")
                .asText())
        .isEqualTo("codedeploy.amazonaws.com");
    assertThat(template.properties("DeployRole").has("ManagedPolicyArns")).isFalse();
  }

  @Test
  void predictOnlyReadsWhatIsPublished() {
    assertThat(permissions("PredictRole"))
        .containsExactlyInAnyOrder(
            "s3:GetObject " + BUCKET + "/311/medians.json",
            "s3:GetObject " + BUCKET + "/311/model/*",
            "s3:GetObject " + BUCKET + "/311/record.json",
            "s3:ListBucket " + BUCKET + " [311/medians.json, 311/model/*, 311/record.json]",
            "logs:CreateLogStream PredictLogGroup.Arn",
            "logs:PutLogEvents PredictLogGroup.Arn");
  }

  @Test
  void collectOnlyReadsAndWritesRawDays() {
    assertThat(permissions("CollectRole"))
        .containsExactlyInAnyOrder(
            "s3:GetObject " + BUCKET + "/311/raw_data/*",
            "s3:PutObject " + BUCKET + "/311/raw_data/*",
            "s3:ListBucket " + BUCKET + " [311/raw_data/*]",
            "ssm:GetParameter arn:aws:ssm:us-east-1:123456789012:parameter/nyc311/feed-app-token",
            "sqs:SendMessage CollectFailures.Arn",
            "logs:CreateLogStream CollectLogGroup.Arn",
            "logs:PutLogEvents CollectLogGroup.Arn");
  }

  @Test
  void mediansReadsRawDaysAndWritesSummariesAndMedians() {
    assertThat(permissions("MediansRole"))
        .containsExactlyInAnyOrder(
            "s3:GetObject " + BUCKET + "/311/raw_data/*",
            "s3:GetObject " + BUCKET + "/311/days/*",
            "s3:GetObject " + BUCKET + "/311/medians.json",
            "s3:PutObject " + BUCKET + "/311/days/*",
            "s3:PutObject " + BUCKET + "/311/medians.json",
            "s3:GetObject " + BUCKET + "/311/model/current.json",
            "s3:GetObject " + BUCKET + "/311/published/*",
            "s3:PutObject " + BUCKET + "/311/published/*",
            "s3:ListBucket "
                + BUCKET
                + " [311/days/*, 311/medians.json, 311/model/current.json, 311/published/*,"
                + " 311/raw_data/*]",
            "sqs:SendMessage MediansFailures.Arn",
            "logs:CreateLogStream MediansLogGroup.Arn",
            "logs:PutLogEvents MediansLogGroup.Arn");
  }

  @Test
  void trainReadsWhatWasAnsweredAndWhatBecameAndWritesTheRecord() {
    assertThat(permissions("TrainRole"))
        .containsExactlyInAnyOrder(
            "s3:GetObject " + BUCKET + "/311/raw_data/*",
            "s3:GetObject " + BUCKET + "/311/published/*",
            "s3:GetObject " + BUCKET + "/311/model/*",
            "s3:GetObject " + BUCKET + "/311/record/*",
            "s3:GetObject " + BUCKET + "/311/record.json",
            "s3:PutObject " + BUCKET + "/311/record/*",
            "s3:PutObject " + BUCKET + "/311/record.json",
            "s3:ListBucket "
                + BUCKET
                + " [311/model/*, 311/published/*, 311/raw_data/*, 311/record.json, 311/record/*]",
            "sqs:SendMessage TrainFailures.Arn",
            "logs:CreateLogStream TrainLogGroup.Arn",
            "logs:PutLogEvents TrainLogGroup.Arn");
  }

  @Test
  void backfillOnlyInvokesTheCollectorFromExecutionsOfItsOwn() {
    String states = "arn:aws:states:us-east-1:123456789012:";
    assertThat(permissions("BackfillRole"))
        .containsExactlyInAnyOrder(
            "lambda:InvokeFunction CollectFunction.Arn",
            "states:StartExecution " + states + "stateMachine:nyc311-backfill",
            "states:DescribeExecution " + states + "execution:nyc311-backfill:*",
            "states:StopExecution " + states + "execution:nyc311-backfill:*");
    assertThat(template.text(template.properties("Backfill").path("Name")))
        .isEqualTo("nyc311-backfill");
    assertThat(template.text(template.properties("Backfill").path("Role")))
        .isEqualTo("BackfillRole.Arn");
  }

  @Test
  void onlyStepFunctionsOfThisAccountTakesTheBackfillsRole() {
    JsonNode properties = template.properties("BackfillRole");
    JsonNode statement = properties.at("/AssumeRolePolicyDocument/Statement/0");

    assertThat(properties.at("/AssumeRolePolicyDocument/Statement")).hasSize(1);
    assertThat(statement.path("Principal")).hasToString("{\"Service\":\"states.amazonaws.com\"}");
    assertThat(template.text(statement.at("/Condition/StringEquals/aws:SourceAccount")))
        .isEqualTo("123456789012");
    assertThat(properties.has("ManagedPolicyArns")).isFalse();
  }

  private Set<String> permissions(String role) {
    Set<String> permissions = new TreeSet<>();
    for (Policies.Grant grant : policies.grants(role)) {
      for (String action : grant.actions()) {
        for (String resource : grant.resources()) {
          String prefixes = grant.prefixes().isEmpty() ? "" : " " + grant.prefixes();
          permissions.add(action + " " + resource + prefixes);
        }
      }
    }
    return permissions;
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictRole", "CollectRole", "MediansRole", "TrainRole"})
  void noActionIsAWildcardAndNoResourceIsWiderThanAFolder(String role) {
    for (Policies.Grant grant : policies.grants(role)) {
      assertThat(grant.actions()).noneMatch(action -> action.contains("*"));
      assertThat(grant.resources())
          .allMatch(
              resource -> !resource.contains("*") || resource.matches(BUCKET + "/311/[a-z_]+/\\*"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictRole", "CollectRole", "MediansRole", "TrainRole"})
  void onlyLambdaTakesTheRoleAndNoManagedPolicyWidensIt(String role) {
    JsonNode properties = template.properties(role);

    assertThat(properties.at("/AssumeRolePolicyDocument/Statement")).hasSize(1);
    assertThat(properties.at("/AssumeRolePolicyDocument/Statement/0/Principal"))
        .hasToString("{\"Service\":\"lambda.amazonaws.com\"}");
    assertThat(properties.has("ManagedPolicyArns")).isFalse();
  }

  /**
   * S3 answers 404 for a missing key only to those who may list it. Ceph, which copies this from
   * AWS, compares the asked key with the condition on s3:prefix (ceph/ceph pull request 68577).
   */
  @ParameterizedTest
  @ValueSource(strings = {"PredictRole", "CollectRole", "MediansRole", "TrainRole"})
  void aMissingKeyThatMayBeReadAnswers404(String role) {
    Set<String> readable = new TreeSet<>();
    Set<String> listable = new TreeSet<>();
    for (Policies.Grant grant : policies.grants(role)) {
      if (grant.actions().contains("s3:GetObject")) {
        grant.resources().forEach(arn -> readable.add(arn.substring(BUCKET.length() + 1)));
      }
      listable.addAll(grant.prefixes());
    }

    assertThat(readable).isNotEmpty().isEqualTo(listable);
  }

  @Test
  void aFailureQueueTakesMessagesOfItsFunction() {
    for (String name : Set.of("Collect", "Medians", "Train")) {
      assertThat(policies.grants(name + "Role"))
          .anyMatch(
              grant ->
                  grant.actions().equals(Set.of("sqs:SendMessage"))
                      && grant.resources().equals(Set.of(name + "Failures.Arn")));
    }
  }
}
