package nyc311.medians;

import java.time.LocalDate;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Some raw days could not be summarised; all others were, and the medians are published. Thrown so
 * that Lambda tries again and at last hands the event to the failure destination.
 */
public final class RecomputeFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RecomputeFailedException(SortedMap<LocalDate, Exception> failed) {
    super(
        "cannot summarise "
            + failed.entrySet().stream()
                .map(day -> day.getKey() + " (" + day.getValue().getMessage() + ")")
                .collect(Collectors.joining(", ")),
        failed.get(failed.firstKey()));
  }
}
