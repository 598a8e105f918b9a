package nyc311.bench;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.local.Jdk;
import nyc311.local.LambdaFunction;
import nyc311.local.LambdaProcess;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.MemoryBucket;
import nyc311.local.ObjectCreated;
import nyc311.medians.MediansHandler;
import nyc311.settings.Settings;
import software.amazon.awssdk.core.sync.RequestBody;

/** From the event of a new raw day to the medians of the window that it ends. */
final class Recomputes {
  private static final LocalDate FIRST = LocalDate.of(2018, 1, 1);
  private static final LocalContext CONTEXT =
      new LocalContext("medians", Duration.ofMinutes(10), LogLevel.WARN);

  /** As the template has it for the function that recomputes: one core. */
  private static final int MEMORY = 1769;

  private final Table table;
  private final RawDayFiles files;
  private final MemoryBucket summarised;

  /**
   * Repeats raw days until they fill a window, and summarises them.
   *
   * @param rounds how many rounds of new days there can be after the window, warming up included
   * @param folder is made
   */
  Recomputes(Table table, RawDayFiles source, int window, int rounds, Path folder)
      throws IOException {
    this.table = table;
    files = source.repeat(FIRST, window + 2 * rounds, folder);
    summarised = new MemoryBucket();
    for (LocalDate day : files.days()) {
      put(summarised, day);
    }
    // One event will do: what else is there without a summary is found and summarised.
    recompute(handler(summarised, files.days().size()), day(files.days().size() - 1));
  }

  /** Adds the row of a window, with the raw days in local files on both sides. */
  void withoutS3(Rounds rounds, int window, Budget budget) throws IOException, SQLException {
    MemoryBucket bucket = firstDays(window);
    MediansHandler warm = handler(bucket, window);
    Samples ours = new Samples();
    Samples cold = new Samples();
    Samples theirs = new Samples();
    try (DuckDb duckDb = new DuckDb(2)) {
      while (rounds.next()) {
        int newDay = window + 2 * rounds.index();
        rounds.add(ours, millis(bucket, warm, newDay));
        rounds.add(cold, millis(bucket, handler(bucket, window), newDay + 1));
        List<LocalDate> read = files.days().subList(newDay + 2 - window, newDay + 2);
        rounds.add(theirs, duckDb.medianMillis(read.stream().map(files::file).toList()));
      }
    }
    String what = "one new raw day at a " + window + "-day window, without S3, ";
    table.add(what + "ms", ours, DuckDb.NAME, theirs, budget);
    table.add(what + "by a handler just made, ms", cold, DuckDb.NAME, theirs, budget);
  }

  /** Adds the row of the whole function behind S3 on loopback, on one core. */
  void throughS3(Rounds rounds, int window, Path taskRoot, Jdk jdk)
      throws IOException, InterruptedException {
    Samples millis = new Samples();
    Cores.leaveFirst();
    try (LocalS3 s3 = LocalS3.temporary();
        LambdaProcess function =
            LambdaFunction.java(jdk, taskRoot, MediansHandler.class.getName())
                .environment(s3.environment())
                .environment(Map.of("WINDOW_DAYS", String.valueOf(window)))
                .memory(MEMORY)
                .launcher(Cores.launcher())
                .start()) {
      for (int day = 0; day < window; day++) {
        put(s3, day(day));
      }
      invoke(function, day(window - 1));
      while (rounds.next()) {
        LocalDate newDay = day(window + rounds.index());
        put(s3, newDay);
        long start = System.nanoTime();
        invoke(function, newDay);
        rounds.add(millis, (System.nanoTime() - start) / 1e6);
      }
    } finally {
      Cores.takeAll();
    }
    table.add(
        "the same through S3 on loopback, " + window + "-day window, " + jdk.name() + ", ms",
        millis,
        Budget.value(400, 150));
  }

  /** Adds the rows that show that a recompute does not cost more as the history grows. */
  void longHistory(Rounds rounds, int window, int years) throws IOException {
    MemoryBucket recent = firstDays(window);
    MemoryBucket old = firstDays(window);
    for (LocalDate day : FIRST.minusYears(years).datesUntil(FIRST).toList()) {
      old.copy(Keys.daySummary(FIRST), Keys.daySummary(day));
      old.copy(Keys.rawDay(FIRST), Keys.rawDay(day));
    }
    MediansHandler recentHandler = handler(recent, window);
    MediansHandler oldHandler = handler(old, window);
    Samples millis = new Samples();
    Samples megabytes = new Samples();
    Samples oldMillis = new Samples();
    Samples oldMegabytes = new Samples();
    while (rounds.next()) {
      int newDay = window + rounds.index();
      long before = allocated();
      rounds.add(millis, millis(recent, recentHandler, newDay));
      long between = allocated();
      rounds.add(oldMillis, millis(old, oldHandler, newDay));
      long after = allocated();
      rounds.add(megabytes, (between - before) / 1e6);
      rounds.add(oldMegabytes, (after - between) / 1e6);
    }
    String what = "one new raw day with " + years + " years of day summaries, ";
    String alternative = window + " days";
    table.add(what + "ms", oldMillis, alternative, millis, Budget.ratio(1.2, 1.05));
    table.add(what + "MB allocated", oldMegabytes, alternative, megabytes, Budget.ratio(1.2, 1.05));
  }

  private LocalDate day(int index) {
    return files.days().get(index);
  }

  private MemoryBucket firstDays(int count) {
    MemoryBucket bucket = new MemoryBucket();
    for (LocalDate day : files.days().subList(0, count)) {
      bucket.take(summarised, Keys.rawDay(day));
      bucket.take(summarised, Keys.daySummary(day));
    }
    return bucket;
  }

  private static MediansHandler handler(MemoryBucket bucket, int window) {
    return new MediansHandler(
        new Settings(Map.of("WINDOW_DAYS", String.valueOf(window))), bucket, Clock.systemUTC());
  }

  private double millis(MemoryBucket bucket, MediansHandler handler, int newDay)
      throws IOException {
    put(bucket, day(newDay));
    long start = System.nanoTime();
    recompute(handler, day(newDay));
    return (System.nanoTime() - start) / 1e6;
  }

  private void put(MemoryBucket bucket, LocalDate day) throws IOException {
    bucket.write(Keys.rawDay(day), Content.of(files.file(day)));
  }

  private void put(LocalS3 s3, LocalDate day) {
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)),
            RequestBody.fromFile(files.file(day)));
  }

  private static void recompute(MediansHandler handler, LocalDate day) throws IOException {
    String report = CONTEXT.invoke(handler, event(day));
    if (!report.contains("\"published\":true")) {
      throw new IllegalStateException(report);
    }
  }

  private static void invoke(LambdaProcess function, LocalDate day) throws InterruptedException {
    LambdaProcess.Outcome outcome = function.invoke(event(day));
    if (!outcome.body().contains("\"published\":true")) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  private static String event(LocalDate day) {
    return new ObjectCreated("Put", "nyc311-local", Keys.rawDay(day), "etag", 0, Instant.now(), 1)
        .toJson();
  }

  /** What all threads have allocated so far, in bytes. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
  }
}
