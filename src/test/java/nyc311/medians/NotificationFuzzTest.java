package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.local.LocalContext;
import nyc311.local.MemoryBucket;
import nyc311.settings.Settings;

/**
 * Whatever the notification says, nothing but the summaries and the medians is written, from the
 * raw days that it names. It succeeds when something was done, or was only a test; it fails for a
 * raw day that cannot be read, for what is not understood, and for too many days.
 */
class NotificationFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalContext CONTEXT =
      new LocalContext("medians", Duration.ofDays(1), LogLevel.FATAL);
  private static final String GOOD = "311/raw_data/2019-07-01.json";
  private static final String MALFORMED = "311/raw_data/2019-07-02.json";
  private static final byte[] DAY = RawRows.of("2019-07-01").closed("Noise", 60).json();

  @FuzzTest
  void anyNotification(byte[] json) throws IOException {
    MemoryBucket bucket = new MemoryBucket();
    bucket.write(GOOD, Content.of(DAY));
    bucket.write(MALFORMED, Content.of("<html>".getBytes(StandardCharsets.UTF_8)));
    List<ListedObject> before = bucket.list(Keys.RAW_DAYS, "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new MediansHandler(new Settings(Map.of()), bucket, Clock.systemUTC())
          .handleRequest(new ByteArrayInputStream(json), out, CONTEXT);
      JsonNode report = JSON.readTree(out.toByteArray());
      assertThat(!report.path("days").isEmpty() || isTest(json)).as(report::toString).isTrue();
    } catch (RecomputeFailedException e) {
      assertThat(e).hasMessageContaining(MALFORMED);
    } catch (UnusableEventException e) {
      assertThat(e).hasMessageStartingWith("cannot recompute from ");
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("an event must name at most 1000 days: ");
    }
    assertThat(bucket.list(Keys.RAW_DAYS, "")).isEqualTo(before);
    assertThat(bucket.list("", ""))
        .extracting(ListedObject::key)
        .isSubsetOf(GOOD, MALFORMED, "311/days/2019-07-01.json", Keys.MEDIANS);
  }

  private static boolean isTest(byte[] json) {
    return new String(json, StandardCharsets.UTF_8).contains("s3:TestEvent");
  }
}
