package nyc311.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An object was written, by whatever client.
 *
 * @param cause the last part of the event's name: {@code Put}, {@code Copy} or {@code
 *     CompleteMultipartUpload}
 * @param bucket the bucket's name
 * @param key the object's key, not encoded
 * @param etag its entity tag, without quotes
 * @param size its length in bytes
 * @param time when it was written
 * @param sequencer grows with every write
 */
public record ObjectCreated(
    String cause, String bucket, String key, String etag, long size, Instant time, long sequencer) {

  /**
   * The notification that S3 sends, see <a
   * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">Event
   * message structure</a>. Its key is encoded as S3 does: a space is {@code +}, slashes stay.
   */
  public String toJson() {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    ObjectNode entry = event.putArray("Records").addObject();
    entry
        .put("eventVersion", "2.1")
        .put("eventSource", "aws:s3")
        .put("awsRegion", LocalS3.REGION)
        .put("eventTime", time.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("eventName", "ObjectCreated:" + cause);
    entry.putObject("userIdentity").put("principalId", "AWS:LOCAL");
    entry.putObject("requestParameters").put("sourceIPAddress", "127.0.0.1");
    entry
        .putObject("responseElements")
        .put("x-amz-request-id", String.format("%016X", sequencer))
        .put("x-amz-id-2", "local");
    ObjectNode s3 = entry.putObject("s3");
    s3.put("s3SchemaVersion", "1.0").put("configurationId", "local");
    ObjectNode place = s3.putObject("bucket");
    place.put("name", bucket).put("arn", "arn:aws:s3:::" + bucket);
    place.putObject("ownerIdentity").put("principalId", "LOCAL");
    s3.putObject("object")
        .put("key", URLEncoder.encode(key, StandardCharsets.UTF_8).replace("%2F", "/"))
        .put("size", size)
        .put("eTag", etag)
        .put("sequencer", String.format("%018X", sequencer));
    return event.toString();
  }
}
