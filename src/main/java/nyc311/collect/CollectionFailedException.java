package nyc311.collect;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Some days could not be collected; all others were. Thrown so that Lambda tries again and at last
 * hands the event to the failure destination.
 */
public final class CollectionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CollectionFailedException(List<Collector.DayReport> failed) {
    super(
        "cannot collect "
            + failed.stream()
                .map(day -> day.day() + " (" + day.problem().orElse("") + ")")
                .collect(Collectors.joining(", ")));
  }
}
