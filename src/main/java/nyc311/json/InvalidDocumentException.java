package nyc311.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;

/** A document is incomplete, damaged, or not what this version of the program reads. */
public final class InvalidDocumentException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param document what it should be, such as {@code medians document}
   * @param problem what is wrong with it
   * @param cause or null
   */
  public InvalidDocumentException(String document, String problem, Exception cause) {
    super("not a valid " + document + ": " + JsonFault.plain(problem), cause);
  }

  /**
   * What to throw for a failure to read a document: this exception where the document is at fault,
   * and the same as before where it could not be fetched.
   *
   * @param document what it should be, such as {@code medians document}
   * @param failure of {@link DocumentReader}, or of what checks what was read: its {@link
   *     IllegalArgumentException}s say what is wrong
   */
  public static IOException of(String document, Exception failure) {
    boolean notFetched =
        failure instanceof IOException
            && !(failure instanceof JsonProcessingException)
            && !(failure instanceof CharConversionException);
    return notFetched
        ? (IOException) failure
        : new InvalidDocumentException(document, failure.getMessage(), failure);
  }
}
