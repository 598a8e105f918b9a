package nyc311.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.medians.TypeMedians;
import nyc311.record.RecordKeeping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scheduled look back, against a real S3. */
class TrainHandlerTest {
  private static final LocalDate DAY = LocalDate.parse("2019-07-10");
  private static final Instant NOW = Instant.parse("2019-07-20T12:00:00Z");
  private static final String ROW =
      """
      [{"unique_key":"1","created_date":"%sT12:00:00.000","closed_date":"%sT14:00:00.000",
      "complaint_type":"Noise","status":"Closed"}]\
      """;

  private LocalS3 s3;
  private Bucket bucket;
  private TrainHandler handler;

  /** Half of ten requests were closed within five hours; then one was closed after two. */
  @BeforeEach
  void someAnswersWereInForceAndARequestCame() throws IOException {
    s3 = LocalS3.temporary();
    bucket = new S3Bucket(s3.client(), s3.bucket());
    handler = new TrainHandler(bucket, Clock.fixed(NOW, ZoneOffset.UTC));
    long[] hours = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    for (int i = 0; i < hours.length; i++) {
      hours[i] *= 3_600;
    }
    Medians medians =
        new Medians(
            Instant.parse("2019-07-10T03:00:00Z"),
            DAY.minusDays(9),
            DAY.minusDays(1),
            9,
            Medians.MOMENTS,
            List.of(TypeMedians.of("Noise", hours, new long[0])));
    put(Keys.publishedMedians(DAY), MediansJson.write(medians));
    raw(DAY, ROW.formatted(DAY, DAY));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @Test
  void theScheduleHasTheDaysJudgedAndTheRecordPublished() throws IOException {
    JsonNode answer = handle(Files.readString(Path.of("events", "train.json")));

    assertThat(answer)
        .hasToString(
            "{\"judged\":[\"2019-07-10\"],\"without\":[],\"failed\":{},\"record\":{\"days\":1,"
                + "\"medians\":{\"requests\":1,\"within\":1},"
                + "\"served\":{\"requests\":1,\"within\":1}}}");
    assertThat(bucket.head(Keys.record(DAY))).isPresent();
    assertThat(bucket.head(Keys.RECORD)).isPresent();
  }

  @Test
  void aSecondRunFindsNothingToDoAndSaysTheSameOfTheRecord() throws IOException {
    JsonNode first = handle("{}");
    Map<String, String> written = etags();

    JsonNode second = handle("{}");

    assertThat(second.path("judged")).isEmpty();
    assertThat(second.path("record")).isEqualTo(first.path("record"));
    assertThat(etags()).isEqualTo(written);
  }

  @Test
  void aDayForWhichNothingWasInForceIsToldAndIsNoFailure() throws IOException {
    LocalDate before = DAY.minusDays(1);
    raw(before, ROW.formatted(before, before));

    JsonNode answer = handle("{}");

    assertThat(answer.path("without")).hasToString("[\"2019-07-09\"]");
    assertThat(answer.path("judged")).hasToString("[\"2019-07-10\"]");
  }

  @Test
  void anEmptyBucketHasNoRecordYet() throws IOException {
    try (LocalS3 empty = LocalS3.temporary()) {
      TrainHandler first =
          new TrainHandler(
              new S3Bucket(empty.client(), empty.bucket()), Clock.fixed(NOW, ZoneOffset.UTC));

      assertThat(context().invoke(first, "{}"))
          .isEqualTo("{\"judged\":[],\"without\":[],\"failed\":{}}");
    }
  }

  @Test
  void aRawDayThatCannotBeReadFailsAfterAllElseIsDone() throws IOException {
    LocalDate broken = DAY.plusDays(1);
    raw(broken, "[{");

    assertThatExceptionOfType(JudgingFailedException.class)
        .isThrownBy(() -> handle("{}"))
        .withMessageStartingWith("cannot judge 2019-07-11 (");
    assertThat(bucket.head(Keys.record(DAY))).isPresent();
    assertThat(bucket.head(Keys.RECORD)).isPresent();

    raw(broken, ROW.formatted(broken, broken));
    assertThat(handle("{}").path("judged")).hasToString("[\"2019-07-11\"]");
  }

  @Test
  void whatFailedIsLogged() throws IOException {
    raw(DAY.plusDays(1), "[{");
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThatExceptionOfType(JudgingFailedException.class)
          .isThrownBy(
              () ->
                  new LocalContext("train", Duration.ofMinutes(1), LogLevel.INFO)
                      .invoke(handler, "{}"));
    } finally {
      System.setOut(before);
    }

    assertThat(out.toString(UTF_8))
        .contains(
            "train:"
                + " {\"train\":{\"judged\":[\"2019-07-10\"],\"without\":[],\"failed\":{\"2019-07-11\":\"");
  }

  @Test
  void whatIsCountedDatesFromTheHandlersClock() {
    RecordKeeping.Result result =
        new RecordKeeping.Result(
            List.of(DAY), List.of(DAY, DAY), new TreeMap<>(), Optional.empty());

    assertThat(handler.metrics(result).toString())
        .contains("\"Timestamp\":" + NOW.toEpochMilli())
        .contains("\"DaysJudged\":1", "\"DaysWithoutAnswers\":2", "\"DaysFailed\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"time\":\"2019-07-20T12:00:00Z\"}",
        "{\"detail-type\":\"Scheduled"
            + " Event\",\"source\":\"aws.events\",\"time\":\"2019-07-20T12:00:00Z\"}"
      })
  void aScheduleIsUnderstoodInEachOfItsForms(String event) throws IOException {
    assertThat(handle(event).path("judged")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"dates\":[\"2019-07-01\"]} | an object with dates",
        "[] | []",
        "'' | nothing",
        "{\"detail-type\":\"Object"
            + " Created\",\"source\":\"aws.s3\",\"time\":\"2019-07-20T12:00:00Z\"} | an event"
            + " \"Object Created\" of \"aws.s3\"",
        "{\"Records\":[{\"eventSource\":\"aws:s3\"}]} | an event of \"aws:s3\"",
      })
  void anEventOfSomethingElseIsRefusedByItsNameAndNothingIsDone(String event, String name)
      throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> handle(event))
        .withMessage("the event must be a schedule's, with a time, or empty: " + name);
    assertThat(bucket.head(Keys.RECORD)).isEmpty();
  }

  @Test
  void whatIsNoJsonIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> handle("{"))
        .withMessageStartingWith("the event must be JSON: ");
  }

  private JsonNode handle(String event) throws IOException {
    return new ObjectMapper().readTree(context().invoke(handler, event));
  }

  private static LocalContext context() {
    return new LocalContext("train", Duration.ofMinutes(1), LogLevel.FATAL);
  }

  private Map<String, String> etags() {
    Map<String, String> etags = new TreeMap<>();
    bucket.list("311/", "").forEach(object -> etags.put(object.key(), object.etag()));
    return etags;
  }

  private void raw(LocalDate day, String rows) throws IOException {
    put(Keys.rawDay(day), rows.getBytes(UTF_8));
  }

  private void put(String key, byte[] content) throws IOException {
    Map<String, String> metadata = Map.of(Keys.COLLECTED_AT, "2019-07-20T06:00:00Z");
    bucket.put(key, Content.of(content), metadata, bucket.head(key).map(head -> head.etag()));
  }
}
