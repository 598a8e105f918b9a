package nyc311.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The program's configuration, read from environment variables. Every getter checks its variable
 * and throws an {@link IllegalArgumentException} that names the variable, the limit and the value.
 * Immutable.
 */
public final class Settings {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_DAYS = 6_000;
  private static final int MAX_REFRESH_SECONDS = 86_400;

  private final Map<String, String> environment;

  /**
   * @param environment the variables, such as {@link System#getenv()}
   */
  public Settings(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** The bucket's name, {@code DATA_BUCKET}. */
  public String bucket() {
    return value(Setting.DATA_BUCKET);
  }

  /** The feed's resource for days from 2020 on, {@code FEED_URL}. */
  public URI feedUrl() {
    return url(Setting.FEED_URL.name(), value(Setting.FEED_URL));
  }

  /** The feed's resource for days before 2020, {@code FEED_ARCHIVE_URL}. */
  public URI feedArchiveUrl() {
    return url(Setting.FEED_ARCHIVE_URL.name(), value(Setting.FEED_ARCHIVE_URL));
  }

  /** The feed's application token, {@code FEED_APP_TOKEN}; empty when there is none. */
  public Optional<String> feedAppToken() {
    return Optional.of(value(Setting.FEED_APP_TOKEN)).filter(token -> !token.isEmpty());
  }

  /** The parameter that has the token, {@code FEED_APP_TOKEN_PARAMETER}; empty when none does. */
  public Optional<String> feedAppTokenParameter() {
    return Optional.of(value(Setting.FEED_APP_TOKEN_PARAMETER)).filter(name -> !name.isEmpty());
  }

  /** The ages in days at which a day is collected, ascending, {@code LOOKBACK_DAYS}. */
  public SortedSet<Integer> lookbackDays() {
    SortedSet<Integer> days = new TreeSet<>();
    for (String day : value(Setting.LOOKBACK_DAYS).split(",", -1)) {
      days.add(number(Setting.LOOKBACK_DAYS, day.strip(), 1, MAX_DAYS));
    }
    return days;
  }

  /** How many created days the medians cover, {@code WINDOW_DAYS}. */
  public int windowDays() {
    return number(Setting.WINDOW_DAYS, value(Setting.WINDOW_DAYS), 1, MAX_DAYS);
  }

  /** How long loaded estimates are served before the bucket is asked, {@code REFRESH_SECONDS}. */
  public Duration refresh() {
    return Duration.ofSeconds(
        number(Setting.REFRESH_SECONDS, value(Setting.REFRESH_SECONDS), 0, MAX_REFRESH_SECONDS));
  }

  private String value(Setting setting) {
    return Optional.ofNullable(environment.get(setting.name()))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .or(setting::defaultValue)
        .orElseThrow(() -> new IllegalArgumentException(setting + " must be set"));
  }

  /**
   * A variable's value as the address of a server.
   *
   * @throws IllegalArgumentException when it is not an http or https URL
   */
  public static URI url(String variable, String value) {
    String problem = variable + " must be an http or https URL: " + value;
    try {
      URI url = new URI(value);
      if (url.getHost() != null
          && url.getPort() <= MAX_PORT
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(problem, e);
    }
    throw new IllegalArgumentException(problem);
  }

  private static int number(Setting setting, String value, int min, int max) {
    String problem =
        setting + " must be a whole number between " + min + " and " + max + ": " + value;
    try {
      int number = Integer.parseInt(value);
      if (min <= number && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(problem, e);
    }
    throw new IllegalArgumentException(problem);
  }
}
