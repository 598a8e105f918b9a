package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.LocalTrigger;
import nyc311.local.Patience;
import nyc311.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/** S3's events, as JSON through the runtime's own serializer, until the medians are published. */
class MediansHandlerTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private LocalS3 s3;
  private MediansHandler handler;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    handler = handler(s3.client());
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "311/raw_data/2019-07-10.json",
        "311/raw_data/2019%2D07%2D10.json",
        "311%2Fraw_data%2F2019-07-10.json"
      })
  void anEncodedKeyIsDecoded(String key) throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 120));

    assertThat(handle(event(key)))
        .containsEntry("days", Map.of("2019-07-10", day("summarised", 1)))
        .containsEntry("ignored", List.of())
        .containsEntry("published", true)
        .containsEntry("window", "2019-05-12/2019-07-10");
    assertThat(medians().types()).singleElement().satisfies(t -> assertThat(t.p50()).isEqualTo(2));
  }

  @Test
  void theSampleEventOfAPutIsUnderstood() throws IOException {
    put(RawRows.of("2019-07-01").closed("Noise", 120));

    assertThat(handle(Files.readString(Path.of("events/s3-put.json"))))
        .containsEntry("days", Map.of("2019-07-01", day("summarised", 1)));
  }

  @Test
  void anEventWithoutARawDayFailsByItsKeys() {
    put(RawRows.of("2019-07-10").closed("Noise", 120));

    assertThatThrownBy(
            () ->
                handle(
                    event(
                        "311/raw_data/read+me.json",
                        "311/raw_data/2019-02-30.json",
                        "311/days/2019-07-10.json",
                        "311/raw_data/100%.json")))
        .isInstanceOf(UnusableEventException.class)
        .hasMessage(
            "cannot recompute from keys that are no raw days: 311/raw_data/read me.json,"
                + " 311/raw_data/2019-02-30.json, 311/days/2019-07-10.json,"
                + " 311/raw_data/100%.json");
    assertThat(keys()).containsExactly("311/raw_data/2019-07-10.json");
  }

  @Test
  void anIgnoredKeyDoesNotKeepTheOthersFromBeingDone() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 120));

    assertThat(handle(event("311/raw_data/100%.json", "311/raw_data/2019-07-10.json")))
        .containsEntry("ignored", List.of("311/raw_data/100%.json"))
        .containsEntry("days", Map.of("2019-07-10", day("summarised", 1)));
  }

  @Test
  void rowsAreReportedByWhatBecameOfThem() throws IOException {
    put(
        RawRows.of("2019-07-10")
            .closed("Noise", 120)
            .closed("Noise", -60)
            .closed("Noise", -60)
            .open("***", 1));

    assertThat(handle(event("311/raw_data/2019-07-10.json")).get("days"))
        .isEqualTo(
            Map.of(
                "2019-07-10",
                Map.of(
                    "outcome",
                    "summarised",
                    "rows",
                    4L,
                    "accepted",
                    1L,
                    "rejected",
                    Map.of("closed_before_created", 2L, "missing_complaint_type", 1L))));
  }

  /** The report on a day none of whose rows was rejected. */
  private static Map<String, Object> day(String outcome, long rows) {
    return Map.of("outcome", outcome, "rows", rows, "accepted", rows, "rejected", Map.of());
  }

  @Test
  void theEventWithWhichS3TestsATriggerDoesNothing() throws IOException {
    assertThat(
            handle(
                """
                {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2019-07-24T10:00:00.000Z",
                 "Bucket":"nyc311-local","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X"}\
                """))
        .isEqualTo(Map.of("ignored", List.of()));
    assertThat(keys()).isEmpty();
  }

  @Test
  void severalRecordsOfOneDayAreOneSummary() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 120));
    List<String> read = new CopyOnWriteArrayList<>();
    ExecutionInterceptor reads =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes unused) {
            if (call.request() instanceof GetObjectRequest get) {
              read.add(get.key());
            }
          }
        };
    try (S3Client client =
        s3.clientBuilder()
            .overrideConfiguration(override -> override.addExecutionInterceptor(reads))
            .build()) {
      String key = "311/raw_data/2019-07-10.json";
      context().invoke(handler(client), event(key, key, key));

      assertThat(read).containsOnlyOnce(key);
    }
  }

  @Test
  void aVanishedRawDayIsNoError() throws IOException {
    assertThat(handle(event("311/raw_data/2019-07-10.json")))
        .containsEntry("days", Map.of("2019-07-10", day("vanished", 0)))
        .containsEntry("failed", Map.of())
        .containsEntry("published", false)
        .doesNotContainKey("window");
  }

  @Test
  void aPoisonRecordDoesNotKeepTheOthersFromBeingDoneAndThenIsNamed() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put("2019-07-10", "<html>\n\"busy\"</html>".getBytes(UTF_8));
    put(RawRows.of("2019-07-11").closed("Noise", 120));
    String event =
        event(
            "311/raw_data/2019-07-09.json",
            "311/raw_data/2019-07-10.json",
            "311/raw_data/2019-07-11.json",
            "311/raw_data/read+me.json");

    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(log, true, UTF_8));
    try {
      assertThatThrownBy(
              () ->
                  new LocalContext("medians", Duration.ofMinutes(1), LogLevel.INFO)
                      .invoke(handler, event))
          .isInstanceOf(RecomputeFailedException.class)
          .hasMessageStartingWith(
              "cannot summarise 2019-07-10 (311/raw_data/2019-07-10.json at line 1, column 1")
          .hasCauseInstanceOf(IOException.class);
    } finally {
      System.setOut(console);
    }

    assertThat(medians().types())
        .extracting(TypeMedians::complaintType)
        .containsExactly("Noise", "Rats");
    assertThat(log.toString(UTF_8).lines())
        .singleElement()
        .satisfies(
            line -> {
              JsonNode report =
                  JSON.readTree(line.substring("medians: ".length())).get("recompute");
              assertThat(report.get("days"))
                  .isEqualTo(
                      JSON.readTree(
                          JSON.writeValueAsString(
                              Map.of(
                                  "2019-07-09",
                                  day("summarised", 1),
                                  "2019-07-11",
                                  day("summarised", 1)))));
              assertThat(report.get("failed").fieldNames())
                  .toIterable()
                  .containsExactly("2019-07-10");
              assertThat(report.at("/ignored/0").asText()).isEqualTo("311/raw_data/read me.json");
              assertThat(report.get("published").asBoolean()).isTrue();
              assertThat(report.get("window").asText()).isEqualTo("2019-05-13/2019-07-11");
            });
  }

  @Test
  void aDayPutByAForeignClientIsPublished() throws Exception {
    List<String> written = new CopyOnWriteArrayList<>();
    try (LocalTrigger trigger =
            new LocalTrigger(handler, Keys.RAW_DAYS, ".json", 2, LogLevel.FATAL);
        S3Client foreign = s3.clientBuilder().build()) {
      s3.onCreated(trigger);
      s3.onCreated(object -> written.add(object.key()));
      foreign.putObject(
          r -> r.bucket(s3.bucket()).key("311/raw_data/2019-07-10.json"),
          RequestBody.fromBytes(RawRows.of("2019-07-10").closed("Noise", 120).json()));
      trigger.awaitIdle(Patience.LIMIT);

      assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
      assertThat(written)
          .containsExactly(
              "311/raw_data/2019-07-10.json", "311/days/2019-07-10.json", "311/medians.json");
    }
  }

  @Test
  void anEventOfMoreThanAThousandDaysIsRefused() {
    String[] keys =
        LocalDate.of(2016, 1, 1)
            .datesUntil(LocalDate.of(2016, 1, 1).plusDays(1_001))
            .map(Keys::rawDay)
            .toArray(String[]::new);

    assertThatThrownBy(() -> handle(event(keys)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an event must name at most 1000 days: 1001");
  }

  @Test
  void whatIsCountedDatesFromTheHandlersClock() {
    Instant now = Instant.parse("2019-07-02T10:00:30Z");
    Recompute.Result published =
        new Recompute.Result(
            new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), true, Optional.empty());

    assertThat(
            new MediansHandler(
                    new Settings(Map.of()),
                    new S3Bucket(s3.client(), s3.bucket()),
                    Clock.fixed(now, ZoneOffset.UTC))
                .metrics(published, Optional.of(now.minusSeconds(30)))
                .toString())
        .contains("\"Timestamp\":" + now.toEpochMilli(), "\"PublicationLag\":30");
  }

  private MediansHandler handler(S3Client client) {
    Bucket bucket = new S3Bucket(client, s3.bucket());
    return new MediansHandler(new Settings(Map.of()), bucket, Clock.systemUTC());
  }

  private Map<String, Object> handle(String event) throws IOException {
    return JSON.readValue(context().invoke(handler, event), new TypeReference<>() {});
  }

  private static LocalContext context() {
    return new LocalContext("medians", Duration.ofMinutes(1), LogLevel.FATAL);
  }

  /** A notification with these keys, already encoded. */
  private static String event(String... keys) {
    return Arrays.stream(keys)
        .map(
            key ->
                """
                {"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1",
                 "eventTime":"2019-07-24T10:00:00.000Z","eventName":"ObjectCreated:Put",
                 "s3":{"s3SchemaVersion":"1.0","bucket":{"name":"nyc311-local"},
                       "object":{"key":"%s","size":1,"eTag":"0","sequencer":"0"}}}\
                """
                    .formatted(key))
        .collect(Collectors.joining(",", "{\"Records\":[", "]}"));
  }

  private void put(RawRows rows) {
    put(rows.day(), rows.json());
  }

  private void put(String day, byte[] content) {
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key("311/raw_data/" + day + ".json"),
            RequestBody.fromBytes(content));
  }

  private List<String> keys() {
    return s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  private Medians medians() throws IOException {
    return MediansJson.read(
        new ByteArrayInputStream(
            s3.client()
                .getObjectAsBytes(r -> r.bucket(s3.bucket()).key("311/medians.json"))
                .asByteArray()));
  }
}
