package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When a person is needed, an alarm says so: each looks at something that really is emitted. */
class AlarmsTest {
  private static final String ALARM = "AWS::CloudWatch::Alarm";

  /**
   * The metrics of AWS's own services that the template uses, and the dimensions they come with.
   */
  private static final Map<String, Set<Set<String>>> EMITTED_BY_AWS =
      Map.of(
          "AWS/Lambda Errors", Set.of(Set.of("FunctionName")),
          "AWS/Lambda Throttles", Set.of(Set.of("FunctionName")),
          "AWS/Lambda Duration", Set.of(Set.of("FunctionName")),
          "AWS/Lambda ConcurrentExecutions", Set.of(Set.of("FunctionName")),
          "AWS/ApiGateway Count", Set.of(Set.of("ApiId")),
          "AWS/ApiGateway 4xx", Set.of(Set.of("ApiId")),
          "AWS/ApiGateway 5xx", Set.of(Set.of("ApiId")),
          "AWS/ApiGateway Latency", Set.of(Set.of("ApiId")),
          "AWS/SQS ApproximateNumberOfMessagesVisible", Set.of(Set.of("QueueName")),
          "AWS/States ExecutionsFailed", Set.of(Set.of("StateMachineArn")));

  /** Which function tells which metrics. */
  private static final Map<String, Set<Metric>> TOLD_BY =
      Map.of(
          "CollectFunction",
          Set.of(
              Metric.SCHEDULED_COLLECTIONS,
              Metric.DAYS_WRITTEN,
              Metric.DAYS_UNCHANGED,
              Metric.DAYS_EMPTY,
              Metric.DAYS_FAILED,
              Metric.FEED_CHANGED,
              Metric.TOKENS_REFUSED),
          "MediansFunction",
          Set.of(
              Metric.ROWS_SEEN,
              Metric.ROWS_KEPT,
              Metric.ROWS_REJECTED,
              Metric.DAYS_FAILED,
              Metric.PUBLICATIONS,
              Metric.PUBLICATION_LAG),
          "TrainFunction",
          Set.of(Metric.DAYS_JUDGED, Metric.DAYS_WITHOUT_ANSWERS, Metric.DAYS_FAILED),
          "PredictFunction",
          Set.of(
              Metric.ESTIMATE_AGE,
              Metric.COLD_STARTS,
              Metric.RESTORED_STARTS,
              Metric.FALLBACKS,
              Metric.SERVER_ERRORS,
              Metric.REFRESH_FAILURES,
              Metric.MODELS_REFUSED));

  private final Template template = Template.read();

  AlarmsTest() throws IOException {}

