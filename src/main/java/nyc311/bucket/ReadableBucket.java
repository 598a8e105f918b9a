package nyc311.bucket;

import java.io.IOException;
import java.io.UncheckedIOException;
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
  default Revalidation getIfChanged(String key, Optional<String> etag) {
    Optional<StoredObject> found = get(key);
    if (found.isEmpty()) {
      return new Revalidation.Missing();
    }
    if (!etag.equals(found.map(object -> object.head().etag()))) {
      return new Revalidation.Changed(found.get());
    }
    try {
      found.get().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Revalidation.Unchanged();
  }
}
