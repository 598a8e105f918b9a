package nyc311.train;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nyc311.bucket.StoredObject;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.Place;
import nyc311.requests.Progress;
import nyc311.requests.RawDay;
import nyc311.requests.RawDays;
import nyc311.requests.ServiceRequest;

/**
 * What was known of some raw days at one instant.
 *
 * @param asOf the instant that the newest knowledge dates from
 * @param all in the order of days and rows
 */
record Observations(Instant asOf, List<Observation> all) {
  private static final Duration HALF_LIFE = Duration.ofDays(60);

  /** Reads raw days, each of which was collected at its own time. */
  static Observations read(RawDays rawDays, Collection<LocalDate> days, Progress progress)
      throws IOException {
    Names names = new Names();
    List<Observation> all = new ArrayList<>();
    Instant newest = Instant.MIN;
    int done = 0;
    for (LocalDate day : days) {
      List<ServiceRequest> requests = new ArrayList<>();
      try (StoredObject raw = rawDays.open(day)) {
        Instant asOf = RawDay.read(day, raw, requests::add).asOf();
        newest = requests.isEmpty() || asOf.isBefore(newest) ? newest : asOf;
        requests.forEach(request -> all.add(names.observation(request, asOf)));
      }
      progress.show("raw days", ++done, days.size());
    }
    return new Observations(newest, all);
  }

  /**
   * What a collector that pulled every day would have known at an instant: no request that was
   * created later, and no closing that came later.
   */
  Observations at(Instant instant) {
    return new Observations(
        instant,
        all.stream()
            .filter(observation -> observation.created().isBefore(instant))
            .map(observation -> observation.at(instant))
            .toList());
  }

  /** The requests that were created at an instant or later. */
  List<Observation> since(Instant instant) {
    return all.stream().filter(observation -> !observation.created().isBefore(instant)).toList();
  }

  /** How much each counts, in the same order: half as much every 60 days back, 1 on average. */
  double[] weights() {
    double[] weights = all.stream().mapToDouble(this::recency).toArray();
    double mean = Arrays.stream(weights).average().orElseThrow();
    return Arrays.stream(weights).map(weight -> weight / mean).toArray();
  }

  private double recency(Observation observation) {
    Duration age = Duration.between(observation.created(), asOf);
    return Math.pow(2, -(double) age.toSeconds() / HALF_LIFE.toSeconds());
  }

  Map<String, List<Observation>> byType() {
    return all.stream()
        .collect(
            Collectors.groupingBy(Observation::complaintType, TreeMap::new, Collectors.toList()));
  }

  /** Each complaint type is normalised once, and each name kept once. */
  private static final class Names {
    private final Map<String, String> normalised = new HashMap<>();
    private final Map<String, String> kept = new HashMap<>();

    Observation observation(ServiceRequest request, Instant asOf) {
      Duration lasted = request.resolutionTime(asOf).orElseGet(() -> request.ageAt(asOf));
      Instant known = request.closed() == null ? asOf : request.closed();
      return new Observation(
          request.created(),
          normalised.computeIfAbsent(request.complaintType(), ComplaintTypes::normalise),
          kept(request.descriptor()),
          kept(request.agency()),
          request.latitude() == null ? null : new Place(request.latitude(), request.longitude()),
          request.closed() != null,
          lasted.toSeconds(),
          request.ageAt(known).toSeconds());
    }

    private String kept(String name) {
      return name == null ? null : kept.computeIfAbsent(name, same -> same);
    }
  }
}
