package nyc311.bucket;

import java.util.Optional;

/**
 * Objects with entity tags, to be read. Thread-safe.
 *
 * <p>A fault of the store other than those named (access denied, no connection) is thrown as the
 * implementation's unchecked exception.
 */
public interface ReadableBucket {
  /** Opens an object for reading; empty when the key is not there. The caller closes it. */
  Optional<StoredObject> get(String key);

  /**
   * Opens an object for reading unless it still has the given entity tag. The caller closes what is
   * returned.
   *
   * @param etag empty: it is opened in any case
   */
  Revalidation getIfChanged(String key, Optional<String> etag);
}
