package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Keys;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.SampleFeed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Whoever else may call the jar's functions than the template's trigger, gateway and schedule: what
 * can be understood is done, and what cannot is told, and is no success.
 */
class EventsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path EVENTS = Path.of("src/test/resources/nyc311/events");
  private static final String NOTIFICATION = record("311/raw_data/2019-07-01.json");
  private static final String TEST = "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}";

  @TempDir private static Path taskRoot;
  private static LocalS3 s3;
  private static LambdaProcess medians;
  private static LambdaProcess predict;

  @BeforeAll
  static void start() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    s3 = LocalS3.temporary();
    put(Keys.MEDIANS, Files.readString(Path.of("model", "medians.json")));
    predict = JarIT.loaded(Jdk.running(), taskRoot, s3.environment());
    medians = function("medians.MediansHandler", s3.environment());
  }

  private static LambdaProcess function(String handler, Map<String, String> environment)
      throws IOException {
    return LambdaProcess.start(
        Jdk.running(), taskRoot, "nyc311." + handler + "::handleRequest", environment);
  }

  @AfterAll
  static void stop() throws IOException {
    medians.close();
    predict.close();
    s3.close();
  }

  @BeforeEach
  void putADay() {
    s3.client().deleteObject(r -> r.bucket(s3.bucket()).key("311/days/2019-07-01.json"));
    put(
        "311/raw_data/2019-07-01.json",
        "[{\"created_date\":\"2019-07-01T08:00:00\",\"complaint_type\":\"Rats\"}]");
    put("311/raw_data/2019-07-02.json", "<html>");
  }

  static List<Named<String>> notifications() throws IOException {
    String destination = "{\"version\":\"1.0\",\"requestPayload\":" + NOTIFICATION + "}";
    return List.of(
        Named.of("EventBridge's", event("s3-through-eventbridge")),
        Named.of("in a message of SQS", event("s3-through-sqs")),
        Named.of("a record without a time beside one", event("s3-without-time")),
        Named.of("records in lower case", event("s3-lowercase-records")),
        Named.of("in SNS", sns(NOTIFICATION)),
        Named.of("in SNS in SQS", sqs(message("m", topic(NOTIFICATION)))),
        Named.of("EventBridge's in SQS", sqs(message("m", event("s3-through-eventbridge")))),
        Named.of("EventBridge's in SNS", sns(event("s3-through-eventbridge"))),
        Named.of("from a pipe", "[" + message("m", NOTIFICATION) + "]"),
        Named.of("from a destination", destination),
        Named.of("from a destination in SQS", sqs(message("m", destination))),
        Named.of("from a destination in SNS", sns(destination)),
        Named.of(
            "from a destination in EventBridge",
            "{\"detail-type\":\"Lambda Function Invocation Result - Failure\",\"detail\":"
                + destination
                + "}"),
        Named.of("of five gigabytes", NOTIFICATION.replace("\"size\":1", "\"size\":5368709120")));
  }

  @ParameterizedTest
  @MethodSource("notifications")
  void aDayIsRecomputedWhateverS3sNotificationComesIn(String event) throws Exception {
    JsonNode report = result(medians, event);

    assertThat(report.at("/days/2019-07-01/outcome").asText()).isEqualTo("summarised");
    assertThat(report.has("batchItemFailures")).isFalse();
  }

  @Test
  void ofABatchTheMessagesThatFailedAloneComeBack() throws Exception {
    JsonNode report =
        result(
            medians,
            sqs(
                message("good", NOTIFICATION),
                message("malformed", record("311/raw_data/2019-07-02.json")),
                message("foreign", record("311/medians.json")),
                message("unknown", "{\"hello\":\"world\"}"),
                message("test", TEST)));

    assertThat(report.at("/days/2019-07-01/outcome").asText()).isEqualTo("summarised");
    assertThat(report.get("batchItemFailures").findValuesAsText("itemIdentifier"))
        .containsExactly("malformed", "foreign", "unknown");
    assertThat(report.get("problems").toString())
        .isEqualTo("[\"keys that are no raw days: 311/medians.json\",\"an object with hello\"]");
  }

  @Test
  void whatIsGoodOfAnEventIsDoneBeforeTheRestFails() throws Exception {
    String good = NOTIFICATION.substring(0, NOTIFICATION.length() - 2);

    assertThat(refused(medians, good + ",{\"dynamodb\":{}}]}"))
        .isEqualTo("cannot recompute from an object with dynamodb");
    assertThat(s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents())
        .extracting(S3Object::key)
        .contains("311/days/2019-07-01.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|{}",
        "null|null",
        "'hello'|'hello'",
        "{'Records':[]}|an object with Records",
        "{'Records':[{'eventSource':'aws:dynamodb','dynamodb':{}}]}|an event of 'aws:dynamodb'",
        "{'Records':[{'messageId':'m','body':'hello'}]}|'hello'",
        "{'detail-type':'Scheduled Event','source':'aws.events','detail':{}}"
            + "|an event 'Scheduled Event' of 'aws.events'",
        "{'version':'2.0','requestContext':{'http':{'method':'GET'}}}|an HTTP request",
        "{'time':'2019-07-24T10:00:00Z'}|an object with time",
      })
  void whatIsNoNotificationFailsByItsName(String event, String kind) throws Exception {
    assertThat(refused(medians, event.replace('\'', '"')))
        .isEqualTo("cannot recompute from " + kind.replace('\'', '"'));
  }

  @Test
  void s3sTestIsAnsweredAlsoThroughQueues() throws Exception {
    for (String test : List.of(TEST, sns(TEST), sqs(message("m", TEST)))) {
      assertThat(result(medians, test).toString()).isEqualTo("{\"ignored\":[]}");
    }
  }

  @Test
  void aFunctionUrlsEncodedPathIsAnswered() throws Exception {
    String event = event("function-url");
    String withDomain =
        event.replace("\"stage\"", "\"domainName\":\"a.lambda-url.us-east-1.on.aws\",\"stage\"");

    for (String sent : List.of(event, withDomain)) {
      JsonNode answer = result(predict, sent);
      assertThat(answer.get("statusCode").asInt()).as(answer.toString()).isEqualTo(200);
      assertThat(JSON.readTree(answer.get("body").asText()).get("matched_type").asText())
          .isEqualTo("Noise - Street/Sidewalk");
    }
  }

  @Test
  void headersAreReadInAnyCase() throws Exception {
    assertThat(result(predict, event("sam-local")).get("statusCode").asInt()).isEqualTo(304);

    String list =
        event("sam-local")
            .replace("If-None-Match", "X")
            .replace("/predict/noise-residential", "/complaint-types");
    assertThat(result(predict, list).at("/headers/content-encoding").asText()).isEqualTo("gzip");
  }

  @ParameterizedTest
  @CsvSource({
    "/prod/predict/noise-residential, prod, a.execute-api.us-east-1.amazonaws.com, 200",
    "/prod, prod, a.execute-api.us-east-1.amazonaws.com, 200",
    "/311/predict/noise-residential, $default, api.example.com, 200",
    "/nyc/311/status, $default, api.example.com, 200",
    "/prod/311/predict/noise-residential, prod, api.example.com, 200",
    "/311/, $default, api.example.com, 200",
    "/311/nothing, $default, api.example.com, 404",
    "/311/status, $default, a.execute-api.us-east-1.amazonaws.com, 404",
  })
  void aStageAndACustomDomainsBasePathAreNoPartOfThePath(
      String path, String stage, String domain, int status) throws Exception {
    String event =
        "{\"version\":\"2.0\",\"rawPath\":\"%s\",\"requestContext\":{\"stage\":\"%s\",\"domainName\":\"%s\",\"http\":{\"method\":\"GET\"}}}"
            .formatted(path, stage, domain);

    assertThat(result(predict, event).get("statusCode").asInt()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"resource\":\"/{proxy+}\",\"path\":\"/status\",\"httpMethod\":\"GET\"}",
        "{\"version\":\"1.0\",\"path\":\"/status\",\"httpMethod\":\"GET\"}",
        "{\"requestContext\":{\"elb\":{}},\"httpMethod\":\"GET\",\"path\":\"/status\"}",
      })
  void anotherPayloadFormatIsNamed(String event) throws Exception {
    assertThat(problem(event))
        .startsWith("The event is a REST API's or a load balancer's, of payload format 1.0: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "[]", "{\"source\":\"warm-up\"}"})
  void aPingIsAnswered(String event) throws Exception {
    assertThat(problem(event)).isEqualTo("The event is no HTTP request of payload format 2.0");
  }

  @Test
  void theCollectorKnowsASchedule() throws Exception {
    try (FeedServer feed = new FeedServer(SampleFeed.ofJuly2019());
        LambdaProcess collect =
            function(
                "collect.CollectHandler",
                Map.of(
                    "DATA_BUCKET", s3.bucket(),
                    "AWS_ENDPOINT_URL_S3", s3.endpoint().toString(),
                    "AWS_ACCESS_KEY_ID", "local",
                    "AWS_SECRET_ACCESS_KEY", "local-secret",
                    "LOOKBACK_DAYS", "1",
                    "FEED_URL", feed.url("erm2-nwe9").toString(),
                    "FEED_ARCHIVE_URL", feed.url("76ig-c548").toString()))) {
      String scheduled =
          """
          {"version":"0","detail-type":"Scheduled Event","source":"aws.scheduler",
           "time":"2019-07-04T10:00:00Z","resources":[],"detail":"{}"}
          """;
      assertThat(result(collect, scheduled).at("/days/0/day").asText()).isEqualTo("2019-07-03");
      assertThat(result(collect, "{}").at("/days/0/outcome").asText()).isEqualTo("empty");
      assertThat(refused(collect, event("s3-through-eventbridge")))
          .endsWith(": an event \"Object Created\" of \"aws.s3\"");
    }
  }

  private static String problem(String event) throws Exception {
    JsonNode answer = result(predict, event);
    assertThat(answer.get("statusCode").asInt()).isEqualTo(400);
    assertThat(predict.stderr()).doesNotContain("Exception");
    return JSON.readTree(answer.get("body").asText()).get("problem").asText();
  }

  private static JsonNode result(LambdaProcess function, String event) throws Exception {
    Outcome outcome = function.invoke(event);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
    return JSON.readTree(outcome.body());
  }

  /** What the function says; it has no stack of the runtime's. */
  private static String refused(LambdaProcess function, String event) throws Exception {
    Outcome outcome = function.invoke(event);
    assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.ERROR);
    assertThat(outcome.body()).doesNotContain("serialization", "databind");
    return JSON.readTree(outcome.body()).get("errorMessage").asText();
  }

  private static String record(String key) {
    return """
    {"Records":[{"eventSource":"aws:s3","eventTime":"2019-07-24T06:05:00.000Z",
     "eventName":"ObjectCreated:Put","s3":{"object":{"key":"%s","size":1}}}]}\
    """
        .formatted(key);
  }

  private static String event(String name) throws IOException {
    return Files.readString(EVENTS.resolve(name + ".json"));
  }

  private static String quoted(String text) {
    return JSON.valueToTree(text).toString();
  }

  private static String message(String id, String body) {
    return "{\"messageId\":\""
        + id
        + "\",\"eventSource\":\"aws:sqs\",\"body\":"
        + quoted(body)
        + "}";
  }

  private static String sqs(String... messages) {
    return "{\"Records\":[" + String.join(",", messages) + "]}";
  }

  private static String topic(String message) {
    return "{\"Type\":\"Notification\",\"Message\":" + quoted(message) + "}";
  }

  private static String sns(String message) {
    return "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":" + topic(message) + "}]}";
  }

  private static void put(String key, String content) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString(content));
  }
}
