package nyc311.collect;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import nyc311.bucket.StoredObject;
import nyc311.requests.NewYork;
import nyc311.requests.RawDay;
import nyc311.requests.Rejection;

/**
 * What the recomputer will count of a raw day, so that a feed that has changed (another format,
 * other statuses, half a day) is seen before its rows stand for a day. Immutable.
 */
final class CountedDay {
  /** Of the rows, or the closings, that there were: fewer are no correction of the city's. */
  private static final double KEPT = 0.9;

  /** Of the closings that are usual at an age: quiet nights and weekends have more than half. */
  private static final double USUAL = 0.5;

  /** The same while fewer days are known than a week has: a Saturday's night is no Tuesday's. */
  private static final double USUAL_OF_FEW = 0.1;

  /** With so many neighbours each weekday is among them. */
  static final int WEEK = 7;

  /** With fewer rows, what does not count may be chance, unless it is all of them. */
  private static final int MANY = 100;

  /** With fewer expected closings, what is missing may be chance. */
  private static final int ENOUGH = 20;

  /** Of the rows: more are no strays, but timestamps of another zone. */
  private static final double MAX_ELSEWHERE = 0.01;

  private static final String DETAILS = "boroughs, agencies and descriptors";

  private final RawDay counts;

  /** How many boroughs, agencies and descriptors the accepted requests have. */
  private final long details;

  /** Of each accepted request, in seconds since its day began; open ones are closed never. */
  private final int[] created;

  private final int[] closed;
  private final int knownFor;

  private CountedDay(RawDay counts, long details, IntStream created, IntStream closed) {
    this.counts = counts;
    this.details = details;
    this.created = created.toArray();
    this.closed = closed.toArray();
    this.knownFor = second(counts.day(), counts.asOf());
  }

  /**
   * Reads a raw day.
   *
   * @param raw its content is not closed
   * @throws nyc311.requests.MalformedRawDayException when it is none
   */
  static CountedDay read(LocalDate day, StoredObject raw) throws IOException {
    IntStream.Builder created = IntStream.builder();
    IntStream.Builder closed = IntStream.builder();
    LongAdder details = new LongAdder();
    RawDay counts =
        RawDay.readWithoutPlaces(
            day,
            raw,
            request -> {
              created.add(second(day, request.created()));
              details.add(request.borough() == null ? 0 : 1);
              details.add(request.agency() == null ? 0 : 1);
              details.add(request.descriptor() == null ? 0 : 1);
              closed.add(
                  request.closed() == null ? Integer.MAX_VALUE : second(day, request.closed()));
            });
    return new CountedDay(counts, details.sum(), created.build(), closed.build());
  }

  /** Whether it dates from after its end: else it has only the requests of its first hours. */
  boolean isOfAWholeDay() {
    LocalDate next = counts.day().plusDays(1);
    return !counts.asOf().isBefore(NewYork.instant(next.atStartOfDay()));
  }

  private static int second(LocalDate day, Instant instant) {
    Instant begin = day.atStartOfDay(NewYork.ZONE).toInstant();
    long second = Duration.between(begin, instant).toSeconds();
    return (int) Math.min(Integer.MAX_VALUE - 1, Math.max(0, second));
  }

  /**
   * Requires that this may replace what is known of the day.
   *
   * @throws FeedChangedException when much of that would be gone
   */
  void requireNoWorseThan(CountedDay known) throws FeedChangedException {
    requireOnItsDay();
    require(counts.accepted(), KEPT * known.counts.accepted(), "accepted rows");
    require(closings(), KEPT * known.closings(), "closings");
    require(details, KEPT * known.details, DETAILS);
  }

  /**
   * Requires that this may be the first that is known of the day.
   *
   * @param others days near it; each is compared at the age that both are known for
   * @throws FeedChangedException when fewer rows count, or are closed, than of the others
   */
  void requireLike(Collection<CountedDay> others) throws FeedChangedException {
    requireOnItsDay();
    double rows = others.stream().mapToLong(day -> day.counts.rows()).sum();
    double accepted = others.stream().mapToLong(day -> day.counts.accepted()).sum();
    double share = rows == 0 ? 1 : accepted / rows;
    boolean many = counts.rows() >= MANY;
    require(counts.accepted(), many ? KEPT * share * counts.rows() : 1, "accepted rows");
    double detailed = others.stream().mapToLong(day -> day.details).sum();
    require(
        details, many ? KEPT * detailed / Math.max(1, accepted) * counts.accepted() : 0, DETAILS);
    double expected = 0;
    double seen = 0;
    for (CountedDay other : others) {
      int age = Math.min(knownFor, other.knownFor);
      long made = other.createdBy(age);
      if (made > 0) {
        expected += (double) other.closedBy(age) / made * createdBy(age) / others.size();
        seen += (double) closedBy(age) / others.size();
      }
    }
    if (expected >= ENOUGH) {
      double usual = others.size() < WEEK ? USUAL_OF_FEW : USUAL;
      require(Math.round(seen), usual * expected, "closings at its age");
    }
  }

  private void requireOnItsDay() throws FeedChangedException {
    long elsewhere = counts.rejected().getOrDefault(Rejection.CREATED_ON_ANOTHER_DAY, 0L);
    if (elsewhere > MAX_ELSEWHERE * counts.rows()) {
      throw new FeedChangedException(
          "%d of %d rows were created on another day than asked for; force takes the day all the same"
              .formatted(elsewhere, counts.rows()),
          null);
    }
  }

  private static void require(long found, double least, String what) throws FeedChangedException {
    if (found < least) {
      throw new FeedChangedException(
          "%d %s, but there should be at least %.0f; force takes the day all the same"
              .formatted(found, what, Math.ceil(least)),
          null);
    }
  }

  /** How many of its rows count. */
  long accepted() {
    return counts.accepted();
  }

  private long closings() {
    return closedBy(Integer.MAX_VALUE - 1);
  }

  private long createdBy(int age) {
    return IntStream.of(created).filter(second -> second <= age).count();
  }

  private long closedBy(int age) {
    return IntStream.range(0, closed.length)
        .filter(i -> created[i] <= age && closed[i] <= age)
        .count();
  }
}
