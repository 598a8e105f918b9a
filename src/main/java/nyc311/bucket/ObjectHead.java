package nyc311.bucket;

import java.time.Instant;
import java.util.Map;

/**
 * What is known of an object without its content.
 *
 * @param key its key
 * @param etag its entity tag: changes with the content
 * @param lastModified when it was written
 * @param size its length in bytes
 * @param metadata its own metadata, lower-case names
 */
public record ObjectHead(
    String key, String etag, Instant lastModified, long size, Map<String, String> metadata) {
  public ObjectHead {
    metadata = Map.copyOf(metadata);
  }

  /** An entity tag as S3 writes it: other stores leave out its quotes, or call it weak. */
  static String tag(String written) {
    return '"'
        + (written.startsWith("W/") ? written.substring(2) : written).replace("\"", "")
        + '"';
  }
}
