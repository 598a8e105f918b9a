package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

final class LocalTriggerTest {
  private final List<JsonNode> seen = new CopyOnWriteArrayList<>();
  private final RequestStreamHandler recorder =
      (event, out, context) -> {
        seen.add(new ObjectMapper().readTree(event).at("/Records/0"));
      };

  @Test
  void anObjectPutByAnyClientArrivesAsS3sEvent() throws Exception {
    try (LocalS3 s3 = LocalS3.temporary();
        LocalTrigger trigger = trigger(recorder, 1)) {
      s3.onCreated(trigger);
      put(s3, "311/raw_data/2019 07+01é.json", "[]");
      put(s3, "311/medians.json", "{}");
      put(s3, "311/raw_data/2019-07-02.json.gz", "");
      trigger.awaitIdle(Patience.LIMIT);

      assertThat(seen).hasSize(1);
      JsonNode record = seen.get(0);
      assertThat(record.path("eventName").asText()).isEqualTo("ObjectCreated:Put");
      assertThat(record.path("eventSource").asText()).isEqualTo("aws:s3");
      assertThat(record.path("awsRegion").asText()).isEqualTo("us-east-1");
      assertThat(record.at("/s3/bucket/name").asText()).isEqualTo(s3.bucket());
      assertThat(record.at("/s3/object/key").asText())
          .isEqualTo("311/raw_data/2019+07%2B01%C3%A9.json");
      assertThat(record.at("/s3/object/size").asLong()).isEqualTo(2);
      assertThat(record.at("/s3/object/eTag").asText())
          .isEqualTo("d751713988987e9331980363e24189ce");
    }
  }

  @Test
  void aFailedInvocationIsTriedTwiceAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (LocalTrigger trigger =
        trigger(
            (event, out, context) -> {
              attempts.incrementAndGet();
              throw new IllegalStateException("as this test wants");
            },
            1)) {
      trigger.accept(created("311/raw_data/2019-07-01.json"));
      trigger.awaitIdle(Patience.LIMIT);
      assertThat(attempts).hasValue(3);
    }
  }

  @Test
  void noMoreInvocationsRunAtOnceThanAllowedAndNoneIsLost() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch threeAtOnce = new CountDownLatch(3);
    try (LocalTrigger trigger =
        trigger(
            (event, out, context) -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              threeAtOnce.countDown();
              await(threeAtOnce);
              running.decrementAndGet();
              recorder.handleRequest(event, out, context);
            },
            3)) {
      for (int i = 0; i < 30; i++) {
        trigger.accept(created("311/raw_data/" + i + ".json"));
      }
      trigger.awaitIdle(Patience.LIMIT);
    }
    assertThat(most).hasValue(3);
    assertThat(seen).hasSize(30);
  }

  @Test
  void aFailureIsOneLineForEachAttempt() throws Exception {
    RequestStreamHandler failing =
        (event, out, context) -> {
          throw new IllegalStateException(
              "no day: bad row\n at line 1", new IOException("bad row\n at line 1"));
        };
    String printed =
        errorsOf(
            () -> {
              try (LocalTrigger trigger =
                  new LocalTrigger(failing, "", ".json", 1, LogLevel.WARN)) {
                trigger.accept(created("a.json"));
                trigger.awaitIdle(Patience.LIMIT);
              }
            });
    String problem = " failed: java.lang.IllegalStateException: no day: bad row at line 1";
    assertThat(printed.lines())
        .containsExactly(
            "medians: attempt 1 of 3" + problem,
            "medians: attempt 2 of 3" + problem,
            "medians: attempt 3 of 3" + problem);
  }

  @Test
  void closingLetsWhatRunsEndAndDropsWhatWaits() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    LocalTrigger trigger =
        trigger(
            (event, out, context) -> {
              running.countDown();
              await(release);
              recorder.handleRequest(event, out, context);
            },
            1);
    for (int i = 0; i < 20; i++) {
      trigger.accept(created("311/raw_data/" + i + ".json"));
    }
    running.await();
    Thread closing = new Thread(trigger::close);
    closing.start();
    Patience.await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    release.countDown();
    closing.join();

    assertThat(seen).hasSize(1);
  }

  @Test
  void whatFailsWhileClosingFailsSilentlyAndIsNotTriedAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    RequestStreamHandler failing =
        (event, out, context) -> {
          attempts.incrementAndGet();
          running.countDown();
          await(release);
          throw new IllegalStateException("the bucket is gone");
        };
    String printed =
        errorsOf(
            () -> {
              LocalTrigger trigger = new LocalTrigger(failing, "", ".json", 1, LogLevel.WARN);
              trigger.accept(created("a.json"));
              running.await();
              Thread closing = new Thread(trigger::close);
              closing.start();
              Patience.await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
              release.countDown();
              closing.join();
            });
    assertThat(printed).isEmpty();
    assertThat(attempts).hasValue(1);
  }

  @Test
  void waitingForABusyTriggerEndsAtItsLimit() {
    CountDownLatch release = new CountDownLatch(1);
    try (LocalTrigger trigger =
        trigger(
            (event, out, context) -> {
              await(release);
            },
            1)) {
      trigger.accept(created("311/raw_data/a.json"));
      assertThatThrownBy(() -> trigger.awaitIdle(Duration.ofMillis(10)))
          .isInstanceOf(TimeoutException.class);
      release.countDown();
    }
  }

  private static LocalTrigger trigger(RequestStreamHandler handler, int concurrency) {
    return new LocalTrigger(handler, "311/raw_data/", ".json", concurrency, LogLevel.FATAL);
  }

  private static ObjectCreated created(String key) {
    return new ObjectCreated("Put", "nyc311", key, "00", 1, Instant.EPOCH, 1);
  }

  private static void put(LocalS3 s3, String key, String content) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString(content));
  }

  private static String errorsOf(ThrowingCallable action) {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      assertThatCode(action).doesNotThrowAnyException();
    } finally {
      System.setErr(before);
    }
    return err.toString(UTF_8);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
