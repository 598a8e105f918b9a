package nyc311.local;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import nyc311.local.LocalS3.Served;

/**
 * Kills processes (SIGKILL) while they work with an S3, at random instants: a moment after it has
 * served a number of their requests. One process at a time.
 */
public final class Death {
  private static final long SEED = Long.getLong("nyc311.seed", System.nanoTime());
  private static final int MAX_DELAY_MICROS = 20_000;

  /** How many processes a test kills. */
  public static final int KILLS = Integer.getInteger("nyc311.kills", 10);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Served> requests = new CopyOnWriteArrayList<>();
  private final Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
  private ProcessHandle victim;
  private int requestsLeft;
  private long waitingSince = Long.MAX_VALUE;
  private volatile long killedAt = Long.MAX_VALUE;

  /** Where a kill hits. */
  public enum Moment {
    BEFORE_THE_FIRST_WRITE,
    DURING_A_WRITE,
    BETWEEN_WRITES,
    AFTER_THE_LAST_WRITE,
    /** Too late. */
    AFTER_ITS_END
  }

  /** Sees every request of an S3. */
  public Death(LocalS3 s3) {
    s3.onServed(this::served);
  }

  /** Random choices of the same seed. */
  public SplittableRandom random() {
    return random;
  }

  /**
   * Waits for a process, which must not have asked the S3 for anything yet.
   *
   * @param least after how many of its requests it may be killed
   * @param most after how many it will have been
   */
  public synchronized void awaits(ProcessHandle process, int least, int most) {
    victim = process;
    requests.clear();
    killedAt = Long.MAX_VALUE;
    waitingSince = System.nanoTime();
    requestsLeft = random.nextInt(least, most + 1);
    if (requestsLeft == 0) {
      strike();
    }
  }

  private synchronized void served(Served request) {
    // What others asked before is told a moment after they have their answer.
    if (request.receivedAt() > waitingSince) {
      requests.add(request);
      if (--requestsLeft == 0) {
        strike();
      }
    }
  }

  private void strike() {
    ProcessHandle process = victim;
    CompletableFuture.delayedExecutor(random.nextInt(MAX_DELAY_MICROS), TimeUnit.MICROSECONDS)
        .execute(
            () -> {
              if (process.destroyForcibly()) {
                killedAt = System.nanoTime();
              }
            });
  }

  /**
   * Counts where the kill has hit, once the process has ended.
   *
   * @param killed whether it was that which ended it
   * @param writes how many writes the process would have made
   */
  public void count(boolean killed, int writes) throws InterruptedException {
    // A request under way is told when it is done.
    Thread.sleep(Duration.ofMillis(50).toMillis());
    synchronized (this) {
      waitingSince = Long.MAX_VALUE;
      List<Served> puts = requests.stream().filter(r -> r.method().equals("PUT")).toList();
      long done = puts.stream().filter(put -> put.answeredAt() < killedAt).count();
      Moment moment =
          !killed
              ? Moment.AFTER_ITS_END
              : done < puts.size()
                  ? Moment.DURING_A_WRITE
                  : done == 0
                      ? Moment.BEFORE_THE_FIRST_WRITE
                      : done < writes ? Moment.BETWEEN_WRITES : Moment.AFTER_THE_LAST_WRITE;
      moments.merge(moment, 1, Integer::sum);
    }
  }

  /** How many kills came before their process had ended. */
  public int hits() {
    return moments.values().stream().mapToInt(Integer::intValue).sum()
        - moments.getOrDefault(Moment.AFTER_ITS_END, 0);
  }

  /** How many kills hit where, and how to have the same again. */
  @Override
  public String toString() {
    return moments + ", -Dnyc311.seed=" + SEED;
  }
}
