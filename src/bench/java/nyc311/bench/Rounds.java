package nyc311.bench;

import java.time.Duration;

/**
 * The rounds of one group of figures. Each measures every program once, so that what disturbs the
 * machine disturbs them all.
 */
final class Rounds {
  /** On a slow machine there are fewer rounds, so that all groups are done within ten minutes. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final int warmUps;
  private final int count;
  private final long start = System.nanoTime();
  private int begun;

  private Rounds(int warmUps, int count) {
    this.warmUps = warmUps;
    this.count = count;
  }

  /** So many rounds that all count. */
  static Rounds of(int count) {
    return new Rounds(0, count);
  }

  /** One more, which does not count, before them. */
  static Rounds warmed(int count) {
    return new Rounds(1, count);
  }

  /** Begins another round, if there is to be one: there is at least one that counts. */
  boolean next() {
    boolean late = System.nanoTime() - start > LIMIT.toNanos();
    if (begun == warmUps + count || (late && begun > warmUps)) {
      return false;
    }
    begun++;
    return true;
  }

  /** The number of this round, from 0 on, warming up included. */
  int index() {
    return begun - 1;
  }

  /** Adds what this round measured, if it counts. */
  void add(Samples samples, double value) {
    if (begun > warmUps) {
      samples.add(value);
    }
  }
}
