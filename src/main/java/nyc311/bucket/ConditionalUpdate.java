package nyc311.bucket;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces objects that others replace at the same time. First an object is looked at, then its
 * next content is made, from sources that are read only now, and it is written if the object is
 * still the one that was looked at; else all of this is done again. So a slow writer with old
 * sources cannot overwrite a faster one that read newer sources. Thread-safe.
 *
 * <p>Each method throws a {@link WriteConflictException} when others were faster at each attempt:
 * what they have written stays.
 */
public final class ConditionalUpdate {
  /** More than any document has. Of a longer one the beginning says that it is none of ours. */
  private static final int MAX_DOCUMENT_BYTES = 17 << 20;

  private static final int FIRST_PAUSE_MILLIS = 20;
  private static final int MAX_PAUSE_MILLIS = 1_000;

  private final Bucket bucket;
  private final int maxAttempts;

  /** Gives up after so many attempts. */
  public ConditionalUpdate(Bucket bucket, int maxAttempts) {
    this.bucket = bucket;
    this.maxAttempts = maxAttempts;
  }

  /** Makes a document's next content of the one it has, if it is there, and of its sources. */
  public interface Revision<T> {
    Revised<T> of(Optional<byte[]> current) throws IOException;
  }

  /**
   * A document's next content.
   *
   * @param content empty: leave it as it is
   * @param from what it was made from
   */
  public record Revised<T>(Optional<byte[]> content, T from) {}

  /**
   * What became of a document.
   *
   * @param changed whether it was written: one that has the content already is not
   * @param from what its content was made from
   */
  public record Updated<T>(boolean changed, T from) {}

  /** Replaces a document by a revision of it. */
  public <T> Updated<T> update(String key, Revision<T> revision) throws IOException {
    return repeated(
        key,
        () -> {
          Optional<byte[]> current = Optional.empty();
          Optional<String> etag = Optional.empty();
          try (StoredObject object = bucket.get(key).orElse(null)) {
            if (object != null) {
              etag = Optional.of(object.head().etag());
              current = Optional.of(object.content().readNBytes(MAX_DOCUMENT_BYTES));
            }
          }
          Revised<T> next = revision.of(current);
          Optional<byte[]> before = current;
          return new Attempt<>(
              etag,
              next.content
                  .filter(content -> before.isEmpty() || !Arrays.equals(content, before.get()))
                  .map(Content::of),
              Map.of(),
              next.from);
        });
  }

  /** Whether what is there, if anything, is to stay; or throws why nothing may be written. */
  public interface Check {
    boolean stays(Optional<ObjectHead> current) throws IOException;
  }

  /**
   * Writes an object unless what is there is to stay.
   *
   * @return whether it was written
   */
  public boolean putUnless(Check check, String key, Content content, Map<String, String> metadata)
      throws IOException {
    return repeated(
            key,
            () -> {
              Optional<ObjectHead> current = bucket.head(key);
              return new Attempt<>(
                  current.map(ObjectHead::etag),
                  check.stays(current) ? Optional.empty() : Optional.of(content),
                  metadata,
                  key);
            })
        .changed;
  }

  /** Writes an object that never changes: where one is there already, it must be the same. */
  public void create(String key, Content content) throws IOException {
    repeated(key, () -> new Attempt<>(Optional.empty(), Optional.of(content), Map.of(), key));
  }

  private record Attempt<T>(
      Optional<String> etag, Optional<Content> content, Map<String, String> metadata, T from) {}

  private interface Attempts<T> {
    Attempt<T> next() throws IOException;
  }

  private <T> Updated<T> repeated(String key, Attempts<T> attempts) throws IOException {
    for (int number = 1; ; number++) {
      Attempt<T> next = attempts.next();
      if (next.content.isEmpty()) {
        return new Updated<>(false, next.from);
      }
      Content content = next.content.get();
      try {
        bucket.put(key, content, next.metadata, next.etag);
        return new Updated<>(true, next.from);
      } catch (WriteConflictException e) {
        if (number < maxAttempts) {
          pause(number);
        } else if (has(key, content)) {
          // A write whose answer was lost, and that was sent again, is in conflict with itself.
          return new Updated<>(true, next.from);
        } else {
          throw e;
        }
      }
    }
  }

  private boolean has(String key, Content content) throws IOException {
    try (StoredObject object = bucket.get(key).orElse(null)) {
      return object != null && Content.sha256(object.content()).equals(content.sha256());
    }
  }

  /** Of random length, so that those who met once do not meet again. */
  private static void pause(int attempt) throws IOException {
    long limit = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * (1L << Math.min(attempt - 1, 10)));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(limit + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting to write again", e);
    }
  }
}
