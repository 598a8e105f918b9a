package nyc311.record;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.bucket.StoredObject;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;
import nyc311.requests.RawDay;
import nyc311.requests.ServiceRequest;

/**
 * How right the answers were that requests of one New York day would have had when they were made.
 *
 * @param rawEtag of the raw day that it was judged by
 * @param asOf the instant that this dates from
 * @param copied the day whose copy of what was in force gave the answers
 * @param mediansAsOf the instant that the medians dated from
 * @param model the version of the model; empty when there was none
 * @param unknown how many requests were of types that had no medians: they had no answer
 * @param unlearnt how many of the others were of types that the model did not know
 * @param types the sums of each complaint type, as the medians spell it, by what was asked
 */
public record JudgedDay(
    LocalDate day,
    String rawEtag,
    Instant asOf,
    LocalDate copied,
    Instant mediansAsOf,
    Optional<String> model,
    int unknown,
    int unlearnt,
    SortedMap<String, Map<Asked, Tally>> types) {
  public JudgedDay {
    types = new TreeMap<>(types);
  }

  /** Puts each request of a raw day to what was in force, and holds against it what became. */
  static JudgedDay of(LocalDate day, StoredObject raw, InForce inForce) throws IOException {
    List<ServiceRequest> requests = new ArrayList<>();
    Instant asOf = RawDay.read(day, raw, requests::add).asOf();
    Judging judging = new Judging(inForce.estimates(), asOf);
    requests.forEach(judging::judge);
    return new JudgedDay(
        day,
        raw.head().etag(),
        asOf,
        inForce.copied(),
        inForce.estimates().types().medians().asOf(),
        inForce.estimates().model().map(PublishedModel::version),
        judging.unknown(),
        judging.unlearnt(),
        judging.types());
  }

  /** The sums of all types. */
  public Map<Asked, Tally> total() {
    return TrackRecord.sum(types.values());
  }

  /** How long all of its requests were followed. */
  Duration followUp() {
    return Duration.between(NewYork.instant(day.plusDays(1).atStartOfDay()), asOf);
  }
}
