package nyc311.local;

import java.io.IOException;
import java.time.Duration;

/**
 * No input may keep a function busy for more than a second. Only checked where new inputs are tried
 * ({@code -Dnyc311.fuzzing=true}): a test of every build is not timed.
 */
public final class OneSecond {
  private static final boolean CHECKED = Boolean.getBoolean("nyc311.fuzzing");
  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** A machine that is busy otherwise is slow once, not each time. */
  private static final int ATTEMPTS = 3;

  private OneSecond() {}

  /** Something to be done, as often as wanted. */
  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Does something.
   *
   * @throws AssertionError when it takes too long each time
   */
  public static <T> T of(Work<T> work) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long begin = System.nanoTime();
      T result = work.run();
      Duration taken = Duration.ofNanos(System.nanoTime() - begin);
      if (!CHECKED || taken.compareTo(LIMIT) <= 0) {
        return result;
      }
      if (attempt == ATTEMPTS) {
        throw new AssertionError("must take at most " + LIMIT + ": " + taken);
      }
    }
  }
}
