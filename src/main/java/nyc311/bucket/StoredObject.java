package nyc311.bucket;

import java.io.IOException;
import java.io.InputStream;

/**
 * An object opened for reading.
 *
 * @param head what is known of it
 * @param content its bytes; closed with this object
 */
public record StoredObject(ObjectHead head, InputStream content) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    content.close();
  }
}
