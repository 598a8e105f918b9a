package nyc311.train;

import java.time.LocalDate;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Some raw days could not be read; all others were judged, and the record is published. Thrown so
 * that Lambda tries again and at last hands the event to the failure destination.
 */
public final class JudgingFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JudgingFailedException(SortedMap<LocalDate, Exception> failed) {
    super(
        "cannot judge "
            + failed.entrySet().stream()
                .map(day -> day.getKey() + " (" + day.getValue().getMessage() + ")")
                .collect(Collectors.joining(", ")),
        failed.get(failed.firstKey()));
  }
}
