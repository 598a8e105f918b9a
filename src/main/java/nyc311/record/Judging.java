package nyc311.record;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.estimate.Estimates;
import nyc311.medians.TypeMedians;
import nyc311.regression.Situation;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;
import nyc311.requests.Place;
import nyc311.requests.ServiceRequest;

/** Asks for each request what was in force, as the API would have, and adds up how right it was. */
final class Judging {
  private static final double SECONDS_PER_HOUR = 3600;

  private final Estimates estimates;
  private final Instant asOf;
  private final SortedMap<String, Map<Asked, Tally>> types = new TreeMap<>();
  private final Map<String, Estimates.Curves> typesAlone = new HashMap<>();
  private int unknown;
  private int unlearnt;

  /**
   * @param estimates that were in force
   * @param asOf the instant that what is known of the requests dates from
   */
  Judging(Estimates estimates, Instant asOf) {
    this.estimates = estimates;
    this.asOf = asOf;
  }

  void judge(ServiceRequest request) {
    Optional<TypeMedians> type = estimates.types().find(request.complaintType());
    if (type.isEmpty()) {
      unknown++;
      return;
    }
    Situation situation = situation(request, type.get());
    if (estimates.model().isPresent()
        && !estimates.model().get().model().types().containsKey(situation.complaintType())) {
      unlearnt++;
    }
    double hours =
        request.resolutionTime(asOf).orElseGet(() -> request.ageAt(asOf)).toSeconds()
            / SECONDS_PER_HOUR;
    double followed = request.ageAt(asOf).toSeconds() / SECONDS_PER_HOUR;
    Estimates.Curves fresh = estimates.curves(type.get(), situation, OptionalDouble.empty());
    for (Asked asked : Asked.values()) {
      double waited = asked.waitedHours();
      // What was open for less is not asked so; what was followed for less tells too little.
      if ((waited == 0 || hours > waited) && followed - waited >= Tally.CAP_HOURS) {
        add(
            type.get(),
            asked,
            Tally.of(
                answer(asked, type.get(), fresh),
                new Tally.Outcome(request.closed() != null, hours - waited, followed - waited)));
      }
    }
  }

  private static Situation situation(ServiceRequest request, TypeMedians type) {
    Optional<Place> place =
        Optional.ofNullable(request.latitude())
            .map(latitude -> new Place(latitude, request.longitude()));
    LocalDateTime created = request.created().atZone(NewYork.ZONE).toLocalDateTime();
    return new Situation(
        type.complaintType(),
        Optional.ofNullable(request.descriptor()).filter(ComplaintTypes::isNamed),
        place,
        Optional.of(created));
  }

  private Estimates.Curves answer(Asked asked, TypeMedians type, Estimates.Curves fresh) {
    if (asked == Asked.MEDIANS) {
      return typesAlone.computeIfAbsent(
          type.complaintType(),
          name -> estimates.curves(type, Situation.of(name), OptionalDouble.empty()));
    }
    return asked.waitedHours() == 0 ? fresh : estimates.after(fresh, type, asked.waitedHours());
  }

  private void add(TypeMedians type, Asked asked, Tally tally) {
    types
        .computeIfAbsent(type.complaintType(), same -> new EnumMap<>(Asked.class))
        .merge(asked, tally, Tally::plus);
  }

  int unknown() {
    return unknown;
  }

  int unlearnt() {
    return unlearnt;
  }

  SortedMap<String, Map<Asked, Tally>> types() {
    return types;
  }
}
