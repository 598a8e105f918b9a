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
              new TypeDay("Noise", new long[] {0, 3600, 3600, 5_000_000_000L}, new long[] {}),
              new TypeDay("Rodent \"Ä\"", new long[] {}, new long[] {60, 86_400})));

  @Test
  void aSummaryIsReadAsItWasWritten() throws IOException {
    byte[] json = DaySummaryJson.write(SUMMARY);

    assertThat(read(json)).usingRecursiveComparison().isEqualTo(SUMMARY);
    assertThat(new String(json, UTF_8))
        .contains("\"resolution_times\":\"0 3600 0 4999996400\",\"ages\":\"\"");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"version\":2', '\"version\":1'",
    "'0 3600 0', '0 -3600 0'",
    "'0 3600 0', '0 3600.5 0'",
    "'\"60 86340\"', '[60,86340]'",
    "'\"60 86340\"', '\"60  86340\"'",
    "'\"60 86340\"', '\" 60 86340\"'",
    "'\"60 86340\"', '\"60 86340 \"'",
    "'\"60 86340\"', '\" \"'",
    "'\"60 86340\"', '\"18446744073709551617\"'",
    "'\"60 86340\"', '\"\"'",
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
