package nyc311.json;

import java.util.regex.Pattern;

/** What Jackson says of JSON that is none, for people. */
public final class JsonFault {
  /** A place as Jackson writes it: where the text came from, which it does not tell, and where. */
  private static final Pattern PLACE = Pattern.compile("\\[Source: [^\\]]*; ([^;\\]]*)\\]");

  /** Jackson advises the programmer, where it is the file that is to be mended. */
  private static final Pattern NO_NUMBER =
      Pattern.compile("Non-standard token '([^']*)': enable .* to allow");

  private JsonFault() {}

  /**
   * A message in one line, its places just like {@code line 1, column 7}. Other messages stay as
   * they are, null too.
   */
  public static String plain(String message) {
    if (message == null) {
      return null;
    }
    String placed = PLACE.matcher(message).replaceAll(place -> place.group(1).replace(": ", " "));
    return NO_NUMBER
        .matcher(placed)
        .replaceAll("$1 is not JSON: leave out what has no value, or write null")
        .replaceAll("\\s*\\R\\s*", " ");
  }
}
