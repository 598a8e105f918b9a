package nyc311.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * An HTTP answer.
 *
 * @param status the HTTP status
 * @param headers beside those of the content; lower-case names; nothing of the request's text
 * @param body a JSON object, UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // Written once, never compared.
record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  private static final JsonFactory JSON = new JsonFactory();

  /** What fits into one packet arrives no sooner for being smaller. */
  private static final int WORTH_COMPRESSING = 1_300;

  /** Writes the fields of a body's object. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  static HttpAnswer of(int status, Map<String, String> headers, Body body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new HttpAnswer(status, headers, out.toByteArray());
  }

  static HttpAnswer of(int status, Body body) {
    return of(status, Map.of(), body);
  }

  /** Writes what Lambda answers to an HTTP API: the gateway does not compress, so this does. */
  void writeTo(OutputStream out, HttpRequest request) throws IOException {
    byte[] content = request.method().equals("HEAD") ? new byte[0] : body;
    byte[] compressed =
        content.length > WORTH_COMPRESSING && request.acceptsGzip() ? gzip(content) : content;
    boolean zipped = compressed.length < content.length;
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("statusCode", status);
      json.writeObjectFieldStart("headers");
      json.writeStringField("content-type", "application/json");
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

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(content.length);
    try (OutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(content);
    }
    return compressed.toByteArray();
  }
}
