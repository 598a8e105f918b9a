package nyc311.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.local.MemoryBucket;
import nyc311.medians.MediansJson;
import nyc311.requests.NewYork;

/** A record as it is published, for those who read it. */
public final class JudgedDays {
  private static final LocalDate LAST = LocalDate.parse("2019-07-10");
  private static final String COLLECTED_AT = "2019-07-20T06:00:00Z";

  private JudgedDays() {}

  /**
   * Of so many days that end with July 10, 2019, each with four requests: one was closed before its
   * range, one within it, and two took longer, of which one is still open.
   */
  public static byte[] record(int days) throws IOException {
    Bucket bucket = new MemoryBucket();
    for (LocalDate day = LAST.minusDays(days - 1L); !day.isAfter(LAST); day = day.plusDays(1)) {
      String rows =
          "[%s,%s,%s,%s]"
              .formatted(
                  RecordKeepingTest.closed(day, .5).replace("KEY", "1"),
                  RecordKeepingTest.closed(day, 5).replace("KEY", "2"),
                  RecordKeepingTest.closed(day, 20).replace("KEY", "3"),
                  RecordKeepingTest.open(day).replace("KEY", "4"));
      put(bucket, Keys.rawDay(day), rows.getBytes(UTF_8), Map.of(Keys.COLLECTED_AT, COLLECTED_AT));
      Instant before = NewYork.instant(day.atStartOfDay()).minusSeconds(1);
      byte[] medians = MediansJson.write(RecordKeepingTest.medians(10, day.minusDays(1), before));
      put(bucket, Keys.publishedMedians(day), medians, Map.of());
    }
    Clock clock = Clock.fixed(Instant.parse(COLLECTED_AT), ZoneOffset.UTC);
    new RecordKeeping(bucket, clock).run((task, done, all) -> {});
    try (StoredObject record = bucket.get(Keys.RECORD).orElseThrow()) {
      return record.content().readAllBytes();
    }
  }

  private static void put(Bucket bucket, String key, byte[] content, Map<String, String> metadata)
      throws IOException {
    bucket.put(key, Content.of(content), metadata, Optional.empty());
  }
}
