package nyc311.local;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
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
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.collect.CollectHandler;
import nyc311.collect.CollectionFailedException;
import nyc311.medians.Medians;
import nyc311.medians.MediansHandler;
import nyc311.medians.MediansJson;
import nyc311.predict.PredictHandler;
import nyc311.regression.InvalidModelException;
import nyc311.regression.PublishedModel;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import picocli.CommandLine;
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
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
public final class Local implements Callable<Integer>, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_DAYS_A_RUN = 400;
  private static final Duration RECOMPUTE_LIMIT = Duration.ofMinutes(10);
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

  @Option(names = "--data", paramLabel = "FOLDER", description = "Where the bucket is kept.")
  Path data = Path.of("target", "local");

  @Option(
      names = "--feed",
      paramLabel = "FEED",
      description =
          "'sample': the bundled sample; 'live': the city's open data; 'none': only what is"
              + " published in model/; otherwise a folder of raw days, YYYY-MM-DD.json or"
              + " .json.gz.")
  String feed = SAMPLE;

  @Option(names = "--log", paramLabel = "LEVEL", description = "What the functions log.")
  LogLevel log = LogLevel.WARN;

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private URI url;

  /** Runs until it is interrupted; with {@code --help} only explains itself. */
  public static void main(String[] arguments) {
    int status =
        new CommandLine(new Local()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  @Override
  public Integer call() throws Exception {
    Thread main = Thread.currentThread();
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try (this) {
      start();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      say("Stopped.");
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** Starts everything, and returns when the first estimates are published. */
  void start() throws IOException, InterruptedException, TimeoutException {
    Optional<Recording> recording = recording();
    LocalS3 s3 = opened(LocalS3.onFolder(data, s3Port, "nyc311-local"));
    Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
    say("S3        %s/%s  (folder %s)", s3.endpoint(), s3.bucket(), data.toAbsolutePath());

    Settings settings = settings(s3, recording);
    LocalTrigger trigger =
        opened(
            new LocalTrigger(new MediansHandler(settings, bucket), Keys.RAW_DAYS, ".json", 2, log));
    s3.onCreated(trigger);

    if (feed.equals(NONE)) {
      publishBundled(bucket, Keys.MEDIANS, MODEL.resolve("medians.json"));
    }
    publishBundledModel(bucket);
    PredictHandler predict = new PredictHandler(settings, bucket, Clock.systemUTC());
    url = opened(new LocalFront(predict, port, log)).url();
    say("API       %s", url);
    if (!feed.equals(NONE)) {
      collect(new CollectHandler(settings, bucket, Clock.systemUTC()), recording);
      trigger.awaitIdle(RECOMPUTE_LIMIT);
    }

    sayWhatIsPublished(bucket);
    say("");
    say("Try       curl -s %s/predict/noise-residential", url);
    say("          curl -s '%s/predict/noise-residential?%s'", url, PLACE_AND_TIME);
    say("          curl -s %s/complaint-types", url);
    say("Ctrl-C    stops it.");
  }

  /** Where the API answers, once started. */
  URI url() {
    return url;
  }

  /** A feed that is served from here, and the days that it has. */
  private record Recording(FeedSource source, List<LocalDate> days) {}

  private Optional<Recording> recording() {
    try {
      return switch (feed) {
        case LIVE, NONE -> Optional.empty();
        case SAMPLE -> {
          SampleFeed sample = SampleFeed.bundled();
          List<LocalDate> days =
              sample.firstDay().datesUntil(sample.lastDay().plusDays(2)).toList();
          yield Optional.of(new Recording(sample, days));
        }
        default -> {
          RawDaysFolder folder = new RawDaysFolder(Path.of(feed), Clock.systemUTC());
          yield Optional.of(new Recording(folder, folder.days()));
        }
      };
    } catch (NotDirectoryException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--feed must be sample, live, none or a folder of raw days: " + feed,
          e);
    }
  }

  /** What the environment sets, but this bucket, and unless it is live, this feed. */
  private Settings settings(LocalS3 s3, Optional<Recording> recording) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put(Setting.REFRESH_SECONDS.name(), "1");
    for (Setting setting : Setting.values()) {
      Optional.ofNullable(System.getenv(setting.name()))
          .ifPresent(value -> environment.put(setting.name(), value));
    }
    environment.put(Setting.DATA_BUCKET.name(), s3.bucket());
    if (recording.isPresent()) {
      String resource = opened(new FeedServer(recording.get().source)).url("erm2-nwe9").toString();
      environment.put(Setting.FEED_URL.name(), resource);
      environment.put(Setting.FEED_ARCHIVE_URL.name(), resource);
      say("Feed      %s  (%s)", resource, feed);
    } else {
      say("Feed      %s", feed);
    }
    return new Settings(environment);
  }

  private void collect(CollectHandler collector, Optional<Recording> recording) throws IOException {
    if (recording.isEmpty()) {
      collect(
          collector, JSON.createObjectNode().put("time", Clock.systemUTC().instant().toString()));
      return;
    }
    List<LocalDate> days = recording.get().days;
    for (int from = 0; from < days.size(); from += MAX_DAYS_A_RUN) {
      ObjectNode event = JSON.createObjectNode();
      days.subList(from, Math.min(days.size(), from + MAX_DAYS_A_RUN))
          .forEach(day -> event.withArray("dates").add(day.toString()));
      collect(collector, event);
    }
  }

  private void collect(CollectHandler collector, JsonNode event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      collector.handleRequest(
          new ByteArrayInputStream(JSON.writeValueAsBytes(event)),
          out,
          new LocalContext("collect", Duration.ofMinutes(15), log));
    } catch (CollectionFailedException e) {
      say("Collect   %s", e.getMessage());
      return;
    }
    for (JsonNode day : JSON.readTree(out.toByteArray()).get("days")) {
      say(
          "Collect   %s  %,7d rows  %s",
          day.get("day").asText(), day.get("rows").asLong(), day.get("outcome").asText());
    }
  }

  /** A bucket without a model gets the repository's, the pointer last. */
  private static void publishBundledModel(Bucket bucket) throws IOException {
    if (bucket.head(Keys.MODEL_POINTER).isPresent()) {
      return;
    }
    try (Stream<Path> files = Files.list(MODEL.resolve(Keys.MODELS))) {
      Comparator<Path> pointerLast = Comparator.comparing(file -> file.endsWith("current.json"));
      for (Path file : files.sorted(pointerLast).toList()) {
        publishBundled(bucket, MODEL.relativize(file).toString(), file);
      }
    }
  }

  private static void publishBundled(Bucket bucket, String key, Path file) throws IOException {
    if (bucket.head(key).isEmpty()) {
      bucket.put(key, Content.of(file), Map.of(), Optional.empty());
    }
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
    } catch (InvalidModelException e) {
      say("Model     refused: %s", e.getMessage());
    }
  }

  private void say(Medians medians) {
    say(
        "Medians   %d complaint types, %,d requests, %s to %s, as of %s",
        medians.types().size(), medians.requests(), medians.from(), medians.to(), medians.asOf());
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
