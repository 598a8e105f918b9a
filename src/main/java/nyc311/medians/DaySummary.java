package nyc311.medians;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import nyc311.bucket.StoredObject;
import nyc311.requests.CollectedDay;
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
    Map<String, Durations> byType = new TreeMap<>();
    CollectedDay collected =
        CollectedDay.read(
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
            .map(entry -> entry.getValue().summary(entry.getKey(), collected.asOf()))
            .toList();
    return new DaySummary(
        day, raw.head().etag(), collected.asOf(), collected.rows(), rejected, types);
  }

  private static final class Durations {
    private final LongStream.Builder resolutionTimes = LongStream.builder();
    private final LongStream.Builder openSince = LongStream.builder();

    void add(ServiceRequest request) {
      request
          .resolutionTime()
          .ifPresentOrElse(
              time -> resolutionTimes.add(time.toSeconds()),
              () -> openSince.add(request.created().getEpochSecond()));
    }

    TypeDay summary(String complaintType, Instant asOf) {
      return new TypeDay(
          complaintType,
          resolutionTimes.build().sorted().toArray(),
          openSince
              .build()
              .map(created -> Math.max(0, asOf.getEpochSecond() - created))
              .sorted()
              .toArray());
    }
  }
}
