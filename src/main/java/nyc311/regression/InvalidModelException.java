package nyc311.regression;

import java.io.IOException;
import nyc311.json.JsonFault;

/** A published model is incomplete, damaged, or not what this version of the program reads. */
public final class InvalidModelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * @param key the object that is not as it should be
   * @param problem what is wrong with it
   * @param cause the reader's exception, or null
   */
  public InvalidModelException(String key, String problem, Exception cause) {
    super("not a valid model, " + key + ": " + JsonFault.plain(problem), cause);
    this.key = key;
  }

  /** The object that is not as it should be. */
  public String key() {
    return key;
  }
}
