package nyc311.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.collect.CollectHandler;
import nyc311.local.FeedServer;
import nyc311.local.FeedSource;
import nyc311.local.Jdk;
import nyc311.local.LocalContext;
import nyc311.local.LocalS3;
import nyc311.local.RawDaysFolder;

/**
 * How much of the heap the collector needs for a day: the most that is in use right after a garbage
 * collection. A process of its own collects a day from a feed and into a bucket of this process,
 * and meanwhile collects its garbage again and again.
 */
final class CollectorHeap {
  /** What a row of a raw day takes, about. */
  private static final int ROW_BYTES = 300;

  private static final Duration BETWEEN_COLLECTIONS = Duration.ofMillis(20);

  private CollectorHeap() {}

  /** What a process printed: the raw day's length and the heap's peak, both in MB. */
  private record Peak(double day, double heap) {}

  /** Adds the row. */
  static void add(Table table, Rounds rounds, RawDayFiles days, int megabytes)
      throws IOException, InterruptedException {
    Samples small = new Samples();
    Samples big = new Samples();
    String what = "";
    while (rounds.next()) {
      rounds.add(small, collect(days, 5).heap);
      Peak peak = collect(days, megabytes);
      rounds.add(big, peak.heap);
      what = "collector's heap on a " + Math.round(peak.day) + " MB day, MB";
    }
    table.add(what, big, "on a 5 MB day", small, Budget.ratio(1.2, Double.NaN));
  }

  private static Peak collect(RawDayFiles days, int megabytes)
      throws IOException, InterruptedException {
    LocalDate day = days.days().get(0);
    try (LocalS3 s3 = LocalS3.temporary();
        FeedServer feed = new FeedServer(repeated(days, day, megabytes * 1_000_000 / ROW_BYTES))) {
      ProcessBuilder builder =
          new ProcessBuilder(
                  Jdk.running().java().toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx435m", // what Lambda leaves of 512 MB
                  "-cp",
                  System.getProperty("java.class.path"),
                  CollectorHeap.class.getName(),
                  day.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().putAll(s3.environment());
      builder.environment().put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
      builder.environment().put("FEED_URL", feed.url("erm2-nwe9").toString());
      Process process = builder.start();
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("the collector failed: " + printed);
      }
      return new ObjectMapper().readValue(printed, Peak.class);
    }
  }

  /** So many rows of a day: its own, again and again, each time under other keys. */
  private static FeedSource repeated(RawDayFiles days, LocalDate day, int count)
      throws IOException {
    RawDaysFolder folder = new RawDaysFolder(days.folder(), Clock.systemUTC());
    List<ObjectNode> rows;
    try (Stream<ObjectNode> read = folder.rows(day, day)) {
      rows = read.toList();
    }
    return new FeedSource() {
      @Override
      public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
        return IntStream.range(0, count)
            .mapToObj(
                i ->
                    rows.get(i % rows.size())
                        .deepCopy()
                        .put("unique_key", String.valueOf(100_000_000 + i)));
      }

      @Override
      public Optional<Instant> truth(LocalDate first, LocalDate last) {
        return folder.truth(day, day);
      }
    };
  }

  /** The process: collects the day that is its argument. */
  public static void main(String[] args) throws IOException {
    AtomicLong peak = new AtomicLong();
    Thread watch = new Thread(() -> watch(peak));
    watch.setDaemon(true);
    watch.start();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new CollectHandler()
        .handleRequest(
            new ByteArrayInputStream("{\"dates\":[\"%s\"]}".formatted(args[0]).getBytes(UTF_8)),
            out,
            new LocalContext("collect", Duration.ofMinutes(15), LogLevel.WARN));
    JsonNode day = new ObjectMapper().readTree(out.toByteArray()).at("/days/0");
    if (!day.path("outcome").asText().equals("written")) {
      throw new IllegalStateException(day.toString());
    }
    System.out.println(
        new ObjectMapper()
            .createObjectNode()
            .put("day", day.get("bytes").asLong() / 1e6)
            .put("heap", peak.get() / 1e6));
  }

  private static void watch(AtomicLong peak) {
    while (true) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      peak.accumulateAndGet(used, Math::max);
      LockSupport.parkNanos(BETWEEN_COLLECTIONS.toNanos());
    }
  }
}
