package nyc311.medians;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.bucket.StoredObject;
import nyc311.requests.CollectedDay;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.ServiceRequest;

/**
 * What the medians need of one raw day: every resolution time and every age, by complaint type.
 *
 * @param day the New York day of creation
 * @param rawEtag the entity tag of the raw day that this was made from; empty when that day is not
 *     there any more
 * @param asOf the instant that the raw day's knowledge dates from; open requests are censored there
 * @param rows how many rows the raw day has
 * @param rejected how many of them were not counted, by reason
 * @param types one entry per complaint type as spelt, ordered by name
 */
record DaySummary(
    LocalDate day,
    String rawEtag,
    Instant asOf,
    long rows,
    SortedMap<String, Long> rejected,
    List<TypeDay> types) {
  /**
   * One complaint type on one day; both arrays in seconds and ascending.
   *
   * @param resolutionTimes of closed requests
   * @param ages of open ones
   */
  @SuppressWarnings("ArrayRecordComponent") // A day has ten thousand of them; never compared.
  record TypeDay(String complaintType, long[] resolutionTimes, long[] ages) {
    TypeDay {
      ComplaintTypes.requireName(complaintType);
      requireAscending(complaintType, resolutionTimes);
      requireAscending(complaintType, ages);
      if (resolutionTimes.length + ages.length == 0) {
        throw new IllegalArgumentException(complaintType + " must have a request");
      }
    }

    private static void requireAscending(String complaintType, long[] seconds) {
      long before = 0;
      for (long value : seconds) {
        if (value < before) {
          throw new IllegalArgumentException(
              complaintType + ": seconds must not be below " + before + ": " + value);
        }
        before = value;
      }
    }

    int requests() {
      return resolutionTimes.length + ages.length;
    }
  }

  DaySummary {
    rejected = Collections.unmodifiableSortedMap(new TreeMap<>(rejected));
    types = List.copyOf(types);
  }

  /** How many requests are counted. */
  long accepted() {
    return types.stream().mapToLong(TypeDay::requests).sum();
  }

  /** Whether there is no raw file. */
  boolean isOfNothing() {
    return rawEtag.isEmpty();
  }

  /** The summary of a day whose raw file is not there any more. */
  static DaySummary ofNothing(LocalDate day) {
    return new DaySummary(day, "", Instant.EPOCH, 0, new TreeMap<>(), List.of());
  }

  /**
   * Summarises a raw day, row by row.
   *
   * @throws nyc311.requests.MalformedRawDayException when it is not a JSON array of objects
   * @throws IOException when it cannot be read, or its {@code collected-at} is not an instant
   */
  static DaySummary of(LocalDate day, StoredObject raw) throws IOException {
    Map<String, Durations> byType = new HashMap<>();
    CollectedDay collected =
        CollectedDay.readWithoutPlaces(
            day,
            raw,
            request ->
                byType
                    .computeIfAbsent(request.complaintType(), type -> new Durations())
                    .add(request));
    if (collected.accepted() == 0) {
      byType.clear();
    }
    SortedMap<String, Long> rejected = new TreeMap<>();
    collected.rejected().forEach((reason, count) -> rejected.put(reason.jsonName(), count));
    List<TypeDay> types =
        byType.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getValue().summary(entry.getKey(), collected.asOf()))
            .toList();
    return new DaySummary(
        day, raw.head().etag(), collected.asOf(), collected.rows(), rejected, types);
  }

  private static final class Durations {
    private final Seconds resolutionTimes = new Seconds();

    /** In seconds from 1970. */
    private final Seconds openSince = new Seconds();

    void add(ServiceRequest request) {
      if (request.closed() == null) {
        openSince.add(request.created().getEpochSecond());
      } else {
        resolutionTimes.add(request.created().until(request.closed(), ChronoUnit.SECONDS));
      }
    }

    TypeDay summary(String complaintType, Instant asOf) {
      Seconds ages = new Seconds();
      for (long created : openSince.toArray()) {
        ages.add(Math.max(0, asOf.getEpochSecond() - created));
      }
      return new TypeDay(complaintType, resolutionTimes.sorted(), ages.sorted());
    }
  }
}
