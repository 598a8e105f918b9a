package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nyc311.local.LocalFront;
import nyc311.settings.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The four functions: the right code, configured only in ways that the code knows. */
class FunctionsTest {
  private final Template template = Template.read();

  FunctionsTest() throws IOException {}

  @Test
  void theHandlersAreTheFourThatOthersRelyOn() {
    Map<String, String> handlers = new TreeMap<>();
    for (String function : template.logicalIds(Template.FUNCTION)) {
      handlers.put(function, template.text(template.properties(function).path("Handler")));
    }

    assertThat(handlers)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PredictFunction", "nyc311.predict.PredictHandler::handleRequest",
                "CollectFunction", "nyc311.collect.CollectHandler::handleRequest",
                "MediansFunction", "nyc311.medians.MediansHandler::handleRequest",
                "TrainFunction", "nyc311.train.TrainHandler::handleRequest"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictFunction", "CollectFunction", "MediansFunction", "TrainFunction"})
  void theHandlerIsAPublicClassThatLambdaCanConstructAndCall(String function) throws Exception {
    String[] handler = template.text(template.properties(function).path("Handler")).split("::", 2);
    Class<?> type = Class.forName(handler[0]);

    assertThat(type).isPublic();
    assertThat(type.getConstructor().getParameterCount()).isZero();
    assertThat(type).hasPublicMethods(handler[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictFunction", "CollectFunction", "MediansFunction", "TrainFunction"})
  void allComeFromOneJarForOneRuntime(String function) {
    JsonNode properties = template.properties(function);

    assertThat(template.text(properties.path("CodeUri"))).isEqualTo("target/nyc311.jar");
    assertThat(template.text(properties.path("Runtime"))).isEqualTo("java25");
    assertThat(Template.texts(properties.path("Architectures"))).containsExactly("arm64");
    assertThat(properties.has("MemorySize")).isTrue();
    assertThat(properties.has("Timeout")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictFunction", "CollectFunction", "MediansFunction", "TrainFunction"})
  void everyEnvironmentVariableIsKnownToTheCode(String function) {
    Set<String> known =
        Arrays.stream(Setting.values()).map(Setting::name).collect(Collectors.toSet());

    assertThat(settings(function)).isNotEmpty();
    assertThat(known).containsAll(settings(function).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictFunction", "CollectFunction", "MediansFunction", "TrainFunction"})
  void aDefaultOfTheTemplateIsTheDefaultOfTheCode(String function) {
    settings(function)
        .forEach(
            (name, value) ->
                Setting.valueOf(name)
                    .defaultValue()
                    // Empty: none that would be the same for every deployment.
                    .filter(byCode -> !byCode.isEmpty())
                    .ifPresent(byCode -> assertThat(value).as(name).isEqualTo(byCode)));
  }

  /** All but what the JVM reads. */
  private Map<String, String> settings(String function) {
    Map<String, String> settings = new HashMap<>(template.environment(function));
    settings.remove("JAVA_TOOL_OPTIONS");
    return settings;
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictFunction", "CollectFunction", "MediansFunction", "TrainFunction"})
  void logsAreJsonInAGroupThatForgets(String function) {
    JsonNode logging = template.properties(function).path("LoggingConfig");
    JsonNode group = template.properties(template.text(logging.path("LogGroup")));

    assertThat(template.text(logging.path("LogFormat"))).isEqualTo("JSON");
    assertThat(template.text(logging.path("ApplicationLogLevel"))).isEqualTo("INFO");
    // Lambda filters lines without a level, such as metrics, as if they had this one.
    String level = logging.at("/ApplicationLogLevel/Ref").asText();
    assertThat(Template.texts(template.section("Parameters").at("/" + level + "/AllowedValues")))
        .containsExactlyInAnyOrder("TRACE", "DEBUG", "INFO");
    assertThat(group.path("RetentionInDays").asInt()).isPositive();
  }

  @Test
  void predictIsServedFromSnapshotsOfItsPublishedVersions() {
    JsonNode predict = template.properties("PredictFunction");

    JsonNode snapStart = predict.at("/SnapStart/Fn::If");
    assertThat(snapStart.get(0).asText()).isEqualTo("SnapStart");
    assertThat(snapStart.get(1)).hasToString("{\"ApplyOn\":\"PublishedVersions\"}");
    assertThat(snapStart.get(2)).hasToString("{\"Ref\":\"AWS::NoValue\"}");
    assertThat(predict.path("AutoPublishAlias").asText()).isEqualTo("live");
    // API Gateway gives up after 30 seconds.
    assertThat(predict.path("Timeout").asInt()).isLessThan(30);
  }

  @Test
  void theApiHasTheRoutesOfTheContractAndLeavesTheRestToTheHandler() {
    Map<String, String> routes = new TreeMap<>();
    routes()
        .forEach(
            route ->
                routes.put(
                    route.path("Path").asText("$default"),
                    route.path("Method").asText("any method")));

    assertThat(routes)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "/",
                "GET",
                "/predict/{complaint_type+}",
                "GET",
                "/curve/{complaint_type+}",
                "GET",
                "/complaint-types/{complaint_type+}",
                "GET",
                "/complaint-types",
                "GET",
                "/status",
                "GET",
                "/record",
                "GET",
                "/openapi.json",
                "GET",
                "$default",
                "any method"));
  }

  private List<JsonNode> routes() {
    List<JsonNode> routes = new ArrayList<>();
    for (JsonNode event : template.properties("PredictFunction").path("Events")) {
      if (event.path("Type").asText().equals("HttpApi")) {
        routes.add(event.path("Properties"));
      }
    }
    return routes;
  }

  /** Nobody else may ask for two weeks, and then Lambda would refuse the first who does. */
  @Test
  void theApiIsAskedEveryHourThroughItsAliasAndWhatFailsIsItsAlarms() {
    JsonNode probe = template.properties("PredictFunction").at("/Events/Probe");

    assertThat(probe.path("Type").asText()).isEqualTo("ScheduleV2");
    assertThat(probe.at("/Properties/OmitName").asBoolean()).isTrue();
    assertThat(probe.at("/Properties/ScheduleExpression").asText()).isEqualTo("rate(1 hour)");
    // Then SAM has the schedule invoke it, and not the function.
    assertThat(template.properties("PredictFunction").has("AutoPublishAlias")).isTrue();
    assertThat(template.properties("PredictErrorsAlarm").findValuesAsText("MetricName"))
        .contains("Errors", "ServerErrors");
  }

  /** An answer's event names the route, and the access log nothing else. */
  @Test
  void theLocalFrontHasTheSameRoutes() {
    routes()
        .forEach(
            route -> {
              String path = route.path("Path").asText("/no/such/path");
              String key =
                  route.has("Path") ? route.path("Method").asText() + " " + path : "$default";
              assertThat(LocalFront.routeKey("GET", path.replace("{complaint_type+}", "a/b")))
                  .isEqualTo(key);
            });
  }

  @Test
  void browsersMayAskWhatTheyMayAskLocally() throws Exception {
    JsonNode cors = template.properties("HttpApi").path("CorsConfiguration");
    try (LocalFront front = new LocalFront((in, out, context) -> {}, 0, LogLevel.FATAL)) {
      HttpRequest preflight =
          HttpRequest.newBuilder(front.url())
              .method("OPTIONS", BodyPublishers.noBody())
              .headers("Origin", "http://page", "Access-Control-Request-Method", "GET")
              .build();
      HttpHeaders local =
          HttpClient.newHttpClient().send(preflight, BodyHandlers.discarding()).headers();
      assertThat(local.firstValue("access-control-allow-origin"))
          .hasValue(cors.at("/AllowOrigins/0").asText());
      assertThat(local.firstValue("access-control-allow-methods"))
          .hasValue(
              cors.at("/AllowMethods/0").asText() + "," + cors.at("/AllowMethods/1").asText());
      HttpRequest simple =
          HttpRequest.newBuilder(front.url()).header("Origin", "http://page").build();
      assertThat(
              HttpClient.newHttpClient()
                  .send(simple, BodyHandlers.discarding())
                  .headers()
                  .firstValue("access-control-expose-headers"))
          .hasValue(cors.at("/ExposeHeaders/0").asText());
      assertThat(local.firstValue("access-control-max-age")).hasValue(cors.path("MaxAge").asText());
    }
  }

  @Test
  void strangersAreThrottledAndNothingPersonalIsLogged() {
    JsonNode api = template.properties("HttpApi");
    String format = api.at("/AccessLogSettings/Format").asText();

    assertThat(api.at("/DefaultRouteSettings/ThrottlingRateLimit").asInt()).isPositive();
    assertThat(api.at("/DefaultRouteSettings/ThrottlingBurstLimit").asInt()).isPositive();
    assertThat(Template.texts(api.at("/CorsConfiguration/AllowMethods")))
        .containsExactly("GET", "HEAD");
    assertThat(format)
        .doesNotContain("\n")
        .doesNotContainIgnoringCase("sourceIp")
        .doesNotContainIgnoringCase("userAgent")
        .doesNotContainIgnoringCase("path")
        .doesNotContainIgnoringCase("query");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Collect", "Medians", "Train"})
  void whatFailsForGoodIsKeptInItsOwnQueue(String name) {
    JsonNode invocation = template.properties(name + "Function").path("EventInvokeConfig");
    String queue = name + "Failures";

    assertThat(invocation.at("/DestinationConfig/OnFailure/Type").asText()).isEqualTo("SQS");
    assertThat(template.text(invocation.at("/DestinationConfig/OnFailure/Destination")))
        .isEqualTo(queue + ".Arn");
    assertThat(invocation.has("MaximumRetryAttempts")).isTrue();
    assertThat(invocation.has("MaximumEventAgeInSeconds")).isTrue();
    assertThat(template.properties(queue).path("MessageRetentionPeriod").asInt())
        .isEqualTo(14 * 24 * 3600);
  }

  @ParameterizedTest
  @CsvSource({"Collect, cron(0 6 * * ? *)", "Train, cron(0 8 * * ? *)"})
  void whatRunsDailyDoesInNewYorkTimeAndIsToldThePlannedInstant(String name, String time) {
    JsonNode daily = template.properties(name + "Function").at("/Events/Daily");
    JsonNode schedule = daily.path("Properties");

    assertThat(daily.path("Type").asText()).isEqualTo("ScheduleV2");
    assertThat(template.text(schedule.path("ScheduleExpression"))).isEqualTo(time);
    assertThat(schedule.path("ScheduleExpressionTimezone").asText()).isEqualTo("America/New_York");
    assertThat(schedule.path("Input").asText())
        .isEqualTo("{\"time\":\"<aws.scheduler.scheduled-time>\"}");
    assertThat(template.text(schedule.at("/DeadLetterConfig/Arn")))
        .isEqualTo(name + "Failures.Arn");
    assertThat(schedule.path("OmitName").asBoolean()).isTrue();
  }

  /** Its resources stay, so that nothing refers to what is not there; an alarm is none then. */
  @ParameterizedTest
  @CsvSource({"yes, ENABLED, breaching", "no, DISABLED, notBreaching"})
  void theRecordIsKeptUnlessItIsSwitchedOff(String record, String state, String silence) {
    JsonNode resources = new Conditions(template, Map.of("Record", record)).decided("Resources");

    assertThat(resources.at("/TrainFunction/Properties/Events/Daily/Properties/State").asText())
        .isEqualTo(state);
    assertThat(resources.at("/RecordAlarm/Properties/TreatMissingData").asText())
        .isEqualTo(silence);
  }
}
