package nyc311.requests;

import java.util.Locale;

/** What a row's status says. */
enum Status {
  /** Somebody waits for it, whatever closing date it has. */
  OPEN,
  /** It was resolved at its closing date; without one somebody waits for it. */
  CLOSED,
  /** It was withdrawn. */
  CANCELLED;

  /** By its name in any case, with any blanks around it; one that is not known is open. */
  static Status named(String name) {
    return switch (name) {
      // As the city spells nearly all of them.
      case "Closed" -> CLOSED;
      case "Open", "In Progress" -> OPEN;
      default ->
          switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "closed", "unspecified" -> CLOSED;
            case "cancel", "canceled", "cancelled" -> CANCELLED;
            default -> OPEN;
          };
    };
  }
}
