package nyc311.local;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.collect.CollectHandler;
import nyc311.collect.CollectionFailedException;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.Medians;
import nyc311.medians.MediansHandler;
import nyc311.medians.MediansJson;
import nyc311.predict.PredictHandler;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;
import nyc311.requests.RawDays;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The whole system on this machine: an S3 and a feed of its own, and the three functions behind the
 * same events as on AWS. Whoever puts a raw day into the bucket triggers the recomputation.
 */
@Command(
    name = "local",
    description = "Runs the whole system on this machine, without an AWS account.",
    showDefaultValues = true,
    sortOptions = false)
public final class Local implements Callable<Integer>, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration COLLECT_LIMIT = Duration.ofMinutes(5);
  private static final Duration RECOMPUTE_LIMIT = Duration.ofMinutes(10);
  private static final int MAX_PORT = 65_535;
  private static final int MAX_LOOKS = 30;
  private static final int LOOK_MILLIS = 100;
  private static final String SAMPLE = "sample";
  private static final String LIVE = "live";
  private static final String NONE = "none";

  private static final String PLACE_AND_TIME = "lat=40.6757&lon=-73.8605&date=2019-06-14T00:02:11";

  /** What the repository has published. */
  private static final Path MODEL = Path.of("model");

  @Spec private CommandSpec spec;

  @Option(names = "--port", paramLabel = "PORT", description = "Port of the API; 0: a free one.")
  int port = 8000;

  @Option(names = "--s3-port", paramLabel = "PORT", description = "Port of the S3; 0: a free one.")
  int s3Port = 8001;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "Where the bucket is kept; by default target/local/ and sample- with today's date, live,"
              + " none or the name of the feed's folder.")
  Path data;

  @Option(
      names = "--feed",
      paramLabel = "FEED",
      description =
          "'sample': the bundled sample; 'live': the city's open data; 'none': just what is in"
              + " model/; otherwise a folder of raw days, YYYY-MM-DD.json or"
              + " .json.gz.")
  String feed = SAMPLE;

  @Option(
      names = "--replay",
      description =
          "Lives first through the mornings of a feed's recorded days, each as it was known then.")
  boolean replay;

  @Option(names = "--log", paramLabel = "LEVEL", description = "What the functions log.")
  LogLevel log = LogLevel.WARN;

  /** What may set any of the settings. */
  Map<String, String> environment = System.getenv();

  Clock clock = Clock.systemUTC();

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private URI url;

  /** Runs until it is interrupted; with {@code --help} only explains itself. */
  public static void main(String[] arguments) {
    Program.run(new Local(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Thread main = Thread.currentThread();
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop(main);
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try {
      runUntilStopped();
      say("Stopped.");
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private void runUntilStopped() throws Exception {
    try (this) {
      try {
        start();
        stop.await();
      } catch (Exception e) {
        if (!isStopping()) {
          throw e;
        }
      }
      forgetInterruption();
    }
  }

  private synchronized void stop(Thread main) {
    stop.countDown();
    main.interrupt();
  }

  /**
   * Once stopping: what is closed now may wait. Locks, so that it is not interrupted after this.
   */
  private synchronized void forgetInterruption() {
    Thread.interrupted();
  }

  private boolean isStopping() {
    return stop.getCount() == 0;
  }

  /** Starts everything, and returns when the first estimates are published. */
  public void start() throws IOException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    requirePort("--port", port);
    requirePort("--s3-port", s3Port);
    Map<String, String> variables = variables();
    Optional<Recording> recording = recording();
    if (replay && recording.isEmpty()) {
      throw refused("--replay needs a feed of recorded days: " + feed);
    }
    say("Start     an S3 and the three functions, on this machine alone");
    LocalS3 s3 =
        opened("--s3-port", s3Port, () -> LocalS3.onFolder(data(), s3Port, "nyc311-local"));
    Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
    variables.put(Setting.DATA_BUCKET.name(), s3.bucket());
    say("S3        %s/%s  (folder %s)", s3.endpoint(), s3.bucket(), data().toAbsolutePath());
    if (recording.isPresent()) {
      serve(recording.get().source, variables);
    } else {
      say("Feed      %s", feed);
    }
    Settings settings = new Settings(variables);
    publishBundled(bucket);
    Clock time = recording.map(recorded -> recorded.source.clock()).orElse(clock);
    PredictHandler predict = new PredictHandler(settings, bucket, time);
    url = opened("--port", port, () -> new LocalFront(predict, port, log)).url();
    say("API       %s", url);
    LocalTrigger trigger =
        opened(
            new LocalTrigger(
                new MediansHandler(settings, bucket, time), Keys.RAW_DAYS, ".json", 2, log));
    boolean replaying = replay && bucket.list(Keys.RAW_DAYS, "").isEmpty();
    if (replaying) {
      s3.onCreated(trigger);
      replay(recording.get(), new Mornings(recording.get().source, settings, bucket, trigger, log));
    }
    if (!feed.equals(NONE)) {
      collect(
          collector(settings, bucket, time),
          recording.map(Recording::days).orElseGet(() -> lookBack(settings)));
    }
    if (!replaying) {
      // Not before: one recomputation sees all the days that were collected.
      s3.onCreated(trigger);
    }
    if (!feed.equals(NONE)) {
      say("Recompute the medians");
      newestRawDay(s3, bucket).ifPresent(trigger);
      trigger.awaitIdle(RECOMPUTE_LIMIT);
    }

    sayWhatIsPublished(bucket);
    say("Ready     after %d s", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    say("");
    if (!answers()) {
      say("Waiting   %s answers 503 as long as there are no medians", url);
      say("Ctrl-C    stops it.");
      return;
    }
    say("Open      %s/", url);
    say("or        curl -s %s/predict/noise-residential", url);
    say("          curl -s '%s/predict/noise-residential?%s'", url, PLACE_AND_TIME);
    say("          curl -s %s/complaint-types", url);
    say("Ctrl-C    stops it.");
  }

  /** Whether the API has medians; it looks for new ones now and then only. */
  private boolean answers() throws IOException, InterruptedException {
    URL status = url.resolve("/status").toURL();
    for (int look = 0; look < MAX_LOOKS; look++) {
      HttpURLConnection asked = (HttpURLConnection) status.openConnection();
      if (asked.getResponseCode() == HttpURLConnection.HTTP_OK) {
        return true;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return false;
  }

  private void requirePort(String option, int value) {
    if (value < 0 || value > MAX_PORT) {
      throw refused("%s must be between 0 and %d: %d".formatted(option, MAX_PORT, value));
    }
  }

  private ParameterException refused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /** The settings that the environment has, checked. */
  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put(Setting.REFRESH_SECONDS.name(), "1");
    for (Setting setting : Setting.values()) {
      Optional.ofNullable(environment.get(setting.name()))
          .ifPresent(value -> variables.put(setting.name(), value));
    }
    Settings settings = new Settings(variables);
    try {
      settings.windowDays();
      settings.refresh();
      settings.lookbackDays();
      settings.feedUrl();
      settings.feedArchiveUrl();
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
    return variables;
  }

  /** Starts the feed, and sets where it is. */
  private void serve(FeedSource source, Map<String, String> variables) throws IOException {
    String resource = opened(new FeedServer(source)).url("erm2-nwe9").toString();
    variables.put(Setting.FEED_URL.name(), resource);
    variables.put(Setting.FEED_ARCHIVE_URL.name(), resource);
    say("Feed      %s  (%s)", resource, feed);
  }

  private CollectHandler collector(Settings settings, Bucket bucket, Clock time) {
    try {
      return new CollectHandler(settings, bucket, time);
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  /** Where the bucket is kept: unless asked otherwise, every feed, and every day's sample. */
  Path data() {
    if (data != null) {
      return data;
    }
    String name =
        feed.equals(SAMPLE)
            ? SAMPLE + "-" + today()
            : Path.of(feed).toAbsolutePath().normalize().getFileName().toString();
    return Path.of("target", "local", name);
  }

  private LocalDate today() {
    return NewYork.day(clock.instant());
  }

  /** Where the API answers, once started. */
  public URI url() {
    return url;
  }

  /** A feed that is served from here, and the days that it has. */
  private record Recording(SimulatedFeed source, List<LocalDate> days) {}

  private Optional<Recording> recording() {
    return switch (feed) {
      case LIVE, NONE -> Optional.empty();
      case SAMPLE -> {
        SampleFeed sample = SampleFeed.before(today());
        yield Optional.of(new Recording(new SimulatedFeed(sample, clock), sample.allDays()));
      }
      default -> Optional.of(recorded(Path.of(feed)));
    };
  }

  private Recording recorded(Path folder) {
    try {
      RawDaysFolder source = new RawDaysFolder(folder, clock);
      requireReadable(folder, source.days());
      return new Recording(new SimulatedFeed(source, clock), source.days());
    } catch (NotDirectoryException e) {
      throw refused("--feed must be sample, live, none or a folder of raw days: " + feed);
    } catch (IllegalArgumentException | IOException | UncheckedIOException e) {
      throw refused("--feed: " + e.getMessage());
    }
  }

  /** A damaged file would end the feed's answer in its middle, which does not say why. */
  private static void requireReadable(Path folder, List<LocalDate> days) throws IOException {
    RawDays rawDays = RawDays.in(folder);
    for (LocalDate day : days) {
      try (StoredObject raw = rawDays.open(day)) {
        raw.content().transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  /** The mornings from the one after the first recorded day to yesterday's. */
  private void replay(Recording recording, Mornings mornings)
      throws IOException, InterruptedException, TimeoutException {
    List<LocalDate> days = recording.days.get(0).plusDays(1).datesUntil(today()).toList();
    say("Replay    %d mornings, one after another", days.size());
    for (LocalDate day : days) {
      mornings.run(day);
    }
    recording.source.tellAll();
  }

  private List<LocalDate> lookBack(Settings settings) {
    return settings.lookbackDays().stream().map(today()::minusDays).toList();
  }

  private void collect(CollectHandler collector, List<LocalDate> days)
      throws IOException, InterruptedException {
    say("Collect   %d days, the newest first", days.size());
    for (LocalDate day : days.stream().sorted(Comparator.reverseOrder()).toList()) {
      collect(collector, day);
    }
  }

  private void collect(CollectHandler collector, LocalDate day)
      throws IOException, InterruptedException {
    ObjectNode event = JSON.createObjectNode();
    event.putArray("dates").add(day.toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String report;
    try {
      collector.handleRequest(
          new ByteArrayInputStream(JSON.writeValueAsBytes(event)),
          out,
          new LocalContext("collect", COLLECT_LIMIT, log));
      JsonNode done = JSON.readTree(out.toByteArray()).at("/days/0");
      report =
          "%s  %,7d rows  %s"
              .formatted(day, done.get("rows").asLong(), done.get("outcome").asText());
    } catch (CollectionFailedException e) {
      report = e.getMessage();
    }
    if (isStopping()) {
      throw new InterruptedException();
    }
    say("Collect   %s", report);
  }

  /**
   * As if the newest raw day was written just now: a day that has not changed makes no event, but
   * the settings may have changed since it was.
   */
  private static Optional<ObjectCreated> newestRawDay(LocalS3 s3, Bucket bucket) {
    return bucket.list(Keys.RAW_DAYS, "").stream()
        .map(ListedObject::key)
        .filter(key -> Keys.rawDayOf(key).isPresent())
        .max(Comparator.naturalOrder())
        .flatMap(bucket::head)
        .map(
            day ->
                new ObjectCreated(
                    "Put", s3.bucket(), day.key(), day.etag(), day.size(), day.lastModified(), 0));
  }

  private void publishBundled(Bucket bucket) throws IOException {
    if (feed.equals(NONE)) {
      publishBundled(bucket, Keys.MEDIANS, MODEL.resolve("medians.json"));
    }
    if (feed.equals(NONE) || bucket.head(Keys.MODEL_POINTER).isEmpty()) {
      publishBundledModel(bucket);
    }
  }

  /** The repository's model, the pointer last. */
  public static void publishBundledModel(Bucket bucket) throws IOException {
    try (Stream<Path> files = Files.list(MODEL.resolve(Keys.MODELS))) {
      Comparator<Path> pointerLast = Comparator.comparing(file -> file.endsWith("current.json"));
      for (Path file : files.sorted(pointerLast).toList()) {
        publishBundled(bucket, MODEL.relativize(file).toString(), file);
      }
    }
  }

  private static void publishBundled(Bucket bucket, String key, Path file) throws IOException {
    bucket.put(key, Content.of(file), Map.of(), bucket.head(key).map(ObjectHead::etag));
  }

  private void sayWhatIsPublished(Bucket bucket) throws IOException {
    Optional<StoredObject> medians = bucket.get(Keys.MEDIANS);
    if (medians.isEmpty()) {
      say("Medians   none: there are no requests");
    } else {
      try (StoredObject object = medians.get()) {
        say(MediansJson.read(object.content()));
      }
    }
    try (StoredObject pointer = bucket.get(Keys.MODEL_POINTER).orElseThrow()) {
      say("Model     %s", PublishedModel.read(pointer, bucket::get).version());
    } catch (InvalidDocumentException e) {
      say("Model     refused: %s", e.getMessage());
    }
  }

  private void say(Medians medians) {
    say(
        "Medians   %d complaint types, %,d requests, %s to %s, as of %s",
        medians.types().size(), medians.requests(), medians.from(), medians.to(), medians.asOf());
  }

  private interface Opening<T> {
    T open() throws IOException;
  }

  private <T extends AutoCloseable> T opened(String option, int value, Opening<T> opening)
      throws IOException {
    try {
      return opened(opening.open());
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          throw refused("%s %d: %s, choose another".formatted(option, value, cause.getMessage()));
        }
        if (cause instanceof FileSystemException) {
          throw refused("--data must be a folder that can be written: " + data());
        }
      }
      throw e;
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    running.push(resource);
    return resource;
  }

  private void say(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(format + "%n", values);
    out.flush();
  }

  /** Stops everything, the last started first. */
  @Override
  public void close() throws IOException {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
