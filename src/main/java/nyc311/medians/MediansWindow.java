package nyc311.medians;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.bucket.StoredObject;
import nyc311.medians.DaySummary.TypeDay;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.Progress;
import nyc311.requests.RawDays;

/** Merges the summaries of a window's days into medians. Not thread-safe. */
public final class MediansWindow {
  private final LocalDate from;
  private final LocalDate to;
  private final SortedMap<String, Merged> byNormalisedType = new TreeMap<>();
  private final Map<String, Merged> bySpelling = new HashMap<>();
  private Instant asOf = Instant.MIN;
  private int daysWithData;

  /** A window of days, both included. */
  public MediansWindow(LocalDate from, LocalDate to) {
    this.from = from;
    this.to = to;
  }

  /**
   * The medians of the window that ends with the newest day that has requests, read from there
   * back.
   *
   * @return empty when no day has a request
   */
  public static Optional<Medians> newest(RawDays rawDays, int windowDays, Progress progress)
      throws IOException {
    NavigableSet<LocalDate> days = rawDays.days();
    int read = 0;
    MediansWindow window = null;
    LocalDate from = LocalDate.MIN;
    for (LocalDate day : days.descendingSet()) {
      if (day.isBefore(from)) {
        break;
      }
      DaySummary summary;
      try (StoredObject raw = rawDays.open(day)) {
        summary = DaySummary.of(day, raw);
      }
      if (window == null && summary.accepted() > 0) {
        from = day.minusDays(windowDays - 1L);
        window = new MediansWindow(from, day);
      }
      if (window != null) {
        window.add(summary);
      }
      progress.show("raw days", ++read, Math.min(days.size(), windowDays));
    }
    return Optional.ofNullable(window).map(MediansWindow::medians);
  }

  /** Adds a day's summary, in any order; a day without requests changes nothing. */
  public void add(DaySummary summary) {
    if (summary.accepted() > 0) {
      daysWithData++;
      asOf = summary.asOf().isAfter(asOf) ? summary.asOf() : asOf;
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
  public Medians medians() {
    return new Medians(
        asOf,
        from,
        to,
        daysWithData,
        Medians.MOMENTS,
        byNormalisedType.values().parallelStream().map(Merged::medians).toList());
  }

  /** All spellings of one complaint type. */
  private static final class Merged {
    private final Map<String, Integer> requestsBySpelling = new TreeMap<>();
    private final PackedRequests closed = new PackedRequests();
    private final PackedRequests open = new PackedRequests();
    private int dayOnly;

    void add(TypeDay type, int weekday) {
      requestsBySpelling.merge(type.complaintType(), type.requests(), Integer::sum);
      closed.addAll(type.closed(), weekday);
      open.addAll(type.open(), weekday);
      dayOnly += type.dayOnly();
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
      return TypeMedians.of(spelling, closed.sortedBySeconds(), open.sortedBySeconds(), dayOnly);
    }
  }
}
