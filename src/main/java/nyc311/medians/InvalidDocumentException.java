package nyc311.medians;

import java.io.IOException;
import nyc311.json.JsonFault;

/** A document in the bucket is not what this version of the program writes. */
public final class InvalidDocumentException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param document what it should be, such as {@code medians}
   * @param problem what is wrong with it
   */
  public InvalidDocumentException(String document, String problem) {
    super("not a valid " + document + " document: " + JsonFault.plain(problem));
  }

  /**
   * @param document what it should be, such as {@code medians}
   * @param cause what is wrong with it
   */
  public InvalidDocumentException(String document, Exception cause) {
    super("not a valid " + document + " document: " + JsonFault.plain(cause.getMessage()), cause);
  }
}
