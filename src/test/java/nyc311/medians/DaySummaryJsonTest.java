package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.DaySummary.TypeDay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaySummaryJsonTest {
  private static final DaySummary SUMMARY =
      new DaySummary(
          LocalDate.of(2019, 7, 10),
          "\"etag\"",
          Instant.parse("2019-07-20T16:00:00Z"),
          7,
          new TreeMap<>(Map.of("missing_status", 1L)),
          List.of(
              new TypeDay(
                  "Noise",
                  new long[] {
                    PackedRequests.pack(0, 0, 0),
                    PackedRequests.pack(3600, 7, 1),
                    PackedRequests.pack(3600, 8, 0),
                    PackedRequests.pack(5_000_000_000L, 23, 5)
                  },
                  new long[] {},
                  2),
              new TypeDay(
                  "Rodent \"Ä\"",
                  new long[] {},
                  new long[] {PackedRequests.pack(60, 12, 2), PackedRequests.pack(86_400, 12, 3)},
                  0)));

  @Test
  void aSummaryIsReadAsItWasWritten() throws IOException {
    byte[] json = DaySummaryJson.write(SUMMARY);

    assertThat(read(json)).usingRecursiveComparison().isEqualTo(SUMMARY);
    assertThat(new String(json, UTF_8))
        .contains("\"closed\":\"0aA3600hB0iA4999996400xF\",\"open\":\"\",\"day_only\":2");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"version\":4', '\"version\":3'",
    "'\"day_only\":2', '\"day_only\":5'",
    "'hB0iA', 'hB-1iA'",
    "'hB0iA', 'hB0.5iA'",
    "'hB0iA', 'hBiA'",
    "'hB0iA', 'iA0hB'",
    "'hB0iA', 'iB0iA'",
    "'hB0iA', 'hB0yA'",
    "'hB0iA', 'hB0`A'",
    "'hB0iA', 'hB0iG'",
    "'hB0iA', 'hB0i@'",
    "'hB0iA', 'hB0AI'",
    "'hB0iA', 'hB 0iA'",
    "'hB0iA', 'hB0000000000000iA'",
    "'\"60mC86340mD\"', '[60,86340]'",
    "'\"60mC86340mD\"', '\"60 86340\"'",
    "'\"60mC86340mD\"', '\"60mC86340mD \"'",
    "'\"60mC86340mD\"', '\"60mC86340m\"'",
    "'\"60mC86340mD\"', '\"60mC86340\"'",
    "'\"60mC86340mD\"', '\"18446744073709551617mC\"'",
    "'\"60mC86340mD\"', '\"\"'",
    "'4999996400', '9223372036854775807'",
    "'\"complaint_type\":\"Noise\",', ''",
    "'\"raw_etag\"', '\"etag\"'",
    "2019-07-10, 10 July",
    "']}', ''",
  })
  void whatCannotBeASummaryIsRefused(String part, String spoilt) {
    String json = new String(DaySummaryJson.write(SUMMARY), UTF_8);
    assertThat(json).contains(part);

    assertThatThrownBy(() -> read(json.replace(part, spoilt).getBytes(UTF_8)))
        .isInstanceOf(InvalidDocumentException.class);
  }

  private static DaySummary read(byte[] json) throws IOException {
    return DaySummaryJson.read(new ByteArrayInputStream(json));
  }
}
