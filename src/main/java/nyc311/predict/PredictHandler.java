package nyc311.predict;

import com.amazonaws.services.lambda.runtime.Context;
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
import nyc311.bucket.Bucket;
import nyc311.bucket.S3Bucket;
import nyc311.settings.Settings;

/**
 * Answers the HTTP API (payload format 2.0) from what the bucket publishes. Thread-safe.
 *
 * <p>It reads the event and writes the answer as streams: mapping typed events costs a cold start
 * several hundred milliseconds.
 */
public final class PredictHandler implements RequestStreamHandler {
  /** A caller waits meanwhile, and the last good estimates are there to answer from. */
  private static final Duration S3_LIMIT = Duration.ofSeconds(3);

  private final Api api;

  /** For Lambda: configured by the environment. */
  public PredictHandler() {
    this(new Settings(System.getenv()));
  }

  private PredictHandler(Settings settings) {
    this(
        settings,
        S3Bucket.fromEnvironment(settings.bucket(), System.getenv(), S3_LIMIT),
        Clock.systemUTC());
  }

  /**
   * For any bucket. Loads what is published; that nothing is, or no bucket answers, is no error.
   */
  public PredictHandler(Settings settings, Bucket bucket, Clock clock) {
    Publication publication = new Publication(bucket, settings.refresh(), clock);
    publication.current();
    this.api = new Api(publication);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream out, Context context)
      throws IOException {
    HttpRequest request = HttpRequest.parse(event);
    String asked = request.method() + " " + request.path() + " " + request.query();
    context.getLogger().log(oneLine(asked), LogLevel.DEBUG);
    answer(request, context).writeTo(out, request);
  }

  private HttpAnswer answer(HttpRequest request, Context context) {
    try {
      return api.answer(request);
    } catch (RuntimeException e) {
      context.getLogger().log("unexpected: " + stackTrace(e), LogLevel.ERROR);
      return Api.failure(500, Map.of(), "Something went wrong here");
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
