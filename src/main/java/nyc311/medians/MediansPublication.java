package nyc311.medians;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.ConditionalUpdate.Revised;
import nyc311.bucket.Keys;
import nyc311.json.InvalidDocumentException;

/** Medians that a person puts where the API finds them, in a bucket's one object. */
public final class MediansPublication {
  private final byte[] content;
  private final Medians medians;
  private final boolean force;

  /**
   * @param content as {@link MediansJson} writes them
   * @param force replace even newer ones
   * @throws InvalidDocumentException when they are no medians
   */
  public MediansPublication(byte[] content, boolean force) throws IOException {
    this.content = content;
    this.medians = MediansJson.read(new ByteArrayInputStream(content));
    this.force = force;
  }

  /**
   * Checks that they may replace those of a bucket.
   *
   * @throws IOException when the bucket has newer ones, or cannot be read
   */
  public void requireReplaceable(Bucket bucket) throws IOException {
    Optional<byte[]> published = bucket.read(Keys.MEDIANS);
    if (published.isPresent()) {
      requireNotNewer(published.get());
    }
  }

  private void requireNotNewer(byte[] current) throws IOException {
    if (force) {
      return;
    }
    Medians published;
    try {
      published = MediansJson.read(new ByteArrayInputStream(current));
    } catch (InvalidDocumentException e) {
      return;
    }
    if (published.asOf().isAfter(medians.asOf())) {
      throw new IOException(
          "the published medians are newer, as of "
              + published.asOf()
              + ", than these, as of "
              + medians.asOf()
              + "; --force replaces them");
    }
  }

  /**
   * Publishes them.
   *
   * @return whether there was need to
   * @throws IOException when the bucket has newer ones, or cannot be read or written
   * @throws nyc311.bucket.WriteConflictException when others were published meanwhile: those stay
   */
  public boolean publish(Bucket bucket) throws IOException {
    return new ConditionalUpdate(bucket, 1)
        .update(
            Keys.MEDIANS,
            published -> {
              if (published.isPresent()) {
                requireNotNewer(published.get());
              }
              return new Revised<>(Optional.of(content), content);
            })
        .changed();
  }
}
