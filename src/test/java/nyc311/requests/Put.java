package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;

/** A raw day as somebody has put it into a bucket, under the key {@code a-key}. */
public final class Put {
  private Put() {}

  /** By hand, so that nothing says when it dates from. */
  public static StoredObject byHand(InputStream content, Instant lastModified) {
    return put(content, lastModified, Map.of());
  }

  /** The same. */
  public static StoredObject byHand(String json, Instant lastModified) {
    return byHand(new ByteArrayInputStream(json.getBytes(UTF_8)), lastModified);
  }

  /** With what is known of it. */
  public static StoredObject put(
      InputStream content, Instant lastModified, Map<String, String> metadata) {
    return new StoredObject(new ObjectHead("a-key", "an-etag", lastModified, 0, metadata), content);
  }
}
