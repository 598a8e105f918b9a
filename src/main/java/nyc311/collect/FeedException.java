package nyc311.collect;

import java.io.IOException;
import nyc311.json.JsonFault;

/** The feed did not give a day as it should. */
public class FeedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Of an answer that is not tried again; 0 when it is something else that went wrong. */
  private final int status;

  /**
   * @param problem what went wrong, for a person
   * @param cause the last fault, or null
   */
  FeedException(String problem, Throwable cause) {
    this(problem, 0, cause);
  }

  FeedException(String problem, int status, Throwable cause) {
    super(JsonFault.plain(problem), cause);
    this.status = status;
  }

  /** The status with which the feed refuses; 0 when that is not the problem. */
  int status() {
    return status;
  }
}
