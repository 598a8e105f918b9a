package nyc311.requests;

import java.util.Optional;

/** The five boroughs, in the order of their names. Day summaries count on that order. */
public enum Borough {
  BRONX("Bronx"),
  BROOKLYN("Brooklyn"),
  MANHATTAN("Manhattan"),
  QUEENS("Queens"),
  STATEN_ISLAND("Staten Island");

  private final String displayName;

  Borough(String displayName) {
    this.displayName = displayName;
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
    for (Borough borough : values()) {
      if (borough.displayName.equalsIgnoreCase(name)) {
        return Optional.of(borough);
      }
    }
    return Optional.empty();
  }
}