  static Stream<String> alarms() throws IOException {
    return Template.read().logicalIds(ALARM).stream();
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void eachAlarmLooksAtWhatIsEmittedAndTellsThoseWhoSubscribed(String id) {
    JsonNode alarm = template.properties(id);
    List<JsonNode> metrics = new ArrayList<>();
    if (alarm.has("MetricName")) {
      metrics.add(alarm);
    }
    alarm.findValues("Metric").forEach(metrics::add);

    assertThat(metrics).isNotEmpty().allSatisfy(metric -> assertIsEmitted(metric));
    assertThat(template.text(alarm.at("/AlarmActions/0"))).isEqualTo("Alarms");
    assertThat(template.text(alarm.at("/OKActions/0"))).isEqualTo("Alarms");
    assertThat(alarm.path("AlarmDescription").asText()).isNotBlank();
    assertThat(alarm.has("TreatMissingData")).isTrue();
  }

  private void assertIsEmitted(JsonNode metric) {
    Map<String, String> dimensions = new TreeMap<>();
    metric
        .path("Dimensions")
        .forEach(
            dimension ->
                dimensions.put(
                    dimension.path("Name").asText(), template.text(dimension.path("Value"))));
    String name = template.text(metric.path("MetricName"));
    if (metric.path("Namespace").asText().equals(countedInALog(name))) {
      assertThat(dimensions).isEmpty();
    } else {
      assertIsEmitted(metric.path("Namespace").asText(), name, dimensions);
    }
  }

  /** The namespace of a metric that CloudWatch counts in a log. */
  private String countedInALog(String name) {
    return template.logicalIds("AWS::Logs::MetricFilter").stream()
        .map(id -> template.properties(id).at("/MetricTransformations/0"))
        .filter(counted -> template.text(counted.path("MetricName")).equals(name))
        .map(counted -> counted.path("MetricNamespace").asText())
        .collect(Collectors.joining());
  }

  @Test
  void refusedCallersAreCountedInTheAccessLogAsItIsWritten() {
    JsonNode filter = template.properties("ApiThrottleFilter");
    String format = template.properties("HttpApi").at("/AccessLogSettings/Format").asText();

    assertThat(filter.path("FilterPattern").asText()).isEqualTo("{ $.status = \"429\" }");
    assertThat(format).contains("\"status\":\"$context.status\"");
    assertThat(template.text(filter.path("LogGroupName"))).isEqualTo("ApiLogGroup");
    assertThat(
            template.properties("HttpApi").at("/AccessLogSettings/DestinationArn/Fn::Sub").asText())
        .endsWith(":${ApiLogGroup}");
  }

  /** Of its own: a region that lacks the type refuses all of a template that has it. */
  @Test
  void spendingIsToldByAStackOfItsOwn() throws IOException {
    Template budget = Template.parse(Files.readString(Path.of("budget.yaml")));
    JsonNode properties = budget.properties("Budget");

    assertThat(template.logicalIds("AWS::Budgets::Budget")).isEmpty();
    assertThat(Template.references(properties)).containsExactly("AlarmEmail", "MonthlyBudget");
    assertThat(budget.section("Parameters").path("AlarmEmail").has("Default")).isFalse();
    assertThat(properties.path("NotificationsWithSubscribers").findValuesAsText("NotificationType"))
        .containsExactly("ACTUAL", "FORECASTED");
  }

  private static void assertIsEmitted(
      String namespace, String name, Map<String, String> dimensions) {
    if (namespace.equals(MetricLine.NAMESPACE)) {
      assertThat(dimensions).containsOnlyKeys(MetricLine.DIMENSION);
      assertThat(TOLD_BY.get(dimensions.get(MetricLine.DIMENSION)))
          .extracting(Metric::cloudWatchName)
          .contains(name);
    } else {
      assertThat(EMITTED_BY_AWS).containsKey(namespace + " " + name);
      assertThat(EMITTED_BY_AWS.get(namespace + " " + name)).contains(dimensions.keySet());
    }
  }

  /** CloudWatch refuses others: seven days at periods of an hour or more, one day at shorter. */
  @ParameterizedTest
  @MethodSource("alarms")
  void noAlarmLooksBackFurtherThanCloudWatchDoes(String id) {
    JsonNode alarm = template.properties(id);
    int period =
        Stream.concat(Stream.of(alarm.path("Period")), alarm.findValues("Period").stream())
            .mapToInt(JsonNode::asInt)
            .max()
            .orElseThrow();
    int seconds = period * alarm.path("EvaluationPeriods").asInt();

    assertThat(period).isPositive();
    assertThat(seconds).isBetween(60, period >= 3_600 ? 7 * 86_400 : 86_400);
    assertThat(alarm.path("DatapointsToAlarm").asInt(1))
        .isLessThanOrEqualTo(alarm.path("EvaluationPeriods").asInt());
  }

  /** A stopped function emits nothing at all. */
  @ParameterizedTest
  @CsvSource({
    "CollectionAlarm, ScheduledCollections, 36",
    "PublicationAlarm, Publications, 48",
    "RecordAlarm, DaysJudged, 72"
  })
  void silenceIsAnAlarmAfterSoManyHours(String id, String metric, int hours) {
    JsonNode alarm =
        new Conditions(template, Map.of()).decided("Resources").at("/" + id + "/Properties");

    assertThat(alarm.path("MetricName").asText()).isEqualTo(metric);
    assertThat(alarm.path("TreatMissingData").asText()).isEqualTo("breaching");
    assertThat(alarm.path("Period").asInt()).isEqualTo(3_600);
    assertThat(alarm.path("EvaluationPeriods").asInt()).isEqualTo(hours);
    assertThat(alarm.path("DatapointsToAlarm").asInt()).isEqualTo(hours);
    assertThat(alarm.path("Statistic").asText()).isEqualTo("Sum");
    assertThat(alarm.path("ComparisonOperator").asText()).isEqualTo("LessThanThreshold");
    assertThat(alarm.path("Threshold").asInt()).isEqualTo(1);
  }

  @Test
  void everythingThatNeedsAPersonHasAnAlarm() {
    assertThat(template.logicalIds(ALARM))
        .contains(
            "CollectionAlarm",
            "PublicationAlarm",
            "RecordAlarm",
            "PredictErrorsAlarm",
            "ApiErrorsAlarm",
            "PredictLatencyAlarm",
            "ThrottlesAlarm");
    assertThat(
            template.properties("ThrottlesAlarm").findValues("Metric").stream()
                .map(metric -> template.text(metric.at("/Dimensions/0/Value"))))
        .containsExactlyInAnyOrderElementsOf(template.logicalIds(Template.FUNCTION));
    JsonNode latency = template.properties("PredictLatencyAlarm");
    assertThat(latency.path("ExtendedStatistic").asText()).isEqualTo("p99");
    // Otherwise it would look at no period with fewer than a thousand requests.
    assertThat(latency.has("EvaluateLowSampleCountPercentile")).isFalse();
    assertThat(template.properties("RefreshAlarm").findValuesAsText("MetricName"))
        .containsExactlyInAnyOrder("RefreshFailures", "ModelsRefused");
    for (String queue : template.logicalIds("AWS::SQS::Queue")) {
      JsonNode alarm = template.properties(queue + "Alarm");
      assertThat(template.text(alarm.at("/Dimensions/0/Value"))).isEqualTo(queue + ".QueueName");
      assertThat(alarm.path("Threshold").asInt()).isEqualTo(1);
      assertThat(alarm.path("ComparisonOperator").asText())
          .isEqualTo("GreaterThanOrEqualToThreshold");
    }
  }

  /** Every metric of the program is told by some function, and the other way round. */
  @Test
  void everyMetricIsSomeFunctions() {
    assertThat(TOLD_BY.values().stream().flatMap(Set::stream).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Metric.values());
    assertThat(TOLD_BY.keySet()).isEqualTo(template.logicalIds(Template.FUNCTION));
  }

  @Test
  void theDashboardShowsEveryAlarmAndEveryMetricThatTheProgramTells() throws IOException {
    JsonNode body =
        new ObjectMapper()
            .readTree(template.text(template.properties("Dashboard").path("DashboardBody")));
    Set<String> shownAlarms = new TreeSet<>();
    Set<String> shownMetrics = new TreeSet<>();
    for (JsonNode widget : body.path("widgets")) {
      assertThat(widget.path("x").asInt() + widget.path("width").asInt()).isLessThanOrEqualTo(24);
      assertThat(widget.at("/properties/title").asText()).isNotBlank();
      widget.at("/properties/alarms").forEach(alarm -> shownAlarms.add(alarm.asText()));
      for (JsonNode metric : widget.at("/properties/metrics")) {
        Map<String, String> dimensions = Map.of(metric.get(2).asText(), metric.get(3).asText());
        assertIsEmitted(metric.get(0).asText(), metric.get(1).asText(), dimensions);
        if (metric.get(0).asText().equals(MetricLine.NAMESPACE)) {
          shownMetrics.add(metric.get(1).asText());
        }
      }
    }

    assertThat(shownAlarms)
        .containsExactlyInAnyOrderElementsOf(
            template.logicalIds(ALARM).stream().map(id -> id + ".Arn").toList());
    assertThat(shownMetrics)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values()).map(Metric::cloudWatchName).toList());
    assertThat(template.resource("Dashboard").path("Type").asText())
        .isEqualTo("AWS::CloudWatch::Dashboard");
  }

  /** Each has at least one trigger, so that a new version that fails is taken back. */
  @Test
  void aNewVersionOfTheApiTakesOverGraduallyAndIsTakenBackOnItsAlarms() {
    JsonNode deployment = template.properties("PredictFunction").path("DeploymentPreference");
    List<String> alarms = new ArrayList<>();
    JsonNode watched = deployment.at("/Alarms/Fn::If");
    assertThat(watched.get(0).asText()).isEqualTo("WatchDeployments");
    watched.get(1).forEach(alarm -> alarms.add(template.text(alarm)));
    assertThat(watched.get(2)).hasToString("[{\"Ref\":\"AWS::NoValue\"}]");
    assertThat(template.section("Parameters").at("/WatchDeployments/Default").asText())
        .isEqualTo("yes");

    assertThat(deployment.path("Type").asText())
        .matches(Pattern.compile("(Canary|Linear)10Percent\\w+"));
    assertThat(alarms).containsExactlyInAnyOrder("PredictErrorsAlarm", "PredictLatencyAlarm");
    for (String alarm : alarms) {
      JsonNode properties = template.properties(alarm);
      // Within the ten minutes that the deployment waits.
      assertThat(properties.path("Period").asInt() * properties.path("EvaluationPeriods").asInt())
          .isLessThanOrEqualTo(600);
    }
    assertThat(template.text(deployment.path("Role"))).isEqualTo("DeployRole.Arn");
  }
}
