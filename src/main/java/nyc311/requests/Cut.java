package nyc311.requests;

import java.time.Duration;
import java.time.Instant;

/**
 * When a day dates from that says so only by its rows: their latest creation or closing; while that
 * is less than three days after the day's end, one in two thousand, at most ten, may be later
 * still. Some agencies stamp closings that are hours ahead of all else. Not thread-safe.
 */
final class Cut {
  private static final int MOST_STRAGGLERS = 10;
  private static final int TIMES_PER_STRAGGLER = 2_000;
  private static final long YOUNG = Duration.ofDays(3).toSeconds();

  /** Of all times that were noted; in seconds, ascending. */
  private final long[] latest = new long[MOST_STRAGGLERS + 1];

  private final long dayEnds;
  private int times;

  /**
   * @param dayEnds in seconds
   */
  Cut(long dayEnds) {
    this.dayEnds = dayEnds;
  }

  /** Notes a creation or closing. */
  void note(Instant time) {
    times++;
    long second = time.getEpochSecond();
    if (second > latest[0]) {
      int place = 1;
      while (place < latest.length && latest[place] < second) {
        latest[place - 1] = latest[place];
        place++;
      }
      latest[place - 1] = second;
    }
  }

  /** A whole second; null when no time was noted. */
  Instant instant() {
    if (times == 0) {
      return null;
    }
    int newest = latest.length - 1;
    boolean isYoung = latest[newest] < dayEnds + YOUNG;
    int stragglers = isYoung ? Math.min(MOST_STRAGGLERS, times / TIMES_PER_STRAGGLER) : 0;
    return Instant.ofEpochSecond(latest[newest - stragglers]);
  }
}
