package nyc311.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;
import nyc311.medians.MediansJson;

/**
 * What the bucket publishes, kept fresh: asked for at the beginning and then, by entity tag, at
 * most once in a refresh interval. A failure keeps what was loaded last. Thread-safe: a request
 * that comes while another one asks the bucket is answered from what is loaded.
 */
final class Publication {
  /** While nothing is loaded, each interval counts. */
  private static final Duration REFRESH_WHILE_EMPTY = Duration.ofSeconds(1);

  private final Bucket bucket;
  private final Duration refresh;
  private final Clock clock;
  private final AtomicReference<Loaded> loaded =
      new AtomicReference<>(new Loaded(Optional.empty(), "", Instant.MIN));

  /** What was loaded, under which entity tag, and when the bucket was last asked. */
  private record Loaded(Optional<Estimates> estimates, String etag, Instant askedAt) {}

  Publication(Bucket bucket, Duration refresh, Clock clock) {
    this.bucket = bucket;
    this.refresh = refresh;
    this.clock = clock;
  }

  /** The newest estimates that are known; empty when nothing has been published yet. */
  Optional<Estimates> current() {
    Loaded seen = loaded.get();
    Instant now = clock.instant();
    if (!isDue(seen, now)) {
      return seen.estimates;
    }
    Loaded asking = new Loaded(seen.estimates, seen.etag, now);
    if (!loaded.compareAndSet(seen, asking)) {
      return loaded.get().estimates;
    }
    try {
      loaded.set(ask(asking));
    } catch (IOException | RuntimeException e) {
      reportFailure(e, now);
    }
    return loaded.get().estimates;
  }

  /** A clock that went back, as after a restored snapshot, makes it due as well. */
  private boolean isDue(Loaded seen, Instant now) {
    Duration interval = seen.estimates.isEmpty() ? REFRESH_WHILE_EMPTY : refresh;
    return seen.askedAt.equals(Instant.MIN)
        || now.isBefore(seen.askedAt)
        || !now.isBefore(seen.askedAt.plus(interval));
  }

  private Loaded ask(Loaded asking) throws IOException {
    if (bucket.getIfChanged(Keys.MEDIANS, asking.etag) instanceof Revalidation.Changed changed) {
      try (StoredObject object = changed.object()) {
        Estimates estimates = new Estimates(MediansJson.read(object.content()));
        return new Loaded(Optional.of(estimates), object.head().etag(), asking.askedAt);
      }
    }
    return asking;
  }

  /** A metric in CloudWatch's embedded format, which is read from standard output. */
  private static void reportFailure(Exception failure, Instant now) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeObjectFieldStart("_aws");
      json.writeNumberField("Timestamp", now.toEpochMilli());
      json.writeFieldName("CloudWatchMetrics");
      json.writeRawValue(
          "[{\"Namespace\":\"nyc311\",\"Dimensions\":[[]],"
              + "\"Metrics\":[{\"Name\":\"RefreshFailures\",\"Unit\":\"Count\"}]}]");
      json.writeEndObject();
      json.writeNumberField("RefreshFailures", 1);
      json.writeStringField("cause", failure.toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(line);
  }
}
