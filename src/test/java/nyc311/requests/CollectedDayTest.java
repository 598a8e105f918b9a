package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a raw day's knowledge dates from, it is a whole second: clients compare it as text. */
class CollectedDayTest {
  private static final LocalDate DAY = LocalDate.parse("2019-07-01");
  private static final Instant PUT = Instant.parse("2019-07-03T04:05:06.123456789Z");
  private static final Instant SECOND = Instant.parse("2019-07-03T04:05:06Z");

  @Test
  void aFileWithoutRowsDatesFromTheSecondOfItsLastWrite(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve(DAY + ".json"), "[]");
    Files.setLastModifiedTime(file, FileTime.from(PUT));

    try (StoredObject raw =
        new FolderBucket(folder, Keys.RAW_DAYS).get(Keys.rawDay(DAY)).orElseThrow()) {
      assertThat(CollectedDay.read(DAY, raw, request -> {}).asOf()).isEqualTo(SECOND);
    }
  }

  @Test
  void aCollectionsFractionOfASecondDoesNotCount() throws IOException {
    assertThat(asOf("[]", Map.of(Keys.COLLECTED_AT, PUT.toString()))).isEqualTo(SECOND);
  }

  @Test
  void norDoesThatOfTheLatestRow() throws IOException {
    String row =
        """
        [{"created_date":"2019-07-01T10:00:00.750","status":"Open","complaint_type":"Noise"}]\
        """;

    assertThat(asOf(row, Map.of())).isEqualTo(Instant.parse("2019-07-01T14:00:00Z"));
  }

  private static Instant asOf(String rows, Map<String, String> metadata) throws IOException {
    byte[] content = rows.getBytes(UTF_8);
    ObjectHead head = new ObjectHead(Keys.rawDay(DAY), "etag", PUT, content.length, metadata);
    StoredObject raw = new StoredObject(head, new ByteArrayInputStream(content));
    return CollectedDay.read(DAY, raw, request -> {}).asOf();
  }
}
