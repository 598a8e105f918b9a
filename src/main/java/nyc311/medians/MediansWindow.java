package nyc311.medians;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.medians.DaySummary.TypeDay;
import nyc311.requests.ComplaintTypes;

/** Merges the summaries of a window's days into medians. Not thread-safe. */
final class MediansWindow {
  private final LocalDate from;
  private final LocalDate to;
  private final SortedMap<String, Merged> byNormalisedType = new TreeMap<>();
  private final Map<String, Merged> bySpelling = new HashMap<>();
  private Instant asOf = Instant.MIN;

  MediansWindow(LocalDate from, LocalDate to) {
    this.from = from;
    this.to = to;
  }

  /** Adds a day's summary, in any order; a day without requests changes nothing. */
  void add(DaySummary summary) {
    if (summary.accepted() > 0 && summary.asOf().isAfter(asOf)) {
      asOf = summary.asOf();
    }
    int weekday = summary.day().getDayOfWeek().getValue() - 1;
    for (TypeDay type : summary.types()) {
      bySpelling
          .computeIfAbsent(
              type.complaintType(),
              spelling ->
                  byNormalisedType.computeIfAbsent(
                      ComplaintTypes.normalise(spelling), normalised -> new Merged()))
          .add(type, weekday);
    }
  }

  /** The medians of all that was added. At least one request must have been. */
  Medians medians() {
    return new Medians(
        asOf,
        from,
        to,
        Medians.MOMENTS,
        byNormalisedType.values().parallelStream().map(Merged::medians).toList());
  }

  /** All spellings of one complaint type. */
  private static final class Merged {
    private final Map<String, Integer> requestsBySpelling = new TreeMap<>();
    private final PackedRequests closed = new PackedRequests();
    private final PackedRequests open = new PackedRequests();

    void add(TypeDay type, int weekday) {
      requestsBySpelling.merge(type.complaintType(), type.requests(), Integer::sum);
      closed.addAll(type.closed(), weekday);
      open.addAll(type.open(), weekday);
    }

    TypeMedians medians() {
      // Among equally frequent spellings, the first by name: the result must not depend on order.
      String spelling =
          requestsBySpelling.entrySet().stream()
              .min(
                  Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                      .thenComparing(Map.Entry.comparingByKey()))
              .orElseThrow()
              .getKey();
      return TypeMedians.of(spelling, closed.sortedBySeconds(), open.sortedBySeconds());
    }
  }
}
