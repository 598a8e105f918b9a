package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.local.MemoryBucket;
import nyc311.local.WatchedBucket;
import nyc311.record.JudgedDays;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever wants to know how right the answers were is told, and nobody else waits for it. */
class RecordAnswersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REFRESH = Duration.ofMinutes(5);

  private final PredictHandlerTest.TestClock clock = new PredictHandlerTest.TestClock();
  private MemoryBucket bucket;
  private WatchedBucket watched;
  private PredictHandler handler;

  @BeforeEach
  void mediansArePublished() throws IOException {
    bucket = MemoryBucket.published();
    watched = new WatchedBucket(bucket);
    handler =
        new PredictHandler(
            new Settings(
                Map.of(
                    Setting.DATA_BUCKET.name(),
                    "memory",
                    Setting.REFRESH_SECONDS.name(),
                    Long.toString(REFRESH.toSeconds()))),
            watched,
            clock);
  }

  @Test
  void whileThereIsNoneThatIsSaid() throws IOException {
    JsonNode answer = ask("/record");

    assertThat(answer.get("statusCode").asInt()).isEqualTo(404);
    assertThat(body(answer).get("problem").asText()).startsWith("There is no record yet: ");
    assertThat(body(ask("/status")).get("record").isNull()).isTrue();
  }

  @Test
  void itIsToldAsItIsPublishedButForItsFormat() throws IOException {
    byte[] record = publish(3);

    ObjectNode expected = ((ObjectNode) JSON.readTree(record)).put("status", "success");
    assertThat(expected.remove("format").asInt()).isEqualTo(1);
    assertThat(body(ask("/record"))).isEqualTo(expected);
  }

  @Test
  void theStatusHasItInShort() throws IOException {
    publish(3);

    assertThat(body(ask("/status")).get("record"))
        .isEqualTo(
            JSON.readTree(
                """
                {"from":"2019-07-08","to":"2019-07-10","requests":12,"within":3,"above":6,"below":3}\
                """));
  }

  @Test
  void itIsRevalidatedByItsTagAndHasHeadAsTheOthers() throws IOException {
    publish(1);

    JsonNode answer = ask("/record");
    String tag = answer.at("/headers/etag").asText();
    JsonNode head = PredictHandlerTest.send(handler, "HEAD", "/record", Map.of());
    ObjectNode again = PredictHandlerTest.event("GET", "/record", Map.of());
    again.putObject("headers").put("if-none-match", tag);

    assertThat(answer.at("/headers/cache-control").asText()).isEqualTo("public, max-age=300");
    assertThat(head.get("headers")).isEqualTo(answer.get("headers"));
    assertThat(head.get("body").asText()).isEmpty();
    assertThat(PredictHandlerTest.send(handler, again).get("statusCode").asInt()).isEqualTo(304);
  }

  @Test
  void nobodyWhoAsksForSomethingElseWaitsForIt() throws IOException {
    publish(1);
    for (String path : new String[] {"/predict/noise", "/curve/noise", "/complaint-types", "/"}) {
      ask(path);
    }

    assertThat(watched.read()).doesNotContain(Keys.RECORD);
  }

  @Test
  void itIsAskedForOnceInARefreshIntervalWhateverComesOfIt() throws IOException {
    for (int i = 0; i < 3; i++) {
      ask("/record");
      ask("/status");
    }
    assertThat(watched.read()).containsOnlyOnce(Keys.RECORD);

    publish(1);
    assertThat(ask("/record").get("statusCode").asInt()).isEqualTo(404);
    clock.advance(REFRESH);
    assertThat(ask("/record").get("statusCode").asInt()).isEqualTo(200);
    assertThat(body(ask("/record")).get("days")).hasSize(1);

    publish(2);
    clock.advance(REFRESH);
    assertThat(body(ask("/record")).get("days")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"format\":1,",
        "{\"format\":2,\"from\":\"2019-07-08\",\"to\":\"2019-07-10\",\"total\":{}}",
        "{\"format\":1,\"from\":\"2019-07-08\",\"total\":{}}",
        "{\"format\":1,\"from\":\"2019-07-08\",\"to\":\"2019-07-10\"}",
        "{\"format\":1,\"from\":\"2019-07-08\",\"to\":\"2019-07-10\",\"total\":{\"served\":"
            + "{\"requests\":3,\"below\":2,\"within\":1,\"above\":1}}}",
      })
  void aDamagedOneIsCountedAndTheLastGoodOneStays(String damaged) throws IOException {
    publish(1);
    JsonNode good = body(ask("/record"));
    bucket.write(Keys.RECORD, Content.of(damaged.getBytes(UTF_8)));
    clock.advance(REFRESH);

    String printed =
        PredictHandlerTest.printed(() -> assertThat(body(ask("/record"))).isEqualTo(good));

    assertThat(printed)
        .contains("\"RefreshFailures\":1", Keys.RECORD, "not a valid record: ")
        .hasLineCount(1);
  }

  @Test
  void aStoreThatFailsIsCountedAndDoesNotKeepTheStatusFromBeingTold() throws IOException {
    watched.afterNextGet(
        Keys.RECORD,
        () -> {
          throw new IOException("no answer");
        });

    String printed =
        PredictHandlerTest.printed(
            () -> assertThat(ask("/status").get("statusCode").asInt()).isEqualTo(200));

    assertThat(printed).contains("\"RefreshFailures\":1", Keys.RECORD, "no answer");
  }

  @Test
  void oneThatIsDeletedIsWithdrawn() throws IOException {
    publish(1);
    assertThat(ask("/record").get("statusCode").asInt()).isEqualTo(200);
    bucket.delete(Keys.RECORD);
    clock.advance(REFRESH);

    assertThat(ask("/record").get("statusCode").asInt()).isEqualTo(404);
  }

  @Test
  void whatTheDocumentShowsIsOne() throws IOException {
    String document = Files.readString(Path.of("docs", "api.md"));
    String shown = document.replaceFirst("(?s).*\n## `GET /record`\n.*?```json\n(.*?)```.*", "$1");

    assertThat(
            OpenApi.schema(OpenApi.DOCUMENT.at("/components/schemas/Record"))
                .validate(JSON.readTree(shown)))
        .isEmpty();
  }

  /** Of so many days; returns what is published. */
  private byte[] publish(int days) throws IOException {
    byte[] record = JudgedDays.record(days);
    bucket.write(Keys.RECORD, Content.of(record));
    return record;
  }

  private JsonNode ask(String path) throws IOException {
    return PredictHandlerTest.send(handler, "GET", path, Map.of());
  }

  private static JsonNode body(JsonNode answer) throws IOException {
    return PredictHandlerTest.body(answer);
  }
}
