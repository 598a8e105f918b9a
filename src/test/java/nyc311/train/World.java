package nyc311.train;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nyc311.requests.NewYork;
import nyc311.requests.Place;
import nyc311.requests.Progress;

/** Observations of invented requests. */
final class World {
  static final Progress SILENT = (task, done, all) -> {};
  static final LocalDate FIRST_DAY = LocalDate.parse("2019-03-11");
  static final Place NORTH = new Place(40.85, -73.85);
  static final Place SOUTH = new Place(40.65, -73.85);

  private final List<Observation> all = new ArrayList<>();

  /** A request made so many hours after the first day's noon and closed so many hours later. */
  World closed(String complaintType, String agency, Place place, double after, double hours) {
    return closed(complaintType, null, agency, place, after, hours);
  }

  private World closed(
      String complaintType,
      String descriptor,
      String agency,
      Place place,
      double after,
      double hours) {
    long seconds = Math.round(hours * 3600);
    all.add(
        new Observation(
            at(after), complaintType, descriptor, agency, place, true, seconds, seconds));
    return this;
  }

  /** Some requests with a descriptor, all alike. */
  World described(String complaintType, String descriptor, int requests) {
    return described(complaintType, descriptor, null, requests, 1);
  }

  World described(
      String complaintType, String descriptor, Place place, int requests, double hours) {
    for (int i = 0; i < requests; i++) {
      closed(complaintType, descriptor, "A", place, 0, hours);
    }
    return this;
  }

  static Instant at(double hoursAfterNoon) {
    return NewYork.instant(FIRST_DAY.atTime(12, 0))
        .plus(Duration.ofSeconds(Math.round(hoursAfterNoon * 3600)));
  }

  Observations known(Instant asOf) {
    return new Observations(asOf, all).at(asOf);
  }

  List<Observation> since(Instant instant) {
    return new Observations(instant, all).since(instant);
  }

  /**
   * Ten requests at each noon: the four in the north take two hours, the six in the south two
   * hundred. Whoever looks at those that are closed after ten days sees mostly quick ones.
   */
  static World whereTheSlowAreStillOpen(int days) {
    World world = new World();
    for (int day = 0; day < days; day++) {
      for (int i = 0; i < 10; i++) {
        world.closed("slow", "DOT", i < 4 ? NORTH : SOUTH, day * 24, i < 4 ? 2 : 200);
      }
    }
    return world;
  }

  /** Two types and two boroughs, busy around the clock, with some noise. */
  static World busy(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    World world = new World();
    for (int hour = 0; hour < 24 * 28; hour++) {
      for (int i = 0; i < 3; i++) {
        Place place = random.nextDouble() < .5 ? NORTH : SOUTH;
        double noise = Math.exp(2 * random.nextDouble());
        double slower = place.equals(SOUTH) ? 3 : 1;
        world.closed(
            "noise residential", "NYPD", place, hour, noise * slower * (1 + hour % 24 / 8));
        world.closed("heat hot water", "HPD", place, hour, 20 * noise);
      }
    }
    return world;
  }
}
