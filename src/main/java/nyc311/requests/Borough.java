package nyc311.requests;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The five boroughs, in the order of their names. Day summaries count on that order. */
public enum Borough {
  BRONX("Bronx", 'X'),
  BROOKLYN("Brooklyn", 'K'),
  MANHATTAN("Manhattan", 'M'),
  QUEENS("Queens", 'Q'),
  STATEN_ISLAND("Staten Island", 'R');

  private static final Map<String, Borough> BY_NAME =
      Arrays.stream(values())
          .collect(
              Collectors.toMap(
                  borough -> borough.displayName.toUpperCase(Locale.ROOT), Function.identity()));

  private final String displayName;
  private final char letter;

  Borough(String displayName, char letter) {
    this.displayName = displayName;
    this.letter = letter;
  }

  /** The letter that the city has for it, as in the numbers of its schools. */
  char letter() {
    return letter;
  }

  /** The name as people write it, such as {@code Staten Island}. */
  public String displayName() {
    return displayName;
  }

  /**
   * The borough that a row of the feed names, in any case: {@code STATEN ISLAND}.
   *
   * @param name null when absent
   * @return empty for {@code Unspecified} and for any other text
   */
  public static Optional<Borough> named(String name) {
    if (name == null) {
      return Optional.empty();
    }
    Borough borough = BY_NAME.get(name);
    // Every row asks, and most have capitals.
    return Optional.ofNullable(
        borough == null ? BY_NAME.get(name.toUpperCase(Locale.ROOT)) : borough);
  }
}
