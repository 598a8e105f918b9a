package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
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
 * raw days that it names; and it fails only for a raw day that cannot be read, or for too many
 * records.
 */
class NotificationFuzzTest {
  private static final PojoSerializer<S3Event> SERIALIZER =
      LambdaEventSerializers.serializerFor(S3Event.class, S3Event.class.getClassLoader());
  private static final LocalContext CONTEXT =
      new LocalContext("medians", Duration.ofDays(1), LogLevel.FATAL);
  private static final String GOOD = "311/raw_data/2019-07-01.json";
  private static final String MALFORMED = "311/raw_data/2019-07-02.json";
  private static final byte[] DAY = RawRows.of("2019-07-01").closed("Noise", 60).json();

  @FuzzTest
  void anyNotification(byte[] json) {
    S3Event event;
    try {
      event = SERIALIZER.fromJson(new ByteArrayInputStream(json));
    } catch (RuntimeException e) {
      // Lambda's own, before the function is called.
      return;
    }
    MemoryBucket bucket = new MemoryBucket();
    bucket.write(GOOD, Content.of(DAY));
    bucket.write(MALFORMED, Content.of("<html>".getBytes(StandardCharsets.UTF_8)));
    List<ListedObject> before = bucket.list(Keys.RAW_DAYS, "");
    try {
      Map<String, Object> report =
          new MediansHandler(new Settings(Map.of()), bucket).handleRequest(event, CONTEXT);
      assertThat(report).containsKey("ignored");
    } catch (RecomputeFailedException e) {
      assertThat(e).hasMessageContaining(MALFORMED);
    } catch (IllegalArgumentException e) {
      assertThat(event.getRecords()).hasSizeGreaterThan(1_000);
    }
    assertThat(bucket.list(Keys.RAW_DAYS, "")).isEqualTo(before);
    assertThat(bucket.list("", ""))
        .extracting(ListedObject::key)
        .isSubsetOf(GOOD, MALFORMED, "311/days/2019-07-01.json", Keys.MEDIANS);
  }
}
