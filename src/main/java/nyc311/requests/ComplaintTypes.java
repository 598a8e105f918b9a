package nyc311.requests;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The names of complaint types, which differ in case and punctuation over time. */
public final class ComplaintTypes {
  /** Longer names are none of the city's: the longest in use has 40 characters. */
  public static final int MAX_LENGTH = 200;

  /** That are published at a time: the city has had five hundred since 2010. */
  public static final int MAX_PUBLISHED = 2_000;

  private ComplaintTypes() {}

  /**
   * Checks what has come from a file.
   *
   * @return the same name
   * @throws IllegalArgumentException when it is none: see {@link #isName}
   */
  public static String requireName(String complaintType) {
    if (!isName(complaintType)) {
      throw new IllegalArgumentException(
          "name must be of characters, a letter or digit among them, and at most "
              + MAX_LENGTH
              + ": "
              + complaintType.substring(0, Math.min(MAX_LENGTH, complaintType.length())));
    }
    return complaintType;
  }

  /**
   * Whether a text can be the name of a complaint type, or of a descriptor: it has at most {@link
   * #MAX_LENGTH} characters, a letter or digit among them, and no half of a surrogate pair.
   */
  public static boolean isName(String text) {
    return text.length() <= MAX_LENGTH
        && isNamed(text)
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Whether there is a letter or a digit, so that {@link #normalise} leaves something. */
  public static boolean isNamed(String complaintType) {
    for (int i = 0; i < complaintType.length(); ) {
      int character = complaintType.codePointAt(i);
      if (Character.isLetterOrDigit(character)) {
        return true;
      }
      i += Character.charCount(character);
    }
    return false;
  }

  /**
   * The form in which two spellings of one complaint type are equal: lower-case, every run of
   * characters that are neither letters nor digits is one space, none at the ends. May be empty.
   */
  public static String normalise(String complaintType) {
    String lower = complaintType.toLowerCase(Locale.ROOT);
    StringBuilder key = new StringBuilder(lower.length());
    for (int i = 0; i < lower.length(); ) {
      int character = lower.codePointAt(i);
      i += Character.charCount(character);
      if (Character.isLetterOrDigit(character)) {
        key.appendCodePoint(character);
      } else if (!key.isEmpty() && key.charAt(key.length() - 1) != ' ') {
        key.append(' ');
      }
    }
    return key.toString().stripTrailing();
  }
}
