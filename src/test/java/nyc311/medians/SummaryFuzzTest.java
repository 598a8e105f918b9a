package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import nyc311.json.InvalidDocumentException;
import nyc311.local.OneSecond;

/**
 * Whatever lies where a day's summary should be, it is refused with the documented exception, or it
 * gives medians that can be published and read.
 */
class SummaryFuzzTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);

  @FuzzTest
  void anySummary(byte[] document) throws IOException {
    DaySummary summary;
    try {
      summary = OneSecond.of(() -> DaySummaryJson.read(new ByteArrayInputStream(document)));
    } catch (InvalidDocumentException e) {
      return;
    }
    byte[] written = DaySummaryJson.write(summary);
    assertThat(DaySummaryJson.write(DaySummaryJson.read(new ByteArrayInputStream(written))))
        .isEqualTo(written);
    if (summary.accepted() > 0) {
      MediansWindow window = new MediansWindow(DAY.minusDays(59), DAY);
      window.add(summary);
      Medians medians = window.medians();
      assertThat(MediansJson.read(new ByteArrayInputStream(MediansJson.write(medians))))
          .isEqualTo(medians);
    }
  }
}
