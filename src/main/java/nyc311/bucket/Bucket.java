package nyc311.bucket;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flat store of objects with entity tags and conditional writes, as S3 is. Strongly consistent: a
 * read or a listing that begins after a write has returned sees that write. Thread-safe.
 */
public interface Bucket extends ReadableBucket {
  /** All of an object's content; empty when the key is not there. */
  default Optional<byte[]> read(String key) throws IOException {
    try (StoredObject object = get(key).orElse(null)) {
      return object == null ? Optional.empty() : Optional.of(object.content().readAllBytes());
    }
  }

  /** What is known of an object without reading it; empty when the key is not there. */
  Optional<ObjectHead> head(String key);

  /**
   * Writes an object if the key is still in the state that the caller has seen.
   *
   * @param metadata the object's own metadata, lower-case names
   * @param expectedEtag the entity tag that the object must have; empty: it must not exist
   * @throws WriteConflictException when the key is in another state, or is being written by someone
   *     else; nothing was written
   * @throws IOException when the content cannot be read
   */
  void put(String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException;

  /**
   * Lists objects in ascending order of their keys.
   *
   * @param prefix what the keys start with
   * @param after only keys greater than this one
   */
  List<ListedObject> list(String prefix, String after);

  /** One line of a listing. */
  record ListedObject(String key, String etag) {}
}
