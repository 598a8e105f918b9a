package nyc311.predict;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nyc311.bucket.Keys;
import nyc311.bucket.ReadableBucket;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;
import nyc311.metrics.Metric;

/**
 * The record that the bucket publishes. It is asked for when somebody wants it, which nobody does
 * who wants an estimate, and then at most once in a refresh interval. A failure keeps what was
 * loaded last. Thread-safe: who comes while another one asks waits for what that one finds.
 */
final class RecordPublication {
  private final ReadableBucket bucket;
  private final Duration refresh;
  private final Clock clock;
  private Optional<PublishedRecord> loaded = Optional.empty();
  private Optional<String> etag = Optional.empty();
  private Instant askedAt = Instant.MIN;

  RecordPublication(ReadableBucket bucket, Duration refresh, Clock clock) {
    this.bucket = bucket;
    this.refresh = refresh;
    this.clock = clock;
  }

  /** The newest one that is known; empty while there is none. */
  synchronized Optional<PublishedRecord> current() {
    Instant now = clock.instant();
    if (askedAt.equals(Instant.MIN)
        || now.isBefore(askedAt)
        || !now.isBefore(askedAt.plus(refresh))) {
      ask(now);
      askedAt = clock.instant();
    }
    return loaded;
  }

  private void ask(Instant now) {
    try {
      Revalidation answer = bucket.getIfChanged(Keys.RECORD, etag);
      if (answer instanceof Revalidation.Changed changed) {
        try (StoredObject object = changed.object()) {
          loaded =
              Optional.of(PublishedRecord.read(object.content(), HttpAnswer.cacheControl(refresh)));
          etag = Optional.of(object.head().etag());
        }
      } else if (answer instanceof Revalidation.Missing) {
        // Whoever deletes it withdraws it.
        loaded = Optional.empty();
        etag = Optional.empty();
      }
    } catch (IOException | RuntimeException e) {
      Publication.report(Metric.REFRESH_FAILURES, Keys.RECORD, e, now);
    }
  }
}
