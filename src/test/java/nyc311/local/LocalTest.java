package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a newcomer does with the run command. */
class LocalTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final StringWriter printed = new StringWriter();

  @TempDir private Path folder;

  @Test
  void theSampleIsCollectedRecomputedAndAnswered() throws Exception {
    try (Local local = started()) {
      assertThat(printed.toString())
          .contains("2019-07-10", "rows  written", "2019-07-11        0 rows  empty")
          .contains("complaint types")
          .contains("curl -s " + local.url() + "/predict/noise-residential");

      await().until(() -> get(local, "/predict/appliance").statusCode() == 200);
      HttpResponse<String> appliance = get(local, "/predict/appliance");
      assertThat(appliance.statusCode()).isEqualTo(200);
      JsonNode answer = JSON.readTree(appliance.body());
      assertThat(answer.get("status").asText()).isEqualTo("success");
      assertThat(answer.get("complaint_type").asText()).isEqualTo("appliance");
      assertThat(answer.get("estimated_time").asDouble()).isBetween(24., 1_000.);

      HttpResponse<String> wrong = get(local, "/predict/wrongtype");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(wrong.body()).get("problem").asText())
          .isEqualTo("Complaint type is not in database");

      assertThat(get(local, "/predict/Noise%20-%20Street%2FSidewalk").statusCode()).isEqualTo(200);

      String example =
          lineWith("?lat=").replaceAll(".*'(.*)'", "$1").substring(local.url().toString().length());
      assertThat(JSON.readTree(get(local, example).body()).get("basis").asText())
          .isEqualTo("regression");
    }
  }

  @Test
  void aRawDayThatAnyClientPutsIsRecomputedAndAnswered() throws Exception {
    try (Local local = started()) {
      assertThat(get(local, "/predict/dragons").statusCode()).isEqualTo(400);
      String rawDay =
          """
          [{"created_date":"2019-07-11T12:00:00.000","closed_date":"2019-07-11T15:00:00.000",
            "status":"Closed","complaint_type":"Dragons"}]\
          """;
      URI key = URI.create(lineWith("S3 ").split(" +", -1)[1] + "/311/raw_data/2019-07-11.json");
      HttpRequest put = HttpRequest.newBuilder(key).PUT(BodyPublishers.ofString(rawDay)).build();
      assertThat(http.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(200);

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(get(local, "/predict/dragons").body())
                      .contains("\"estimated_time\":3.00"));
    }
  }

  @Test
  void withoutAFeedTheMediansAndTheModelOfTheRepositoryAreServed() throws Exception {
    try (Local local = started("--feed", "none")) {
      String path = "/predict/noise-residential?date=2019-06-14";
      JsonNode answer = JSON.readTree(get(local, path).body());
      assertThat(answer.get("requests").asInt()).isGreaterThan(40_000);
      assertThat(answer.get("basis").asText()).isEqualTo("regression");
      assertThat(lineWith("Model ")).endsWith(" " + answer.get("model").asText());
    }
  }

  @Test
  void aModelThatIsThereStays() throws Exception {
    Path golden = Path.of("src/test/resources/golden-model");
    try (LocalS3 s3 = LocalS3.onFolder(folder.resolve("bucket"), 0, "nyc311-local");
        Stream<Path> files = Files.walk(golden)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String key = golden.relativize(file).toString();
        s3.client().putObject(request -> request.bucket(s3.bucket()).key(key), file);
      }
    }

    try (Local local = started("--feed", "none")) {
      String path = "/predict/noise-residential?date=2019-06-14";
      assertThat(JSON.readTree(get(local, path).body()).get("model").asText())
          .isEqualTo("2019-04-08-c23efd10");
    }
  }

  @Test
  void aFolderOfRawDaysIsAFeed() throws Exception {
    Path days = Files.createDirectory(folder.resolve("days"));
    Files.writeString(
        days.resolve("2019-03-01.json"),
        """
        [{"created_date":"2019-03-01T12:00:00.000","closed_date":"2019-03-01T14:00:00.000",
          "status":"Closed","complaint_type":"Noise"}]\
        """);

    try (Local local = started("--feed", days.toString())) {
      await().until(() -> get(local, "/predict/noise").statusCode() == 200);
      JsonNode answer = JSON.readTree(get(local, "/predict/noise").body());
      assertThat(answer.get("estimated_time").asDouble()).isEqualTo(2);
      assertThat(answer.get("as_of").asText()).isEqualTo("2019-03-01T19:00:00Z");
    }
  }

  @Test
  void aFeedThatIsNotThereIsRefused() {
    StringWriter problem = new StringWriter();
    int status =
        new CommandLine(new Local())
            .setErr(new PrintWriter(problem))
            .execute("--s3-port", "0", "--data", folder.toString(), "--feed", "no/such/folder");

    assertThat(status).isEqualTo(2);
    assertThat(problem.toString())
        .contains("--feed must be sample, live, none or a folder of raw days: no/such/folder");
  }

  private Local started(String... options) throws Exception {
    Local local = new Local();
    CommandLine command = new CommandLine(local).setOut(new PrintWriter(printed));
    command.parseArgs(options);
    local.port = 0;
    local.s3Port = 0;
    local.data = folder.resolve("bucket");
    local.start();
    return local;
  }

  /** The last line that was printed with this text in it. */
  private String lineWith(String text) {
    return printed
        .toString()
        .lines()
        .filter(line -> line.contains(text))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  private HttpResponse<String> get(Local local, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(local.url() + path)).build(), BodyHandlers.ofString());
  }
}
