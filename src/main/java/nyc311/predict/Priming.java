package nyc311.predict;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.ReadableBucket;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimates;

/**
 * Does what requests will make the process do, so that a snapshot has their classes loaded and
 * their code compiled. What it loads and asks is a small publication in the jar: when a version is
 * deployed first, nothing is published yet.
 */
final class Priming {
  /** Enough for the JVM to compile what matters; fewer measured slower. */
  private static final int ROUNDS = 300;

  private static final int LOADS = 200;
  private static final Duration MAX_TIME = Duration.ofSeconds(20);
  private static final Duration REFRESH = Duration.ofDays(1);
  private static final long QUIET_MILLIS = 200;
  private static final int MAX_QUIET_CHECKS = 25;

  /** Queries by the path that they go with; each is asked with GET and with HEAD. */
  private static final List<Map.Entry<String, String>> REQUESTS =
      List.of(
          Map.entry("/predict/noise-residential", ""),
          Map.entry("/predict/NOISE - RESIDENTIAL", ""),
          Map.entry("/predict/Heat/Hot Water (2019)", ""),
          Map.entry("/predict/ünïque", ""),
          Map.entry(
              "/predict/residential",
              "\"lat\":\"40.67\",\"lon\":\"-73.86\",\"date\":\"2019-06-14T00:02:11-04:00\","
                  + "\"descriptor\":\"Loud Music/Party\""),
          Map.entry("/predict/residential", "\"lat\":\"40.67\",\"lon\":\"-73.86\""),
          Map.entry("/predict/residential", "\"date\":\"2019-06-14 00:02:11\""),
          Map.entry("/predict/residential", "\"lat\":\"95\",\"lon\":\"-73.86\""),
          Map.entry("/predict/wrongtype", ""),
          Map.entry("/predict/residential", "\"open_for\":\"6\""),
          Map.entry("/predict/residential", "\"date\":\"2019-06-14\",\"open_for\":\"6.5\""),
          Map.entry("/curve/residential", ""),
          Map.entry("/curve/residential", "\"lat\":\"40.67\",\"lon\":\"-73.86\""),
          Map.entry("/complaint-types/residential", ""),
          Map.entry("/complaint-types", ""),
          Map.entry("/status", ""),
          Map.entry("/record", ""),
          Map.entry("/openapi.json", ""),
          Map.entry("/", ""),
          Map.entry("/favicon.ico", ""));

  /** What the handler does with an event, but for the log. */
  interface Handling {
    void handle(Api api, InputStream event, OutputStream out) throws IOException;
  }

  private Priming() {}

  /**
   * Asks what the jar has, and what is published as far as it is: compiled code rests on what was
   * seen, and is thrown away when something else comes. Never throws; a failure is printed. The
   * bucket is not asked, and it takes some seconds at most.
   *
   * @param loaded what is published; empty while nothing is
   * @return whether all went well
   */
  static boolean run(Optional<Estimates> loaded, Handling handling) {
    long deadline = System.nanoTime() + MAX_TIME.toNanos();
    try {
      Publication publication = publication();
      for (int i = 0; i < LOADS; i++) {
        publication = publication();
      }
      List<Api> apis =
          List.of(
              new Api(
                  publication::current,
                  Optional::empty,
                  answered -> {},
                  REFRESH,
                  Clock.systemUTC()),
              new Api(() -> loaded, Optional::empty, answered -> {}, REFRESH, Clock.systemUTC()));
      List<byte[]> events = events();
      for (int i = 0; i < ROUNDS && System.nanoTime() < deadline; i++) {
        for (byte[] event : events) {
          for (Api one : apis) {
            handling.handle(one, new ByteArrayInputStream(event), new ByteArrayOutputStream());
          }
        }
      }
      return publication.current().flatMap(Estimates::model).isPresent();
    } catch (IOException | RuntimeException | LinkageError e) {
      System.out.println("priming failed: " + e);
      return false;
    }
  }

  /**
   * Waits until the JVM has compiled what it has queued, for a few seconds at most: after a restore
   * its compilers would compete with the first request.
   */
  static void awaitCompilers() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    if (compilers == null || !compilers.isCompilationTimeMonitoringSupported()) {
      return;
    }
    try {
      long before = -1;
      for (int i = 0; i < MAX_QUIET_CHECKS; i++) {
        long now = compilers.getTotalCompilationTime();
        if (now == before) {
          return;
        }
        before = now;
        Thread.sleep(QUIET_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the fixture publishes, loaded anew. */
  static Publication publication() {
    Publication publication = new Publication(new Fixture(), REFRESH, Clock.systemUTC());
    publication.refresh();
    return publication;
  }

  private static List<byte[]> events() throws IOException {
    String event;
    try (InputStream in = Priming.class.getResourceAsStream("priming/event.json")) {
      event = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return REQUESTS.stream()
        .flatMap(
            request ->
                Stream.of("GET", "HEAD")
                    .map(
                        method ->
                            event
                                .replace("METHOD", method)
                                .replace("PATH", request.getKey())
                                .replace("\"QUERY\": \"\"", request.getValue())))
        .flatMap(one -> Stream.of(one, one.replaceAll("\n *", "")))
        .map(one -> one.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** A bucket among the jar's resources. */
  private static final class Fixture implements ReadableBucket {
    @Override
    public Optional<StoredObject> get(String key) {
      InputStream content = Priming.class.getResourceAsStream("priming/" + key);
      return Optional.ofNullable(content)
          .map(in -> new StoredObject(new ObjectHead(key, key, Instant.EPOCH, 0, Map.of()), in));
    }
  }
}
