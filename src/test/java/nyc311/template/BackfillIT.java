package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Keys;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LocalS3;
import nyc311.local.SampleFeed;
import nyc311.local.StateMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backfill with the shaded jar under Lambda's own runtime client: the collector takes what the
 * map hands it, what it throws has the name by which the definition knows it, and its cause the
 * form from which the report is taken.
 */
class BackfillIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDate FIRST = LocalDate.of(2019, 12, 30);

  @TempDir private Path taskRoot;

  @Test
  void aDayThatTheFeedRefusesIsTriedAgainAndReportedAndTheOthersAreThere() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    Instant now = Instant.parse("2020-02-01T00:00:00Z");
    try (LocalS3 s3 = LocalS3.temporary();
        FeedServer feed = new FeedServer(new SampleFeed(FIRST.plusDays(2), 3, 20, 1))) {
      feed.misbehave(request -> isOf(FIRST, request.query()) ? Fault.status(403) : Fault.none());
      Map<String, String> environment = new HashMap<>(s3.environment());
      environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
      environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
      try (LambdaProcess collector =
          LambdaProcess.start(
              Jdk.running(),
              taskRoot,
              "nyc311.collect.CollectHandler::handleRequest",
              environment)) {
        StateMachine.Execution execution =
            new StateMachine(
                    Backfill.definition(Template.read()),
                    (resource, arguments) -> invoke(collector, arguments.path("Payload")),
                    now)
                .run(JSON.readTree("{\"from\":\"2019-12-30\",\"to\":\"2020-01-01\"}"));
        JsonNode report = execution.output();

        assertThat(report.at("/again")).hasToString("{\"dates\":[\"2019-12-30\"]}");
        assertThat(report.path("written").asInt()).isEqualTo(2);
        assertThat(report.at("/years/1/problems/0/problem").asText())
            .startsWith(
                "nyc311.collect.CollectionFailedException: cannot collect 2019-12-30 (the feed"
                    + " answered 403")
            .doesNotContain("stackTrace");
      }
      assertThat(feed.requests().stream().filter(request -> isOf(FIRST, request.query())))
          .hasSize(4);
      assertThat(feed.requests())
          .allMatch(
              request ->
                  request.path().contains("76ig-c548")
                      == request.query().get("$where").contains(">= '2019-"));
      assertThat(s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents())
          .extracting(object -> object.key())
          .isEqualTo(List.of(Keys.rawDay(FIRST.plusDays(1)), Keys.rawDay(FIRST.plusDays(2))));
    }
  }

  private static boolean isOf(LocalDate day, Map<String, String> query) {
    return query.get("$where").contains(">= '" + day);
  }

  /** What Step Functions makes of an invocation: the body of a failure is its cause. */
  private static JsonNode invoke(LambdaProcess function, JsonNode payload)
      throws StateMachine.Failure {
    try {
      LambdaProcess.Outcome outcome = function.invoke(payload.toString());
      JsonNode body = JSON.readTree(outcome.body());
      if (outcome.end() != End.RESULT) {
        throw new StateMachine.Failure(body.path("errorType").asText(), outcome.body());
      }
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      return result.set("Payload", body);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
