package nyc311.medians;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.bucket.StoredObject;
import nyc311.requests.Borough;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;
import nyc311.requests.RawDay;
import nyc311.requests.ServiceRequest;

/**
 * What the medians need of one raw day: every request's resolution time or age, the hour of its
 * creation and its borough, by complaint type.
 *
 * @param day the New York day of creation
 * @param rawEtag the entity tag of the raw day that this was made from; empty when that day is not
 *     there any more
 * @param asOf the instant that the raw day's knowledge dates from; open requests are censored there
 * @param rows how many rows the raw day has
 * @param rejected how many of them were not counted, by reason
 * @param types one entry per complaint type as spelt, ordered by name
 */
public record DaySummary(
    LocalDate day,
    String rawEtag,
    Instant asOf,
    long rows,
    SortedMap<String, Long> rejected,
    List<TypeDay> types) {
  /**
   * One complaint type on one day, as {@link PackedRequests} of any weekday; both arrays ascend.
   *
   * @param closed with their resolution times
   * @param open with their ages
   * @param dayOnly of how many closings only the day is known
   */
  @SuppressWarnings("ArrayRecordComponent") // A day has ten thousand of them; never compared.
  record TypeDay(String complaintType, long[] closed, long[] open, int dayOnly) {
    TypeDay {
      ComplaintTypes.requireName(complaintType);
      requireAscending(complaintType, closed);
      requireAscending(complaintType, open);
      if (closed.length + open.length == 0) {
        throw new IllegalArgumentException(complaintType + " must have a request");
      }
      if (dayOnly < 0 || dayOnly > closed.length) {
        throw new IllegalArgumentException(
            complaintType + ": day_only must be between 0 and " + closed.length + ": " + dayOnly);
      }
    }

    private static void requireAscending(String complaintType, long[] requests) {
      long before = 0;
      for (long request : requests) {
        if (request < before) {
          throw new IllegalArgumentException(
              complaintType
                  + ": requests must ascend, and by hour and borough where seconds are the same: "
                  + PackedRequests.seconds(request));
        }
        before = request;
      }
    }

    int requests() {
      return closed.length + open.length;
    }
  }

  public DaySummary {
    RawDay.requireAsOf(asOf);
    rejected = Collections.unmodifiableSortedMap(new TreeMap<>(rejected));
    types = List.copyOf(types);
  }

  /** How many requests are counted. */
  public long accepted() {
    return types.stream().mapToLong(TypeDay::requests).sum();
  }

  /** How many of them are open. */
  public long open() {
    return types.stream().mapToLong(type -> type.open().length).sum();
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
  public static DaySummary of(LocalDate day, StoredObject raw) throws IOException {
    Map<String, Requests> byType = new HashMap<>();
    RawDay read =
        RawDay.readWithoutPlaces(
            day,
            raw,
            request ->
                byType
                    .computeIfAbsent(request.complaintType(), type -> new Requests())
                    .add(day, request));
    SortedMap<String, Long> rejected = new TreeMap<>();
    read.rejected().forEach((reason, count) -> rejected.put(reason.jsonName(), count));
    List<TypeDay> types =
        byType.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getValue().summary(day, entry.getKey(), read.asOf()))
            .toList();
    return new DaySummary(day, raw.head().etag(), read.asOf(), read.rows(), rejected, types);
  }

  private static final class Requests {
    private final PackedRequests closed = new PackedRequests();

    /** The seconds are those from 1970 to the creation. */
    private final PackedRequests open = new PackedRequests();

    /** How long they took depends on the as-of, which is known when all are read. */
    private final List<ServiceRequest> dayOnly = new ArrayList<>();

    void add(LocalDate day, ServiceRequest request) {
      if (request.closed() == null) {
        open.add(packed(day, request, Duration.ofSeconds(request.created().getEpochSecond())));
      } else if (request.isClosedDayOnly()) {
        dayOnly.add(request);
      } else {
        closed.add(packed(day, request, Duration.between(request.created(), request.closed())));
      }
    }

    private static long packed(LocalDate day, ServiceRequest request, Duration duration) {
      return PackedRequests.pack(
          duration.toSeconds(),
          NewYork.hour(day, request.created()),
          PackedRequests.number(Borough.named(request.borough())));
    }

    TypeDay summary(LocalDate day, String complaintType, Instant asOf) {
      for (ServiceRequest request : dayOnly) {
        closed.add(packed(day, request, request.resolutionTime(asOf).orElseThrow()));
      }
      PackedRequests aged = new PackedRequests();
      for (long request : open.toArray()) {
        long age = Math.max(0, asOf.getEpochSecond() - PackedRequests.seconds(request));
        aged.add(
            PackedRequests.pack(
                age, PackedRequests.hour(request), PackedRequests.borough(request)));
      }
      return new TypeDay(complaintType, closed.sorted(), aged.sorted(), dayOnly.size());
    }
  }
}
