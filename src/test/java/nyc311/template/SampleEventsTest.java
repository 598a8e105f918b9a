package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.local.LocalContext;
import nyc311.predict.PredictHandler;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample events are what AWS would send to the functions of this template. */
class SampleEventsTest {
  private final Template template = Template.read();

  SampleEventsTest() throws IOException {}

  private static JsonNode event(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(Path.of("events", file)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict-by-type.json",
        "predict-with-place-and-time.json",
        "predict-unknown-type.json"
      })
  void aRequestSaysTheSameEverywhereAndMatchesItsRoute(String file) throws IOException {
    JsonNode request = event(file);
    JsonNode route = template.properties("PredictFunction").at("/Events/Predict/Properties");
    String type = request.at("/pathParameters/complaint_type").asText();

    assertThat(request.path("version").asText()).isEqualTo("2.0");
    assertThat(request.path("routeKey").asText())
        .isEqualTo(request.at("/requestContext/routeKey").asText())
        .isEqualTo(route.path("Method").asText() + " " + route.path("Path").asText());
    assertThat(request.path("rawPath").asText())
        .isEqualTo(request.at("/requestContext/http/path").asText())
        .isEqualTo(route.path("Path").asText().replace("{complaint_type+}", type));
    assertThat(Template.names(request.path("headers")))
        .allMatch(name -> name.equals(name.toLowerCase(Locale.ROOT)));
    assertThat(query(request.path("rawQueryString").asText()))
        .isEqualTo(fields(request.path("queryStringParameters")));
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new TreeMap<>();
    for (String parameter : raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static Map<String, String> fields(JsonNode object) {
    Map<String, String> fields = new TreeMap<>();
    object.properties().forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
    return fields;
  }

  @ParameterizedTest
  @CsvSource({"schedule.json, CollectFunction", "train.json, TrainFunction"})
  void aScheduleIsWhatTheSchedulerMakesOfTheTemplatesInput(String file, String function)
      throws IOException {
    JsonNode schedule = event(file);
    String time = schedule.path("time").asText();
    String input = template.properties(function).at("/Events/Daily/Properties/Input").asText();

    assertThat(schedule)
        .hasToString(
            input.replace("<aws.scheduler.scheduled-time>", Instant.parse(time).toString()));
  }

  @Test
  void theProbeIsTheSampleAndIsAnswered(@TempDir Path folder) throws IOException {
    JsonNode probe =
        new ObjectMapper()
            .readTree(
                template
                    .properties("PredictFunction")
                    .at("/Events/Probe/Properties/Input")
                    .asText());
    assertThat(event("status.json")).isEqualTo(probe);

    Path medians = folder.resolve(Keys.MEDIANS);
    Files.createDirectories(medians.getParent());
    Files.copy(Path.of("model/medians.json"), medians);
    PredictHandler api =
        new PredictHandler(
            new Settings(Map.of()), new FolderBucket(folder.toRealPath()), Clock.systemUTC());
    String answer =
        new LocalContext("probe", Duration.ofMinutes(1), LogLevel.WARN)
            .invoke(api, probe.toString());
    assertThat(new ObjectMapper().readTree(answer).path("statusCode").asInt()).isEqualTo(200);
  }

  @Test
  void theBackfillNamesItsFirstAndLastDay() throws IOException {
    JsonNode backfill = event("backfill.json");

    assertThat(Template.names(backfill)).containsExactly("from", "to");
    assertThat(LocalDate.parse(backfill.path("from").asText()))
        .isBeforeOrEqualTo(LocalDate.parse(backfill.path("to").asText()));
  }

  @Test
  void thePutIsOfARawDayWhoseKeyIsUrlEncoded() throws IOException {
    JsonNode record = event("s3-put.json").at("/Records/0");
    String key = record.at("/s3/object/key").asText();

    assertThat(record.path("eventName").asText()).isEqualTo("ObjectCreated:Put");
    assertThat(record.at("/s3/bucket/name").asText()).isEqualTo(template.bucketName());
    assertThat(URLDecoder.decode(key, StandardCharsets.UTF_8))
        .isEqualTo("311/raw_data/2019-07-01.json")
        .isNotEqualTo(key);
  }

  /** {@code sam local invoke} silently leaves out what the template does not declare. */
  @Test
  void theEnvironmentFileSetsExactlyWhatTheTemplateDeclares() throws IOException {
    JsonNode environment = event("env.json");

    assertThat(Template.names(environment)).isEqualTo(template.logicalIds(Template.FUNCTION));
    for (String function : Template.names(environment)) {
      assertThat(fields(environment.path(function))).isEqualTo(template.environment(function));
    }
  }
}
