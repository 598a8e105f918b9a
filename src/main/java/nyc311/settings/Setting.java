package nyc311.settings;

import java.util.Optional;

/**
 * Every environment variable of this program, with its default. Lambda's and the AWS SDK's are read
 * beside these ({@code AWS_REGION}, {@code AWS_ENDPOINT_URL_S3}, credentials).
 */
public enum Setting {
  /** The bucket that holds everything. */
  DATA_BUCKET(null),
  /** The Socrata resource with the days from 2020 on. */
  FEED_URL("https://data.cityofnewyork.us/resource/erm2-nwe9.json"),
  /** The Socrata resource with the days from 2010 to 2019. */
  FEED_ARCHIVE_URL("https://data.cityofnewyork.us/resource/76ig-c548.json"),
  /** The application token that lifts Socrata's shared throttling; empty means none. */
  FEED_APP_TOKEN(""),
  /** The Parameter Store parameter that has the token, where it is not given itself. */
  FEED_APP_TOKEN_PARAMETER(""),
  /** The ages in days at which a New York day is collected, counted from the run's own day. */
  LOOKBACK_DAYS("1,2,3,7,14,30,60"),
  /** How many created days the published medians cover. */
  WINDOW_DAYS("60"),
  /** How long the API serves what it has loaded before it asks the bucket for something newer. */
  REFRESH_SECONDS("300");

  private final String defaultValue;

  Setting(String defaultValue) {
    this.defaultValue = defaultValue;
  }

  /** The value used where the variable is absent or empty; empty when the variable is required. */
  public Optional<String> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }
}
