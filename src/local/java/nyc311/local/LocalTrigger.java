package nyc311.local;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Invokes a function for the objects written under a prefix, as S3 and Lambda do: asynchronously,
 * with an event's JSON, and up to three times while it fails. Register it with {@link
 * LocalS3#onCreated}. Thread-safe.
 */
public final class LocalTrigger implements Consumer<ObjectCreated>, AutoCloseable {
  private static final int ATTEMPTS = 3;

  /** Lambda waits one minute and then two. */
  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final RequestStreamHandler handler;
  private final String prefix;
  private final String suffix;
  private final LogLevel level;
  private final ExecutorService executor;

  private int pending;
  private volatile boolean closing;

  /**
   * @param prefix what the keys of interest start with
   * @param suffix what they end with
   * @param concurrency how many invocations may run at once
   * @param level from which level on the function's log is printed
   */
  public LocalTrigger(
      RequestStreamHandler handler, String prefix, String suffix, int concurrency, LogLevel level) {
    this.handler = handler;
    this.prefix = prefix;
    this.suffix = suffix;
    this.level = level;
    executor = Executors.newFixedThreadPool(concurrency, task -> new Thread(task, "trigger"));
  }

  /** After {@link #close} it does nothing. */
  @Override
  public void accept(ObjectCreated event) {
    if (!event.key().startsWith(prefix) || !event.key().endsWith(suffix)) {
      return;
    }
    count(1);
    try {
      executor.execute(
          () -> {
            try {
              invoke(event.toJson());
            } finally {
              count(-1);
            }
          });
    } catch (RejectedExecutionException e) {
      count(-1);
    }
  }

  /**
   * Returns when every event so far, and those that came meanwhile, are done, well or not.
   *
   * @throws TimeoutException when that takes longer than the limit
   */
  public synchronized void awaitIdle(Duration limit) throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (pending > 0) {
      long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (millis <= 0) {
        throw new TimeoutException(pending + " events still to be done after " + limit);
      }
      wait(millis);
    }
  }

  /** Drops what waits, and gives what runs a moment to end, well or not. */
  @Override
  public void close() {
    closing = true;
    executor.shutdown();
    try {
      awaitIdle(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      executor.shutdownNow();
    }
  }

  private synchronized void count(int change) {
    pending += change;
    notifyAll();
  }

  private void invoke(String json) {
    for (int attempt = 1; attempt <= ATTEMPTS && !closing; attempt++) {
      LocalContext context = new LocalContext("medians", Duration.ofMinutes(15), level);
      try {
        context.invoke(handler, json);
        return;
      } catch (IOException | RuntimeException | Error e) {
        if (!closing) {
          log(context, attempt, e);
          pause(attempt < ATTEMPTS ? RETRY_DELAY.multipliedBy(attempt) : Duration.ZERO);
        }
      }
    }
  }

  /** The message, which has those of its causes in it, on one line; at DEBUG where it was, too. */
  private static void log(LocalContext context, int attempt, Throwable failure) {
    String problem = failure.toString().replaceAll("\\s+", " ");
    context
        .getLogger()
        .log("attempt %d of %d failed: %s".formatted(attempt, ATTEMPTS, problem), LogLevel.ERROR);
    context.logFailure(failure, LogLevel.DEBUG);
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
