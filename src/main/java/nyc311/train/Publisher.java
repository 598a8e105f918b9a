package nyc311.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.regression.InvalidModelException;
import nyc311.regression.PublishedModel;

/** Puts models where the API finds them. */
final class Publisher {
  private static final String VERSIONS = Keys.modelVersion("").replace(".json", "");
  private static final int DAY_LENGTH = "2019-07-24".length();

  private Publisher() {}

  /**
   * Writes a model's objects, and the pointer last.
   *
   * @param objects as {@link PublishedModel#objects} made them
   * @throws WriteConflictException when someone else is publishing: the pointer is theirs, or still
   *     the one from before
   */
  static void publish(Map<String, byte[]> objects, Bucket bucket) throws IOException {
    Optional<String> current = bucket.head(Keys.MODEL_POINTER).map(ObjectHead::etag);
    for (Map.Entry<String, byte[]> object : objects.entrySet()) {
      boolean pointer = object.getKey().equals(Keys.MODEL_POINTER);
      try {
        bucket.put(
            object.getKey(),
            Content.of(object.getValue()),
            Map.of(),
            pointer ? current : Optional.empty());
      } catch (WriteConflictException e) {
        // Others are named for their content, and a write whose answer was lost was our own. But
        // what is refused because another write is under way need not be there.
        if (!holds(bucket, object.getKey(), object.getValue())) {
          throw e;
        }
      }
    }
  }

  private static boolean holds(Bucket bucket, String key, byte[] content) throws IOException {
    Optional<StoredObject> found = bucket.get(key);
    if (found.isEmpty()) {
      return false;
    }
    try (StoredObject object = found.get()) {
      return Arrays.equals(object.content().readAllBytes(), content);
    }
  }

  /** The version of the model that objects publish. */
  static String version(Map<String, byte[]> objects) {
    return objects.keySet().stream()
        .filter(key -> key.startsWith(VERSIONS))
        .map(Publisher::versionOf)
        .findFirst()
        .orElseThrow();
  }

  private static String versionOf(String key) {
    return key.substring(VERSIONS.length()).replace(".json", "");
  }

  /**
   * Checks that the published model is not of a later day than another one.
   *
   * @throws IOException when it is
   */
  static void requireNotNewer(Map<String, byte[]> objects, Bucket bucket) throws IOException {
    Optional<StoredObject> found = bucket.get(Keys.MODEL_POINTER);
    if (found.isEmpty()) {
      return;
    }
    String published;
    try (StoredObject pointer = found.get()) {
      published = PublishedModel.read(pointer, bucket::get).version();
    } catch (InvalidModelException e) {
      return;
    }
    // A version begins with the day that its knowledge dates from.
    if (day(published).compareTo(day(version(objects))) > 0) {
      throw new IOException(
          "the published model is newer, "
              + published
              + ", than this one, "
              + version(objects)
              + "; --force replaces it");
    }
  }

  private static String day(String version) {
    return version.substring(0, Math.min(version.length(), DAY_LENGTH));
  }

  /** The models that are, or were once, published, in ascending order. */
  static List<String> versions(Bucket bucket) {
    return bucket.list(VERSIONS, "").stream().map(listed -> versionOf(listed.key())).toList();
  }

  /**
   * Puts an old pointer back.
   *
   * @throws InvalidModelException when that model cannot be read; nothing was changed
   * @throws IOException when there is no such model
   */
  static void rollBack(Bucket bucket, String version) throws IOException {
    String key = Keys.modelVersion(version);
    byte[] pointer;
    try (StoredObject old = open(bucket, key)) {
      pointer = old.content().readAllBytes();
    }
    try (StoredObject old = open(bucket, key)) {
      PublishedModel.read(old, bucket::get);
    }
    publish(Map.of(Keys.MODEL_POINTER, pointer), bucket);
  }

  private static StoredObject open(Bucket bucket, String key) throws IOException {
    return bucket.get(key).orElseThrow(() -> new IOException("there is no " + key));
  }
}
