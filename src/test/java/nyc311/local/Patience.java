package nyc311.local;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How long tests wait for what must come. It comes at once, on a busy machine later: only a test
 * that fails waits to the end.
 */
public final class Patience {
  public static final Duration LIMIT = Duration.ofMinutes(5);

  private Patience() {}

  public static ConditionFactory await() {
    return Awaitility.await().atMost(LIMIT);
  }

  /**
   * Waits for a process, and ends it where that was in vain.
   *
   * @return whether it has ended by itself
   */
  public static boolean hasEnded(Process process) throws InterruptedException {
    boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    return ended;
  }
}
