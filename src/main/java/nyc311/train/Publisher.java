package nyc311.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.ConditionalUpdate.Revised;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.json.InvalidDocumentException;
import nyc311.regression.ModelPointer;
import nyc311.regression.PublishedModel;

/** Puts models where the API finds them. */
public final class Publisher {
  private static final String VERSIONS = Keys.modelVersion("").replace(".json", "");

  private Publisher() {}

  /**
   * Writes a model's objects, and the pointer last. What comes meanwhile is not replaced.
   *
   * @param objects as {@link PublishedModel#objects} made them
   * @param force replace even a newer one
   * @throws IOException when the published one dates from later, or the bucket cannot be read or
   *     written
   * @throws WriteConflictException when someone else is publishing: the pointer is theirs, or still
   *     the one from before
   */
  public static void publish(Map<String, byte[]> objects, Bucket bucket, boolean force)
      throws IOException {
    ConditionalUpdate once = new ConditionalUpdate(bucket, 1);
    once.update(
        Keys.MODEL_POINTER,
        published -> {
          if (!force) {
            requireNotNewer(objects, bucket);
          }
          for (Map.Entry<String, byte[]> object : objects.entrySet()) {
            if (!object.getKey().equals(Keys.MODEL_POINTER)) {
              once.create(object.getKey(), Content.of(object.getValue()));
            }
          }
          return new Revised<>(Optional.of(objects.get(Keys.MODEL_POINTER)), objects);
        });
  }

  /**
   * Checks that the published model does not date from later than another one.
   *
   * @param objects of the other one, as {@link PublishedModel#objects} made them
   * @throws IOException when it does date from later
   */
  public static void requireNotNewer(Map<String, byte[]> objects, Bucket bucket)
      throws IOException {
    Optional<ModelPointer> parts = pointer(bucket, Keys.MODEL_POINTER);
    if (parts.isEmpty()) {
      return;
    }
    try {
      requireReadable(bucket, Keys.MODEL_POINTER);
    } catch (InvalidDocumentException e) {
      return;
    }
    ModelPointer published = parts.get();
    ModelPointer next = pointer(objects);
    if (published.asOf().isAfter(next.asOf())) {
      throw new IOException(
          "the published model is newer, %s as of %s, than this one, %s as of %s; --force replaces it"
              .formatted(published.version(), published.asOf(), next.version(), next.asOf()));
    }
  }

  /** The model that objects publish. */
  public static ModelPointer pointer(Map<String, byte[]> objects) throws IOException {
    return ModelPointer.read(Keys.MODEL_POINTER, stream(objects.get(Keys.MODEL_POINTER)));
  }

  private static InputStream stream(byte[] content) {
    return new ByteArrayInputStream(content);
  }

  /**
   * The models that are, or were once, published, but for those of another format, which cannot be
   * served any more; the one that dates from latest is the last.
   */
  public static List<ModelPointer> versions(Bucket bucket) throws IOException {
    List<ModelPointer> versions = new ArrayList<>();
    for (ListedObject listed : bucket.list(VERSIONS, "")) {
      pointer(bucket, listed.key()).ifPresent(versions::add);
    }
    versions.sort(Comparator.comparing(ModelPointer::asOf).thenComparing(ModelPointer::version));
    return versions;
  }

  /** The name of the published model; empty when there is none that can be read. */
  public static Optional<String> current(Bucket bucket) throws IOException {
    return pointer(bucket, Keys.MODEL_POINTER).map(ModelPointer::version);
  }

  private static Optional<ModelPointer> pointer(Bucket bucket, String key) throws IOException {
    Optional<byte[]> content = bucket.read(key);
    try {
      return content.isPresent()
          ? Optional.of(ModelPointer.read(key, stream(content.get())))
          : Optional.empty();
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts an old pointer back.
   *
   * @return the model that is published then
   * @throws InvalidDocumentException when that model cannot be read; nothing was changed
   * @throws IOException when there is no such model
   * @throws WriteConflictException when another one was published meanwhile, which stays
   */
  public static ModelPointer rollBack(Bucket bucket, String name) throws IOException {
    return new ConditionalUpdate(bucket, 1)
        .update(
            Keys.MODEL_POINTER,
            published -> {
              String key = Keys.modelVersion(name);
              requireReadable(bucket, key);
              byte[] pointer = bucket.read(key).orElseThrow();
              return new Revised<>(Optional.of(pointer), ModelPointer.read(key, stream(pointer)));
            })
        .from();
  }

  private static void requireReadable(Bucket bucket, String pointer) throws IOException {
    try (StoredObject found = bucket.get(pointer).orElse(null)) {
      if (found == null) {
        throw new IOException("there is no " + pointer);
      }
      PublishedModel.read(found, bucket::get);
    }
  }
}
