package nyc311.local;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.collect.CollectHandler;
import nyc311.medians.MediansHandler;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import nyc311.template.Backfill;
import nyc311.template.Template;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * Collects a long history on this machine, and counts what each day of it costs: the template's
 * state machine, the real collector and the real recomputer, an S3 and a feed of our own. Each day
 * is recomputed before the next is collected, so that its requests are its own.
 */
@Command(
    name = "history",
    description =
        "Collects and recomputes invented days, and prints in Markdown what the first and the last"
            + " hundred of them took.")
public final class History implements Callable<Integer> {
  private static final LocalDate NEWEST = LocalDate.of(2025, 12, 31);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int WINDOW = 60;

  /** Two past the window, to be compared; and none before the archive's first. */
  private static final int MIN_DAYS = WINDOW + 2;

  private static final int MAX_DAYS = 5_844;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DAYS", description = "How many, from 2025-12-31 back.")
  private int count;

  @Parameters(paramLabel = "ROWS", description = "On an average day.")
  private int rows;

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLong listingNanos = new AtomicLong();
  private final List<Day> days = new ArrayList<>();

  History() {}

  /**
   * What one day took.
   *
   * @param requests to S3, by their operation, such as {@code PutObject}, tries included
   * @param written the keys that were written
   * @param recomputing with the listings
   * @param listing what the recomputer's listings took: the S3 of our own looks at all keys for
   *     each, as S3 does not
   */
  public record Day(
      LocalDate day,
      Map<String, Integer> requests,
      List<String> written,
      Duration collecting,
      Duration recomputing,
      Duration listing) {
    /** All requests to S3. */
    public long allRequests() {
      return requests.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * Collects and recomputes invented days, from 2025-12-31 back.
   *
   * @param count how many days
   * @param rows on an average day
   * @param window how many days the medians cover
   * @return what each day took, in the order of the backfill
   */
  public static List<Day> run(int count, int rows, int window) throws IOException {
    History history = new History();
    history.backfill(NEWEST.minusDays(count - 1L), rows, window);
    return history.days;
  }

  private void backfill(LocalDate first, int rows, int window) throws IOException {
    Instant now = NEWEST.plusDays(60).atStartOfDay(ZoneOffset.UTC).toInstant();
    int count = (int) (NEWEST.toEpochDay() - first.toEpochDay() + 1);
    Queue<ObjectCreated> created = new ConcurrentLinkedQueue<>();
    try (LocalS3 s3 = LocalS3.temporary();
        FeedServer feed = new FeedServer(new SampleFeed(NEWEST, count, rows, 311));
        S3Client client =
            s3.clientBuilder()
                .overrideConfiguration(override -> override.addExecutionInterceptor(new Counter()))
                .build()) {
      s3.onCreated(created::add);
      S3Bucket bucket = new S3Bucket(client, s3.bucket());
      Settings settings =
          new Settings(
              Map.of(
                  Setting.FEED_URL.name(), feed.url("erm2-nwe9").toString(),
                  Setting.FEED_ARCHIVE_URL.name(), feed.url("76ig-c548").toString(),
                  Setting.WINDOW_DAYS.name(), String.valueOf(window)));
      Clock clock = Clock.fixed(now, ZoneOffset.UTC);
      CollectHandler collector = new CollectHandler(settings, bucket, clock);
      MediansHandler recomputer = new MediansHandler(settings, bucket, clock);
      StateMachine.Task task =
          (resource, arguments) -> {
            long start = System.nanoTime();
            JsonNode result = collect(collector, arguments.path("Payload"));
            long collected = System.nanoTime();
            List<String> written = new ArrayList<>();
            for (ObjectCreated event = created.poll(); event != null; event = created.poll()) {
              written.add(event.key());
              if (event.key().startsWith(Keys.RAW_DAYS)) {
                invoke(recomputer, event.toJson());
              }
            }
            Map<String, Integer> counts = new TreeMap<>();
            for (String request = requests.poll(); request != null; request = requests.poll()) {
              counts.merge(request, 1, Integer::sum);
            }
            days.add(
                new Day(
                    LocalDate.parse(arguments.at("/Payload/dates/0").asText()),
                    counts,
                    written,
                    Duration.ofNanos(collected - start),
                    Duration.ofNanos(System.nanoTime() - collected),
                    Duration.ofNanos(listingNanos.getAndSet(0))));
            return result;
          };
      StateMachine.Execution execution =
          new StateMachine(Backfill.definition(Template.read()), task, now)
              .run(JSON.createObjectNode().put("from", first.toString()).put("to", "" + NEWEST));
      if (execution.failure().isPresent()) {
        throw new IllegalStateException(execution.failure().get());
      }
    }
  }

  private static JsonNode collect(CollectHandler collector, JsonNode payload) {
    try {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      return result.set("Payload", JSON.readTree(invoke(collector, payload.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String invoke(RequestStreamHandler function, String event) {
    try {
      return new LocalContext("history", Duration.ofMinutes(15), LogLevel.ERROR)
          .invoke(function, event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Counter implements ExecutionInterceptor {
    private static final ExecutionAttribute<Long> START = new ExecutionAttribute<>("start");

    @Override
    public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes with) {
      with.putAttribute(START, System.nanoTime());
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission sent, ExecutionAttributes with) {
      requests.add(with.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
    }

    @Override
    public void afterExecution(Context.AfterExecution call, ExecutionAttributes with) {
      if (call.request() instanceof ListObjectsV2Request) {
        listingNanos.addAndGet(System.nanoTime() - with.getAttribute(START));
      }
    }
  }

  /** See {@code --help}. */
  public static void main(String[] arguments) {
    Program.run(new History(), arguments);
  }

  @Override
  public Integer call() throws IOException {
    requireBetween("DAYS", count, MIN_DAYS, MAX_DAYS);
    requireBetween("ROWS", rows, 1, SampleFeed.MAX_ROWS_PER_DAY);
    long start = System.nanoTime();
    backfill(NEWEST.minusDays(count - 1L), rows, WINDOW);
    Duration all = Duration.ofNanos(System.nanoTime() - start);
    int some = Math.min(100, (count - WINDOW) / 2);
    List<Day> first = days.subList(WINDOW, WINDOW + some);
    List<Day> last = days.subList(count - some, count);
    System.out.printf(
        "%,d days of %,d rows, the newest first, in %,d s; a mean day of%n%n"
            + "| | the first %d days past the window | the last %4$d |%n|---|---|---|%n",
        count, rows, all.toSeconds(), some);
    Map<String, Integer> operations = new TreeMap<>();
    days.forEach(day -> operations.putAll(day.requests));
    for (String operation : operations.keySet()) {
      print("S3 " + operation, first, last, day -> day.requests.getOrDefault(operation, 0));
    }
    print("S3, all requests", first, last, Day::allRequests);
    print("ms to collect", first, last, day -> day.collecting.toMillis());
    print(
        "ms to recompute, without listings",
        first,
        last,
        day -> day.recomputing.minus(day.listing).toMillis());
    print("ms to list here", first, last, day -> day.listing.toMillis());
    if (mean(last, Day::allRequests) > mean(first, Day::allRequests)) {
      throw new IllegalStateException("a day takes more requests, the more days there are");
    }
    return 0;
  }

  private void requireBetween(String parameter, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must be between %d and %d: %d".formatted(parameter, min, max, value));
    }
  }

  private static void print(
      String what, List<Day> first, List<Day> last, ToLongFunction<Day> figure) {
    System.out.printf(
        Locale.ROOT, "| %s | %.2f | %.2f |%n", what, mean(first, figure), mean(last, figure));
  }

  private static double mean(List<Day> days, ToLongFunction<Day> figure) {
    return days.stream().mapToLong(figure).average().orElseThrow();
  }
}
