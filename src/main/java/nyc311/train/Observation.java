package nyc311.train;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nyc311.regression.Situation;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;
import nyc311.requests.Place;

/**
 * What is known, at some instant, of how long a request took. There can be millions in memory.
 *
 * @param created when it was made
 * @param complaintType in normal form
 * @param descriptor the finer category as the feed spells it; null when absent
 * @param agency who handles it; null when absent
 * @param place where; null when unknown
 * @param closed whether it was closed by then
 * @param seconds the resolution time of a closed one, the age of an open one; not negative
 * @param stamped the seconds from creation to the closing's stamp, which tells when it was known:
 *     below {@code seconds} if only the day is known; for an open one, its age
 */
record Observation(
    Instant created,
    String complaintType,
    String descriptor,
    String agency,
    Place place,
    boolean closed,
    long seconds,
    long stamped) {
  /** The situation that it was in; a descriptor without a letter or digit is none. */
  Situation situation() {
    return new Situation(
        complaintType,
        Optional.ofNullable(descriptor).filter(ComplaintTypes::isNamed),
        Optional.ofNullable(place),
        Optional.of(created.atZone(NewYork.ZONE).toLocalDateTime()));
  }

  /** What was known of it at an earlier instant, not before it was made. */
  Observation at(Instant instant) {
    long age = Duration.between(created, instant).toSeconds();
    boolean closedThen = closed && stamped <= age;
    return closedThen && seconds <= age
        ? this
        : new Observation(
            created,
            complaintType,
            descriptor,
            agency,
            place,
            closedThen,
            age,
            Math.min(stamped, age));
  }

  double hours() {
    return seconds / 3600.0;
  }

  double logHours() {
    return Math.log1p(hours());
  }
}
