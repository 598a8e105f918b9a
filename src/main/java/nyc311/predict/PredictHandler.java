package nyc311.predict;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import nyc311.bucket.ReadableBucket;
import nyc311.bucket.S3Reader;
import nyc311.estimate.Estimates;
import nyc311.metrics.Metric;
import nyc311.settings.Settings;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Answers the HTTP API (payload format 2.0) from what the bucket publishes. Thread-safe.
 *
 * <p>It reads the event and writes the answer as streams: mapping typed events costs a cold start
 * several hundred milliseconds. Under SnapStart it is started once for each version: before the
 * snapshot it answers representative requests, so that classes are loaded and compiled, and after
 * each restore it asks for what has been published since. Nothing else that a snapshot holds is of
 * its moment: there are no random numbers, no open connections, and the time is read when needed.
 */
public final class PredictHandler implements RequestStreamHandler, Resource {
  /** A caller waits meanwhile, and the last good estimates are there to answer from. */
  private static final Duration S3_LIMIT = Duration.ofSeconds(3);

  private static final int SERVER_ERROR = 500;
  private static final int PRIMING_READS = 250;
  private static final Duration MAX_PRIMING_READS = Duration.ofSeconds(10);

  private final Publication publication;
  private final ServingMetrics metrics;
  private final Api api;

  /** For Lambda: configured by the environment. */
  public PredictHandler() {
    this(new Settings(System.getenv()));
  }

  private PredictHandler(Settings settings) {
    this(settings, new S3Reader(settings.bucket(), System.getenv(), S3_LIMIT));
  }

  private PredictHandler(Settings settings, S3Reader bucket) {
    this(settings, bucket, Clock.systemUTC());
    if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      // In this order, which is also that after a restore: credentials before requests.
      Core.getGlobalContext().register(bucket);
      Core.getGlobalContext().register(this);
    } else {
      metrics.started(Metric.COLD_STARTS, publication.loaded());
    }
  }

  /**
   * For any bucket. Loads what is published; that nothing is, or no bucket answers, is no error.
   */
  public PredictHandler(Settings settings, ReadableBucket bucket, Clock clock) {
    this.publication = new Publication(bucket, settings.refresh(), clock);
    this.metrics = new ServingMetrics(clock);
    this.api =
        new Api(
            this::estimates,
            new RecordPublication(bucket, settings.refresh(), clock)::current,
            metrics::answered,
            settings.refresh(),
            clock);
    publication.refresh();
  }

  private Optional<Estimates> estimates() {
    Optional<Estimates> current = publication.current();
    metrics.tellNowAndThen(current);
    return current;
  }

  /** Never throws: a function that is not primed is slow, but it works. */
  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    Priming.run(publication.loaded(), PredictHandler::handleUnlogged);
    // As often as the JVM's first compiler wants to see the code of connections and signatures.
    long deadline = System.nanoTime() + MAX_PRIMING_READS.toNanos();
    for (int i = 0; i < PRIMING_READS && System.nanoTime() < deadline; i++) {
      publication.rehearse();
      metrics.rehearse(publication.loaded());
    }
    Priming.awaitCompilers();
  }

  /** Never throws: what was loaded before the snapshot is served until there is an answer. */
  @Override
  public void afterRestore(Context<? extends Resource> context) {
    publication.refresh();
    metrics.started(Metric.RESTORED_STARTS, publication.loaded());
  }

  @Override
  public void handleRequest(
      InputStream event, OutputStream out, com.amazonaws.services.lambda.runtime.Context context)
      throws IOException {
    HttpAnswer answer = handle(api, event, out, context.getLogger()::log);
    if (answer.status() == SERVER_ERROR) {
      metrics.failed();
    }
  }

  /** What a request makes it do, for {@link Priming}. */
  static void handleUnlogged(Api api, InputStream event, OutputStream out) throws IOException {
    handle(api, event, out, (line, level) -> {});
  }

  private static HttpAnswer handle(
      Api api, InputStream event, OutputStream out, BiConsumer<String, LogLevel> log)
      throws IOException {
    HttpRequest request;
    try {
      request = HttpRequest.parse(event);
    } catch (IOException e) {
      log.accept("refused: " + oneLine(e.getMessage()), LogLevel.WARN);
      HttpAnswer refusal = Api.failure(400, Map.of(), e.getMessage());
      refusal.writeTo(out, HttpRequest.NOTHING);
      return refusal;
    }
    String asked = request.method() + " " + request.path() + " " + request.query();
    log.accept(oneLine(asked), LogLevel.DEBUG);
    HttpAnswer answer = answer(api, request, log);
    answer.writeTo(out, request);
    return answer;
  }

  private static HttpAnswer answer(Api api, HttpRequest request, BiConsumer<String, LogLevel> log) {
    try {
      return api.answer(request);
    } catch (RuntimeException e) {
      log.accept("unexpected: " + stackTrace(e), LogLevel.ERROR);
      return Api.failure(SERVER_ERROR, Map.of(), "Something went wrong here");
    }
  }

  /** A client's line breaks must not look like lines of the log. */
  private static String oneLine(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static String stackTrace(RuntimeException e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }
}
