package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import nyc311.bucket.Keys;
import org.junit.jupiter.api.Test;

/**
 * The bucket keeps what cannot be collected again, and triggers the recomputer on raw days only.
 */
class DataBucketTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);

  private final Template template = Template.read();
  private final JsonNode bucket = template.properties("DataBucket");

  DataBucketTest() throws IOException {}

  @Test
  void itIsPrivate() {
    JsonNode access = bucket.path("PublicAccessBlockConfiguration");

    assertThat(Template.names(access))
        .containsExactlyInAnyOrder(
            "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        .allMatch(name -> access.path(name).asBoolean());
  }

  @Test
  void itIsEncryptedAndVersionedAndForgetsOldVersions() {
    assertThat(bucket.findValuesAsText("SSEAlgorithm")).containsExactly("AES256");
    assertThat(bucket.at("/VersioningConfiguration/Status").asText()).isEqualTo("Enabled");
    assertThat(bucket.findValuesAsText("NoncurrentDays")).containsExactly("30");
    assertThat(bucket.findValuesAsText("DaysAfterInitiation")).containsExactly("1");
  }

  /** But not a first deployment that fails: the next one could not make it again. */
  @Test
  void itOutlivesTheStack() {
    assertThat(template.resource("DataBucket").path("DeletionPolicy").asText())
        .isEqualTo("RetainExceptOnCreate");
    assertThat(template.resource("DataBucket").path("UpdateReplacePolicy").asText())
        .isEqualTo("Retain");
  }

  @Test
  void everyoneIsDeniedWithoutTls() {
    JsonNode policy = template.properties("DataBucketPolicy");
    JsonNode statement = policy.at("/PolicyDocument/Statement/0");

    assertThat(template.text(policy.path("Bucket"))).isEqualTo("DataBucket");
    assertThat(statement.path("Effect").asText()).isEqualTo("Deny");
    assertThat(statement.path("Principal").asText()).isEqualTo("*");
    assertThat(statement.path("Action").asText()).isEqualTo("s3:*");
    assertThat(statement.path("Resource").findValuesAsText("Fn::GetAtt"))
        .containsExactly("DataBucket.Arn");
    assertThat(statement.path("Resource").findValuesAsText("Fn::Sub"))
        .containsExactly("${DataBucket.Arn}/*");
    assertThat(statement.at("/Condition/Bool/aws:SecureTransport").asText()).isEqualTo("false");
  }

  @Test
  void aNewRawDayTriggersTheRecomputer() {
    assertThat(template.properties("MediansFunction").at("/Events/RawDay/Properties/Events"))
        .hasToString("\"s3:ObjectCreated:*\"");
    assertThat(triggers(Keys.rawDay(DAY))).isTrue();
  }

  @Test
  void nothingThatTheProgramPublishesTriggersTheRecomputer() {
    assertThat(triggers(Keys.daySummary(DAY))).isFalse();
    assertThat(triggers(Keys.MEDIANS)).isFalse();
    assertThat(triggers("311/model/current.json")).isFalse();
  }

  private boolean triggers(String key) {
    Map<String, String> rules = new TreeMap<>();
    template
        .properties("MediansFunction")
        .at("/Events/RawDay/Properties/Filter/S3Key/Rules")
        .forEach(rule -> rules.put(rule.path("Name").asText(), rule.path("Value").asText()));
    assertThat(rules).containsOnlyKeys("prefix", "suffix");
    return key.startsWith(rules.get("prefix")) && key.endsWith(rules.get("suffix"));
  }
}
