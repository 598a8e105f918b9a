package nyc311.medians;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;

/** Medians that a person puts where the API finds them, in a bucket's one object. */
public final class MediansPublication {
  private final Bucket bucket;
  private final byte[] content;
  private final Optional<String> replaced;
  private final boolean needed;

  private MediansPublication(
      Bucket bucket, byte[] content, Optional<String> replaced, boolean needed) {
    this.bucket = bucket;
    this.content = content;
    this.replaced = replaced;
    this.needed = needed;
  }

  /**
   * Checks medians, and looks at those that they would replace. Nothing is written yet.
   *
   * @param content as {@link MediansJson} writes them
   * @param force replace even newer ones
   * @throws InvalidDocumentException when they are no medians
   * @throws IOException when the bucket has newer ones, or cannot be read
   */
  public static MediansPublication prepare(byte[] content, Bucket bucket, boolean force)
      throws IOException {
    Medians next = MediansJson.read(new ByteArrayInputStream(content));
    Optional<StoredObject> found = bucket.get(Keys.MEDIANS);
    if (found.isEmpty()) {
      return new MediansPublication(bucket, content, Optional.empty(), true);
    }
    try (StoredObject published = found.get()) {
      byte[] current = published.content().readAllBytes();
      if (!force) {
        requireNotNewer(current, next);
      }
      return new MediansPublication(
          bucket, content, Optional.of(published.head().etag()), !Arrays.equals(current, content));
    }
  }

  private static void requireNotNewer(byte[] current, Medians next) throws IOException {
    Medians published;
    try {
      published = MediansJson.read(new ByteArrayInputStream(current));
    } catch (InvalidDocumentException e) {
      return;
    }
    if (published.asOf().isAfter(next.asOf())) {
      throw new IOException(
          "the published medians are newer, as of "
              + published.asOf()
              + ", than these, as of "
              + next.asOf()
              + "; --force replaces them");
    }
  }

  /**
   * Publishes them.
   *
   * @return whether there was need to
   * @throws nyc311.bucket.WriteConflictException when others were published meanwhile: those stay
   */
  public boolean publish() throws IOException {
    if (needed) {
      bucket.put(Keys.MEDIANS, Content.of(content), Map.of(), replaced);
    }
    return needed;
  }
}
