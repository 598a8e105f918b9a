package nyc311.json;

import java.util.regex.Pattern;

/** What Jackson says of JSON that is none, for people. */
public final class JsonFault {
  /** A place as Jackson writes it: where the text came from, which it does not tell, and where. */
  private static final Pattern PLACE = Pattern.compile("\\[Source: [^\\]]*; ([^;\\]]*)\\]");

  private JsonFault() {}

  /**
   * A message in one line, its places just like {@code line 1, column 7}. Other messages stay as
   * they are, null too.
   */
  public static String plain(String message) {
    return message == null
        ? null
        : PLACE
            .matcher(message)
            .replaceAll(place -> place.group(1).replace(": ", " "))
            .replaceAll("\\s*\\R\\s*", " ");
  }
}
