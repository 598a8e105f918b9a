package nyc311.collect;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/**
 * An answer's body that is given up when it has more bytes than it may. The JDK has this as {@code
 * BodySubscribers.limiting} only from version 25 on.
 */
final class BoundedBody<T> implements BodySubscriber<T> {
  private final BodySubscriber<T> body;
  private final long maxBytes;
  private Subscription subscription;
  private long bytes;
  private boolean tooLong;

  BoundedBody(BodySubscriber<T> body, long maxBytes) {
    this.body = body;
    this.maxBytes = maxBytes;
  }

  /** The body has more bytes than it may. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(long maxBytes) {
      super("has more than " + maxBytes + " bytes");
    }
  }

  @Override
  public CompletionStage<T> getBody() {
    return body.getBody();
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    body.onSubscribe(given);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (tooLong) {
      return;
    }
    bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    tooLong = bytes > maxBytes;
    if (tooLong) {
      subscription.cancel();
      body.onError(new TooLongException(maxBytes));
    } else {
      body.onNext(buffers);
    }
  }

  @Override
  public void onError(Throwable problem) {
    if (!tooLong) {
      body.onError(problem);
    }
  }

  @Override
  public void onComplete() {
    if (!tooLong) {
      body.onComplete();
    }
  }
}
