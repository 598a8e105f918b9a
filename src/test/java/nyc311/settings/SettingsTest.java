package nyc311.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void onlyTheBucketMustBeSet() {
    Settings settings = new Settings(Map.of("DATA_BUCKET", "b", "FEED_APP_TOKEN", " "));

    assertThat(settings.bucket()).isEqualTo("b");
    assertThat(settings.feedUrl())
        .isEqualTo(URI.create("https://data.cityofnewyork.us/resource/erm2-nwe9.json"));
    assertThat(settings.feedArchiveUrl())
        .isEqualTo(URI.create("https://data.cityofnewyork.us/resource/76ig-c548.json"));
    assertThat(settings.feedAppToken()).isEmpty();
    assertThat(settings.lookbackDays()).containsExactly(1, 2, 3, 7, 14, 30, 60);
    assertThat(settings.windowDays()).isEqualTo(60);
    assertThat(settings.refresh()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aBadValueIsRefusedByName() {
    Settings settings =
        new Settings(
            Map.of(
                "FEED_URL", "ftp://x/y",
                "FEED_ARCHIVE_URL", "not a url",
                "LOOKBACK_DAYS", "1,,2",
                "WINDOW_DAYS", "0",
                "REFRESH_SECONDS", "3e2"));

    assertThatThrownBy(settings::bucket).hasMessage("DATA_BUCKET must be set");
    assertThatThrownBy(settings::feedUrl)
        .hasMessage("FEED_URL must be an http or https URL: ftp://x/y");
    assertThatThrownBy(settings::feedArchiveUrl)
        .hasMessage("FEED_ARCHIVE_URL must be an http or https URL: not a url");
    assertThatThrownBy(new Settings(Map.of("FEED_URL", "http://127.0.0.1:99999/x"))::feedUrl)
        .hasMessage("FEED_URL must be an http or https URL: http://127.0.0.1:99999/x");
    assertThatThrownBy(settings::lookbackDays)
        .hasMessage("LOOKBACK_DAYS must be a whole number between 1 and 6000: ");
    assertThatThrownBy(settings::windowDays)
        .hasMessage("WINDOW_DAYS must be a whole number between 1 and 6000: 0");
    assertThatThrownBy(settings::refresh)
        .hasMessage("REFRESH_SECONDS must be a whole number between 0 and 86400: 3e2");
  }
}
