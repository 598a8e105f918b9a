package nyc311.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongUnaryOperator;
import java.util.zip.GZIPOutputStream;

/** What a {@link FeedServer} does to the answer that a request deserves. */
@FunctionalInterface
public interface Fault {
  /**
   * Answers a request. An exception closes the connection, whatever was sent before.
   *
   * @param answer the answer without the fault
   */
  void answer(HttpExchange exchange, Answer answer) throws IOException;

  /** No fault. */
  static Fault none() {
    return (exchange, answer) -> answer.send(exchange);
  }

  /**
   * Another status, with Socrata's kind of body.
   *
   * @param headers names and values by turns, such as {@code "Retry-After", "2"}
   */
  static Fault status(int status, String... headers) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    String body =
        "{\"code\":\"%d\",\"error\":true,\"message\":\"The local feed was told to say so\"}\n"
            .formatted(status);
    return (exchange, answer) -> new Answer(status, all, bytes(body)).send(exchange);
  }

  /** The connection breaks off in the middle of a chunked body. */
  static Fault brokenOff() {
    return (exchange, answer) -> {
      OutputStream out = answer.begin(exchange, 0);
      out.write(half(answer.bytes()));
      out.flush();
      throw new IOException("broken off on purpose");
    };
  }

  /** The connection ends before all the bytes that {@code Content-Length} promised. */
  static Fault shortOfContentLength() {
    return (exchange, answer) -> {
      byte[] body = answer.bytes();
      OutputStream out = answer.begin(exchange, body.length);
      out.write(half(body));
      out.flush();
      throw new IOException("broken off on purpose");
    };
  }

  /** A status 200 that ends well, but in the middle of the JSON. */
  static Fault truncatedJson() {
    return (exchange, answer) -> answer.with(half(answer.bytes())).send(exchange);
  }

  /** A page for people, with status 200, as a proxy or a maintenance window gives it. */
  static Fault html() {
    return (exchange, answer) ->
        new Answer(
                200,
                Map.of("Content-Type", "text/html; charset=utf-8"),
                bytes("<!DOCTYPE html>\n<html><body>We will be back soon</body></html>\n"))
            .send(exchange);
  }

  /** A {@code count(*)} that is this much off; rows are answered without a fault. */
  static Fault countOff(long difference) {
    return (exchange, answer) ->
        (SeenRequest.of(exchange).isCount() ? recount(answer, n -> n + difference) : answer)
            .send(exchange);
  }

  /** A dataset without rows: an empty array, and 0 for {@code count(*)}. */
  static Fault empty() {
    return (exchange, answer) ->
        (SeenRequest.of(exchange).isCount() ? recount(answer, n -> 0) : answer.with(bytes("[]\n")))
            .send(exchange);
  }

  /** The right answer, but that a column has another name in all rows. */
  static Fault renamed(String column, String name) {
    return (exchange, answer) ->
        answer
            .with(
                bytes(
                    new String(answer.bytes(), StandardCharsets.UTF_8)
                        .replace("\"" + column + "\":", "\"" + name + "\":")))
            .send(exchange);
  }

  /** White space with status 200, so many megabytes of it. */
  static Fault blank(int megabytes) {
    byte[] megabyte = new byte[1 << 20];
    Arrays.fill(megabyte, (byte) ' ');
    return (exchange, answer) -> {
      OutputStream out = answer.begin(exchange, 0);
      for (int i = 0; i < megabytes; i++) {
        out.write(megabyte);
      }
      out.close();
    };
  }

  /** The right answer without some of its headers. */
  static Fault without(String... headers) {
    return (exchange, answer) -> {
      Map<String, String> kept = new TreeMap<>(answer.headers());
      kept.keySet().removeAll(Arrays.asList(headers));
      new Answer(answer.status(), kept, answer.body()).send(exchange);
    };
  }

  /** The right answer in pieces of so many bytes, with a pause after each. */
  static Fault trickle(int bytes, Duration pause) {
    return (exchange, answer) -> {
      byte[] body = answer.bytes();
      OutputStream out = answer.begin(exchange, 0);
      try {
        for (int from = 0; from < body.length; from += bytes) {
          out.write(body, from, Math.min(bytes, body.length - from));
          out.flush();
          Thread.sleep(pause.toMillis());
        }
        out.close();
      } catch (InterruptedException e) {
        throw interrupted();
      }
    };
  }

  /** No answer at all, until the client gives up or the server is closed. */
  static Fault hang() {
    return (exchange, answer) -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw interrupted();
      }
    };
  }

  /** The right answer as an object that has the rows as {@code data}. */
  static Fault enveloped() {
    return (exchange, answer) ->
        answer
            .with(
                bytes(
                    "{\"meta\":{\"data\":[]},\"data\":%s,\"more\":[1]}"
                        .formatted(new String(answer.bytes(), StandardCharsets.UTF_8))))
            .send(exchange);
  }

  /** The right answer after a byte-order mark. */
  static Fault byteOrderMark() {
    return (exchange, answer) ->
        answer
            .with(bytes('\uFEFF' + new String(answer.bytes(), StandardCharsets.UTF_8)))
            .send(exchange);
  }

  /**
   * The right answer, compressed.
   *
   * @param named whether the answer says so
   */
  static Fault gzip(boolean named) {
    return (exchange, answer) -> {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (OutputStream out = new GZIPOutputStream(compressed)) {
        answer.body().writeTo(out);
      }
      if (named) {
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      }
      answer.with(compressed.toByteArray()).send(exchange);
    };
  }

  private static Answer recount(Answer answer, LongUnaryOperator change) throws IOException {
    ObjectNode count = (ObjectNode) new ObjectMapper().readTree(answer.bytes()).get(0);
    count.properties().removeIf(column -> column.getKey().startsWith(":"));
    String name = count.fieldNames().next();
    count.put(name, Long.toString(change.applyAsLong(count.get(name).asLong())));
    return answer.with(bytes("[" + count + "]\n"));
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("the server is being closed");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] half(byte[] body) {
    return Arrays.copyOf(body, body.length / 2);
  }

  /**
   * An answer that is about to be sent.
   *
   * @param headers by name
   * @param body writes the body
   */
  record Answer(int status, Map<String, String> headers, Body body) {
    /** Writes a body, however long, as it goes. */
    @FunctionalInterface
    interface Body {
      void writeTo(OutputStream out) throws IOException;
    }

    Answer(int status, Map<String, String> headers, byte[] body) {
      this(status, headers, out -> out.write(body));
    }

    Answer with(byte[] otherBody) {
      return new Answer(status, headers, otherBody);
    }

    /** The whole body: for faults that must know its length. */
    byte[] bytes() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      body.writeTo(out);
      return out.toByteArray();
    }

    /** Sends status and headers; a length of 0 stands for a chunked body. */
    OutputStream begin(HttpExchange exchange, long length) throws IOException {
      headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(status, length);
      return exchange.getResponseBody();
    }

    void send(HttpExchange exchange) throws IOException {
      OutputStream out = begin(exchange, 0);
      body.writeTo(out);
      out.close();
    }
  }
}
