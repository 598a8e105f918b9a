package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.Death;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The recomputer in a process of its own, killed at random instants: readers have the medians from
 * before or those from after, whole, and whatever event comes next ends in the state that there
 * would be without the kill.
 */
class RecomputeDeathIT {
  private static final LocalDate FIRST_DAY = LocalDate.parse("2019-07-01");
  private static final int DAYS = 5;

  /** Three documents of the day, two of the medians, a listing, each day's summary, a listing. */
  private static final int REQUESTS = 3 + 2 + 1 + DAYS + 1;

  private static final int WRITES = 2;

  @TempDir private static Path taskRoot;

  @Test
  void readersSeeTheOldOrTheNewAndTheNextEventConverges() throws Exception {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
    try (LocalS3 s3 = LocalS3.temporary();
        LocalS3 undisturbed = LocalS3.temporary()) {
      Death death = new Death(s3);
      for (int i = 0; i < DAYS; i++) {
        put(FIRST_DAY.plusDays(i), i, s3, undisturbed);
        handle(s3, FIRST_DAY.plusDays(i));
        handle(undisturbed, FIRST_DAY.plusDays(i));
      }
      for (int kill = 1; kill <= Death.KILLS; kill++) {
        LocalDate day = FIRST_DAY.plusDays(death.random().nextInt(DAYS));
        LocalDate next = FIRST_DAY.plusDays(death.random().nextInt(DAYS));
        String before = documents(s3).get(Keys.MEDIANS);
        put(day, DAYS + kill, s3, undisturbed);
        handle(undisturbed, day);
        Map<String, String> expected = documents(undisturbed);

        killed(s3, death, day);

        String seen = documents(s3).get(Keys.MEDIANS);
        assertThat(seen).as("%s", death).isIn(before, expected.get(Keys.MEDIANS));
        MediansJson.read(new ByteArrayInputStream(seen.getBytes(UTF_8)));
        handle(s3, next);
        assertThat(documents(s3)).as("%s", death).isEqualTo(expected);
      }
      System.out.println("recomputer killed: " + death);
      assertThat(death.hits()).as("%s", death).isGreaterThan(Death.KILLS / 2);
    }
  }

  private static void killed(LocalS3 s3, Death death, LocalDate day) throws Exception {
    try (LambdaProcess medians =
        LambdaProcess.start(
            Jdk.running(),
            taskRoot,
            "nyc311.medians.MediansHandler::handleRequest",
            s3.environment())) {
      medians.awaitReady();
      death.awaits(ProcessHandle.of(medians.pid()).orElseThrow(), 0, REQUESTS);
      Outcome outcome = medians.invoke(event(s3, day));
      assertThat(outcome.end()).as(outcome.body()).isIn(End.EXIT, End.RESULT);
      death.count(outcome.end() == End.EXIT, WRITES);
    }
  }

  /** Another content each time; enough of it that it is sent in more than one piece. */
  private static void put(LocalDate day, int minutes, LocalS3... buckets) {
    RawRows rows = RawRows.of(day.toString()).open("Rats", 3);
    for (int i = 0; i < 2_000; i++) {
      rows.closed("Type " + i % 100, minutes + i);
    }
    byte[] json = rows.json();
    for (LocalS3 s3 : buckets) {
      s3.client()
          .putObject(
              r ->
                  r.bucket(s3.bucket())
                      .key(Keys.rawDay(day))
                      .metadata(Map.of(Keys.COLLECTED_AT, "2019-07-20T16:00:00Z")),
              RequestBody.fromBytes(json));
    }
  }

  private static void handle(LocalS3 s3, LocalDate day) throws IOException {
    MediansHandler medians =
        new MediansHandler(
            new Settings(s3.environment()),
            new S3Bucket(s3.client(), s3.bucket()),
            Clock.systemUTC());
    new LocalContext("medians", Duration.ofMinutes(1), LogLevel.WARN)
        .invoke(medians, event(s3, day));
  }

  private static String event(LocalS3 s3, LocalDate day) {
    return new ObjectCreated("Put", s3.bucket(), Keys.rawDay(day), "unknown", 0, Instant.EPOCH, 0)
        .toJson();
  }

  private static Map<String, String> documents(LocalS3 s3) throws IOException {
    Map<String, String> documents = new TreeMap<>();
    s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents().stream()
        .map(S3Object::key)
        .filter(key -> !key.startsWith(Keys.RAW_DAYS))
        .forEach(
            key ->
                documents.put(
                    key,
                    s3.client()
                        .getObjectAsBytes(r -> r.bucket(s3.bucket()).key(key))
                        .asUtf8String()));
    return documents;
  }
}
