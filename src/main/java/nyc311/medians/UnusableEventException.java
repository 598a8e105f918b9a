package nyc311.medians;

import java.util.List;

/**
 * With an event, or a part of it, nothing can be done; what could be done is. Thrown so that the
 * event at last lies where someone looks. It has no stack, which would only tell of the reading.
 */
public final class UnusableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_TOLD = 5;

  UnusableEventException(List<String> problems) {
    super(
        "cannot recompute from "
            + String.join(", or from ", problems.subList(0, Math.min(MAX_TOLD, problems.size()))),
        null,
        false,
        false);
  }
}
