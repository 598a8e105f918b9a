package nyc311.collect;

import java.io.IOException;
import nyc311.json.JsonFault;

/** The feed did not give a day as it should. */
public final class FeedException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what went wrong, for a person
   * @param cause the last fault, or null
   */
  FeedException(String problem, Throwable cause) {
    super(JsonFault.plain(problem), cause);
  }
}
