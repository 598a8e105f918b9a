package nyc311.local;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.io.EndPoint;
import org.gaul.shaded.org.eclipse.jetty.io.EofException;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;

/** What a {@link LocalS3} does to a request instead of serving it, or while it does. */
@FunctionalInterface
public interface S3Fault {
  /**
   * Handles a request.
   *
   * @param server serves it as it deserves
   */
  void handle(Request request, Response response, Callback callback, Handler server)
      throws Exception;

  /**
   * A request that was received.
   *
   * @param method such as {@code PUT}
   * @param key the object's key, not encoded; empty for the bucket itself, as in a listing
   */
  record Asked(String method, String key) {
    static Asked of(Request request) {
      String[] path = request.getHttpURI().getDecodedPath().split("/", 3);
      return new Asked(request.getMethod(), path.length < 3 ? "" : path[2]);
    }
  }

  /** No fault. */
  static S3Fault none() {
    return (request, response, callback, server) -> server.handle(request, response, callback);
  }

  /** Something happens first, then it is served. */
  static S3Fault after(Runnable action) {
    return (request, response, callback, server) -> {
      action.run();
      server.handle(request, response, callback);
    };
  }

  /** Refused as S3 does, with a body that names the code; answers to HEAD have none. */
  static S3Fault error(int status, String code) {
    return (request, response, callback, server) -> {
      response.setStatus(status);
      if (request.getMethod().equals("HEAD")) {
        callback.succeeded();
        return;
      }
      response.getHeaders().put("Content-Type", "application/xml");
      Content.Sink.write(
          response,
          true,
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code></Error>"
              .formatted(code),
          callback);
    };
  }

  /** The connection is reset when so many bytes of the request's body have been read. */
  static S3Fault resetWhileReading(int bytes) {
    return (request, response, callback, server) -> {
      Content.Source.asInputStream(request).readNBytes(bytes);
      reset(request);
      callback.failed(new EofException("reset on purpose"));
    };
  }

  /** It is served, but the connection is reset before the first byte of the answer. */
  static S3Fault resetInsteadOfAnswering() {
    return resetAfter(0, true);
  }

  /** The connection is reset after so many bytes of the answer's body. */
  static S3Fault resetAfter(int bytes) {
    return resetAfter(bytes, true);
  }

  /** The connection ends in good order after so many bytes of the answer's body, too early. */
  static S3Fault closedAfter(int bytes) {
    return resetAfter(bytes, false);
  }

  private static S3Fault resetAfter(int bytes, boolean hard) {
    return (request, response, callback, server) -> {
      Runnable end = () -> disconnect(request, hard);
      server.handle(
          request,
          new Response.Wrapper(request, response) {
            private int left = bytes;

            @Override
            public void write(boolean last, ByteBuffer content, Callback written) {
              int length = content == null ? 0 : content.remaining();
              if (!last && length <= left) {
                left -= length;
                super.write(false, content, written);
                return;
              }
              ByteBuffer rest = content == null ? ByteBuffer.allocate(0) : content.slice();
              rest.limit(Math.min(left, rest.remaining()));
              Callback broken =
                  Callback.from(
                      () -> {
                        end.run();
                        written.failed(new EofException("broken off on purpose"));
                      },
                      written::failed);
              if (bytes == 0) {
                broken.succeeded();
              } else {
                super.write(false, rest, broken);
              }
            }
          },
          Callback.from(
              () -> {
                end.run();
                callback.failed(new EofException("broken off on purpose"));
              },
              callback::failed));
    };
  }

  private static void reset(Request request) {
    disconnect(request, true);
  }

  private static void disconnect(Request request, boolean hard) {
    EndPoint client = request.getConnectionMetaData().getConnection().getEndPoint();
    if (hard && client.getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // It is gone already.
      }
    }
    client.close();
  }
}
