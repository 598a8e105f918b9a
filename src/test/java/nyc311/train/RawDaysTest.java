package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalS3;
import nyc311.requests.RawDays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawDaysTest {
  private static final LocalDate DAY = LocalDate.parse("2019-07-01");
  private static final String OPEN_AT_TEN_AND_CLOSED_AT_NOON =
      """
      [{"created_date":"2019-07-01T10:00:00","status":"Open","complaint_type":"Rodent"},
       {"created_date":"2019-07-01T11:00:00","closed_date":"2019-07-01T12:00:00",
        "status":"Closed","complaint_type":"Rodent"}]\
      """;

  @Test
  void inTheBucketTheCollectorSaysWhenADaysKnowledgeDatesFrom() throws IOException {
    try (LocalS3 s3 = LocalS3.temporary()) {
      S3Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
      bucket.put(
          Keys.rawDay(DAY),
          Content.of(OPEN_AT_TEN_AND_CLOSED_AT_NOON.getBytes(StandardCharsets.UTF_8)),
          Map.of(Keys.COLLECTED_AT, "2019-07-03T14:00:00Z"),
          Optional.empty());
      RawDays rawDays = RawDays.in(bucket);

      Observations read = Observations.read(rawDays, rawDays.days(), World.SILENT);

      assertThat(rawDays.days()).containsExactly(DAY);
      assertThat(read.asOf()).isEqualTo("2019-07-03T14:00:00Z");
      assertThat(read.all()).extracting(Observation::hours).containsExactly(48.0, 1.0);
      assertThatThrownBy(() -> rawDays.open(DAY.plusDays(1)))
          .hasMessage("no such raw day: 311/raw_data/2019-07-02.json");
    }
  }

  @Test
  void inAFolderAFileSaysItselfWhatItKnowsLast(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve(DAY + ".json"), OPEN_AT_TEN_AND_CLOSED_AT_NOON);
    Files.writeString(folder.resolve("README.md"), "not a day");
    RawDays rawDays = RawDays.in(folder);

    Observations read = Observations.read(rawDays, rawDays.days(), World.SILENT);

    assertThat(read.asOf()).isEqualTo(Instant.parse("2019-07-01T16:00:00Z"));
    assertThat(read.all()).extracting(Observation::hours).containsExactly(2.0, 1.0);
    assertThat(read.all()).extracting(Observation::closed).isEqualTo(List.of(false, true));
  }
}
