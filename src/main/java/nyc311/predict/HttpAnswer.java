package nyc311.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import java.util.zip.GZIPOutputStream;

/**
 * An HTTP answer.
 *
 * @param status the HTTP status
 * @param contentType of the body
 * @param headers beside those of the content; lower-case names; nothing of the request's text
 * @param body as it is without compression
 * @param gzipped the body compressed, where that has been done for all times
 */
@SuppressWarnings("ArrayRecordComponent") // Written once, never compared.
record HttpAnswer(
    int status,
    String contentType,
    Map<String, String> headers,
    byte[] body,
    Optional<byte[]> gzipped) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String JSON_TYPE = "application/json";
  private static final String CACHE_CONTROL = "cache-control";
  private static final String ENTITY_TAG = "etag";
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final byte[] NOTHING = {};

  /** What fits into one packet arrives no sooner for being smaller. */
  private static final int WORTH_COMPRESSING = 1_300;

  /** Writes fields of a body's object, after those that all of them have. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * What was asked for, as a JSON object that a cache may keep.
   *
   * @param cacheControl for how long, as in the header of that name
   */
  static HttpAnswer success(String cacheControl, Body body) {
    byte[] json = json("success", body);
    Map<String, String> headers = Map.of(CACHE_CONTROL, cacheControl, ENTITY_TAG, entityTag(json));
    return new HttpAnswer(OK, JSON_TYPE, headers, json, Optional.empty());
  }

  /**
   * What is the same for everybody: compressed once, to be kept and given again and again.
   *
   * @param cacheControl for how long a cache may keep it, as in the header of that name
   * @param headers others; lower-case names
   */
  static HttpAnswer fixed(
      String contentType, String cacheControl, Map<String, String> headers, byte[] body) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(CACHE_CONTROL, cacheControl);
    all.put(ENTITY_TAG, entityTag(body));
    return new HttpAnswer(OK, contentType, Map.copyOf(all), body, Optional.empty()).compressed();
  }

  /** The same, compressed once, to be kept and given again and again. */
  HttpAnswer compressed() {
    return new HttpAnswer(status, contentType, headers, body, Optional.of(gzip(body)));
  }

  /** What lets caches keep an answer for as long as there can be no newer one. */
  static String cacheControl(Duration refresh) {
    return refresh.isZero() ? "no-cache" : "public, max-age=" + refresh.toSeconds();
  }

  /**
   * A JSON object that says what is wrong.
   *
   * @param headers beside those for caches
   * @param problem for the person who asked
   * @param more what may help
   */
  static HttpAnswer failure(int status, Map<String, String> headers, String problem, Body more) {
    Map<String, String> all = new HashMap<>(headers);
    // A question that is wrong stays wrong, until a new type or path comes.
    all.put(CACHE_CONTROL, status == 400 || status == 404 ? "public, max-age=60" : "no-store");
    byte[] json =
        json(
            "failure",
            to -> {
              to.writeStringField("problem", problem);
              more.write(to);
            });
    return new HttpAnswer(status, JSON_TYPE, all, json, Optional.empty());
  }

  private static byte[] json(String status, Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", status);
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Weak, since it is the same with and without compression: 64 bits of checksums. */
  private static String entityTag(byte[] body) {
    long both = checksum(new CRC32(), body) << Integer.SIZE | checksum(new CRC32C(), body);
    return "W/\"" + HexFormat.of().toHexDigits(both) + '"';
  }

  private static long checksum(Checksum checksum, byte[] body) {
    checksum.update(body, 0, body.length);
    return checksum.getValue();
  }

  /** Writes what Lambda answers to an HTTP API: the gateway does not compress, so this does. */
  void writeTo(OutputStream out, HttpRequest request) throws IOException {
    boolean notModified = status == OK && request.has(headers.get(ENTITY_TAG));
    byte[] content = notModified || request.method().equals("HEAD") ? NOTHING : body;
    byte[] compressed =
        content.length > WORTH_COMPRESSING && request.acceptsGzip()
            ? gzipped.orElseGet(() -> gzip(body))
            : content;
    boolean zipped = compressed.length < content.length;
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("statusCode", notModified ? NOT_MODIFIED : status);
      json.writeObjectFieldStart("headers");
      // With 304 as well: the gateway would make up a type, and caches take over what it has.
      json.writeStringField("content-type", contentType);
      json.writeStringField("x-content-type-options", "nosniff");
      json.writeStringField("vary", "accept-encoding");
      if (zipped) {
        json.writeStringField("content-encoding", "gzip");
      }
      for (Map.Entry<String, String> header : headers.entrySet()) {
        json.writeStringField(header.getKey(), header.getValue());
      }
      json.writeEndObject();
      json.writeBooleanField("isBase64Encoded", zipped);
      json.writeFieldName("body");
      if (zipped) {
        json.writeBinary(compressed);
      } else {
        json.writeUTF8String(content, 0, content.length);
      }
      json.writeEndObject();
    }
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(content.length);
    try (OutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
