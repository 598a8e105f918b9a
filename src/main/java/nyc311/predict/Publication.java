package nyc311.predict;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import nyc311.bucket.Keys;
import nyc311.bucket.ReadableBucket;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.MediansJson;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;
import nyc311.regression.PublishedModel;

/**
 * What the bucket publishes, kept fresh: the medians and the model are asked for at the beginning
 * and then, each by its own entity tag, at most once in a refresh interval. A failure of one keeps
 * what was loaded of it last, and does not hold back the other. Thread-safe: a request that comes
 * while another one asks the bucket is answered from what is loaded.
 */
final class Publication {
  /** While there are no medians, each interval counts. */
  private static final Duration REFRESH_WHILE_EMPTY = Duration.ofSeconds(1);

  /** For all of a refresh, whatever the bucket does: a snapshot's hook has ten seconds. */
  private static final Duration LIMIT = Duration.ofSeconds(6);

  private final ReadableBucket bucket;
  private final Duration refresh;
  private final Clock clock;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile boolean rehearsing;
  private final AtomicReference<Loaded> loaded =
      new AtomicReference<>(new Loaded(Part.none(), Part.none(), Instant.MIN));

  /** What was loaded, and when the bucket was last asked. */
  private record Loaded(Part<KnownTypes> types, Part<PublishedModel> model, Instant askedAt) {
    Optional<Estimates> estimates() {
      return types.content.map(known -> new Estimates(known, model.content));
    }
  }

  /** What was loaded from an object, under which entity tag. */
  private record Part<T>(Optional<T> content, Optional<String> etag) {
    static <T> Part<T> none() {
      return new Part<>(Optional.empty(), Optional.empty());
    }
  }

  private interface Reader<T> {
    T read(StoredObject object) throws IOException;
  }

  Publication(ReadableBucket bucket, Duration refresh, Clock clock) {
    this.bucket = bucket;
    this.refresh = refresh;
    this.clock = clock;
  }

  /** The newest estimates that are known; empty when no medians have been published yet. */
  Optional<Estimates> current() {
    Loaded seen = loaded.get();
    Instant now = clock.instant();
    if (isDue(seen, now)) {
      refresh();
    }
    return loaded.get().estimates();
  }

  /** What was loaded last, without asking the bucket. */
  Optional<Estimates> loaded() {
    return loaded.get().estimates();
  }

  /** Asks the bucket now, unless someone else is doing so. Takes no longer than the limit. */
  void refresh() {
    // One asks at a time, so that what it finds never undoes what a later one has found.
    if (asking.compareAndSet(false, true)) {
      try {
        loaded.set(asked(loaded.get()));
      } finally {
        asking.set(false);
      }
    }
  }

  /** Asks as a refresh does, so that a snapshot has its code; what fails was told by a refresh. */
  void rehearse() {
    rehearsing = true;
    try {
      refresh();
    } finally {
      rehearsing = false;
    }
  }

  /** For medians and model at the same time: most of it is waiting for an answer. */
  private Loaded asked(Loaded last) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Future<Part<KnownTypes>> types = started(() -> medians(last.types, clock.instant()));
    Future<Part<PublishedModel>> model = started(() -> model(last.model, clock.instant()));
    return new Loaded(
        result(Keys.MEDIANS, types, last.types, deadline),
        result(Keys.MODEL_POINTER, model, last.model, deadline),
        clock.instant());
  }

  private static <T> Future<T> started(Callable<T> asking) {
    FutureTask<T> task = new FutureTask<>(asking);
    Thread thread = new Thread(task, "asking");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private <T> T result(String key, Future<T> asking, T last, long deadline) {
    try {
      return asking.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      reportUnlessRehearsing(Metric.REFRESH_FAILURES, key, e, clock.instant());
    } catch (ExecutionException e) {
      reportUnlessRehearsing(Metric.REFRESH_FAILURES, key, e.getCause(), clock.instant());
    }
    return last;
  }

  /** A clock that went back, as after a restored snapshot, makes it due as well. */
  private boolean isDue(Loaded seen, Instant now) {
    Duration interval = seen.types.content.isEmpty() ? REFRESH_WHILE_EMPTY : refresh;
    return seen.askedAt.equals(Instant.MIN)
        || now.isBefore(seen.askedAt)
        || !now.isBefore(seen.askedAt.plus(interval));
  }

  /**
   * Keeps the last medians when the object is missing: a deletion is more likely a mistake than a
   * wish.
   */
  private Part<KnownTypes> medians(Part<KnownTypes> seen, Instant now) {
    return revalidated(
        Keys.MEDIANS,
        Metric.REFRESH_FAILURES,
        seen,
        seen,
        object -> new KnownTypes(MediansJson.read(object.content())),
        now);
  }

  /** Whoever deletes the pointer withdraws the model, and there still are the medians. */
  private Part<PublishedModel> model(Part<PublishedModel> seen, Instant now) {
    return revalidated(
        Keys.MODEL_POINTER,
        Metric.MODELS_REFUSED,
        seen,
        Part.none(),
        pointer -> PublishedModel.read(pointer, bucket::get),
        now);
  }

  private <T> Part<T> revalidated(
      String key, Metric refused, Part<T> seen, Part<T> ifMissing, Reader<T> reader, Instant now) {
    try {
      Revalidation answer = bucket.getIfChanged(key, seen.etag);
      if (answer instanceof Revalidation.Changed changed) {
        try (StoredObject object = changed.object()) {
          return new Part<>(Optional.of(reader.read(object)), Optional.of(object.head().etag()));
        }
      }
      return answer instanceof Revalidation.Missing ? ifMissing : seen;
    } catch (InvalidDocumentException e) {
      // The entity tag stays that of the last good one: objects that come late will be found.
      reportUnlessRehearsing(refused, key, e, now);
    } catch (IOException | RuntimeException e) {
      reportUnlessRehearsing(Metric.REFRESH_FAILURES, key, e, now);
    }
    return seen;
  }

  private void reportUnlessRehearsing(Metric metric, String key, Throwable cause, Instant now) {
    if (!rehearsing) {
      report(metric, key, cause, now);
    }
  }

  /** Counts what could not be read, and says why. */
  static void report(Metric metric, String key, Throwable cause, Instant now) {
    new MetricLine(now)
        .with(metric, 1)
        .because("key", key)
        .because("cause", cause.toString())
        .print();
  }
}
