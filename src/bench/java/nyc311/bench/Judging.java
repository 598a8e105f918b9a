package nyc311.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nyc311.bucket.Content;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.local.Jdk;
import nyc311.local.MemoryBucket;
import nyc311.record.RecordKeeping;

/**
 * How long it takes to judge a day, in a process of its own with what Lambda leaves of 512 MB, with
 * the repository's model and medians as what was in force.
 */
final class Judging {
  /** Later than all that the repository's model and medians know. */
  private static final LocalDate DAY = LocalDate.of(2019, 8, 1);

  private Judging() {}

  /** Adds the row. */
  static void add(Table table, Rounds rounds, RawDayFiles some, Path work)
      throws IOException, InterruptedException {
    FolderBucket bucket = new FolderBucket(work);
    Map<String, Path> published = new HashMap<>(MemoryBucket.publishedFiles());
    published.put(Keys.publishedMedians(DAY), published.remove(Keys.MEDIANS));
    published.put(Keys.publishedModelPointer(DAY), published.get(Keys.MODEL_POINTER));
    for (Map.Entry<String, Path> object : published.entrySet()) {
      put(bucket, object.getKey(), Files.readAllBytes(object.getValue()));
    }
    RawDayFiles one = some.repeat(DAY, 1, work.resolve("day"));
    put(bucket, Keys.rawDay(DAY), Files.readAllBytes(one.file(DAY)));
    Samples perDay = new Samples();
    while (rounds.next()) {
      // Of 10,000 requests, in seconds.
      rounds.add(perDay, judge(work) * 10_000 / one.requests());
    }
    table.add(
        "judging a day of 10,000 requests, 512 MB, process start included, s",
        perDay,
        Budget.value(2, 1));
  }

  private static void put(FolderBucket bucket, String key, byte[] content) throws IOException {
    bucket.put(key, Content.of(content), Map.of(), Optional.empty());
  }

  private static double judge(Path folder) throws IOException, InterruptedException {
    Files.deleteIfExists(folder.resolve(Keys.record(DAY)));
    ProcessBuilder builder =
        new ProcessBuilder(
            Jdk.running().java().toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx435m",
            "-cp",
            System.getProperty("java.class.path"),
            Judging.class.getName(),
            folder.toString());
    builder.redirectErrorStream(true);
    long start = System.nanoTime();
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    if (process.waitFor() != 0) {
      throw new IOException("the judging failed: " + printed);
    }
    return seconds;
  }

  /** The process: judges what is in the folder that is its argument. */
  public static void main(String[] args) throws IOException {
    Clock clock = Clock.fixed(Instant.parse("2019-08-20T10:00:00Z"), ZoneOffset.UTC);
    RecordKeeping.Result result =
        new RecordKeeping(new FolderBucket(Path.of(args[0])), clock).run((task, done, all) -> {});
    if (result.judged().size() != 1) {
      throw new IllegalStateException("not judged: " + result);
    }
  }
}
