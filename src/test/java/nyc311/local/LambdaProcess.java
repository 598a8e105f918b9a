package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/**
 * A function in a process of its own, as {@link LambdaFunction} describes it, which takes its
 * events from a <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">runtime
 * API</a> on 127.0.0.1. The process sees no variable but those given and Lambda's. One caller at a
 * time, as on Lambda.
 */
public final class LambdaProcess implements AutoCloseable {
  private static final String API = "/2018-06-01/runtime/";
  private static final Duration TIMEOUT = Patience.LIMIT;
  private static final int ACCEPTED = 202;
  private static final int OK = 200;

  static {
    // Without it, Nagle's algorithm holds each answer's last packet back: 44 ms instead of 2.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> checkpoint = new CompletableFuture<>();
  private final CountDownLatch restored = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer api;
  private final Path logs;
  private final Process process;
  private volatile Long readyAt;
  private volatile Duration limit = TIMEOUT;

  /** How an invocation, or the start before it, ended. */
  public enum End {
    /** The function returned: the body is its result. */
    RESULT,
    /** The function threw: the body is Lambda's JSON about it. */
    ERROR,
    /** The function could not be made, or a hook failed: the body is Lambda's JSON about it. */
    INIT_ERROR,
    /** The process ended without a word: the body says with which exit value. */
    EXIT
  }

  /**
   * What came of an invocation.
   *
   * @param end how it ended
   * @param body the function's result, or what is known of the failure
   */
  public record Outcome(End end, String body) {}

  /** Starts it. */
  LambdaProcess(LambdaFunction function) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    api = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    api.setExecutor(threads);
    api.createContext(API, this::serve);
    logs = Files.createTempDirectory("nyc311-lambda-");
    ProcessBuilder builder =
        new ProcessBuilder(function.command())
            .directory(function.taskRoot().toFile())
            .redirectOutput(logs.resolve("stdout").toFile())
            .redirectError(logs.resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(function.variables(api.getAddress().getPort()));
    api.start();
    process = builder.start();
    threads.execute(
        () -> {
          Outcome end = new Outcome(End.EXIT, "exit " + process.onExit().join().exitValue());
          outcomes.add(end);
          checkpoint.completeExceptionally(new IllegalStateException(end.body()));
        });
  }

  /**
   * Starts a handler as {@link LambdaFunction#java} describes it.
   *
   * @param environment what the function is configured with
   */
  public static LambdaProcess start(
      Jdk jdk, Path taskRoot, String handler, Map<String, String> environment) throws IOException {
    return LambdaFunction.java(jdk, taskRoot, handler).environment(environment).start();
  }

  /** Unpacks a jar into a folder, as Lambda does with the code. */
  public static Path unpack(Path jar, Path folder) throws IOException {
    try (InputStream file = Files.newInputStream(jar);
        JarInputStream entries = new JarInputStream(file)) {
      for (JarEntry entry = entries.getNextJarEntry();
          entry != null;
          entry = entries.getNextJarEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("entry leads out of the folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(entries, target);
        }
      }
    }
    return folder;
  }

  /**
   * Sends an event and waits for what becomes of it.
   *
   * @throws IllegalStateException when nothing does within five minutes
   */
  public Outcome invoke(String event) throws InterruptedException {
    return invoke(event, TIMEOUT);
  }

  /**
   * The same with less time, as the function is told.
   *
   * @param limit after which Lambda would stop it; it is not stopped here
   */
  public Outcome invoke(String event, Duration limit) throws InterruptedException {
    this.limit = limit;
    events.add(event);
    Outcome outcome = outcomes.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    if (outcome == null) {
      throw new IllegalStateException("no answer within " + TIMEOUT);
    }
    return outcome;
  }

  /**
   * Waits until a function with SnapStart is ready for its snapshot: it was made, and its {@code
   * beforeCheckpoint} hooks have run.
   *
   * @throws IllegalStateException when it ends instead, or is not ready within five minutes
   */
  public void awaitCheckpoint() throws InterruptedException {
    try {
      checkpoint.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no checkpoint: " + outcomes, e);
    }
  }

  /**
   * Lets a function with SnapStart go on as if it were restored: its {@code afterRestore} hooks
   * run, then it asks for its first event. The process is the same, so what a real restore costs
   * (the pages that are read, the connections that are gone) is not seen here.
   */
  public void restore() {
    restored.countDown();
  }

  /** Waits until the function is ready for its first event. */
  public void awaitReady() {
    Patience.await().until(() -> readyAt != null || !outcomes.isEmpty());
  }

  /**
   * When the function was ready for its first event, as {@link System#nanoTime} says.
   *
   * @throws IllegalStateException when it never was
   */
  public long readyAt() {
    if (readyAt == null) {
      throw new IllegalStateException("not ready");
    }
    return readyAt;
  }

  /** The process's id. */
  public long pid() {
    return process.pid();
  }

  /** What the function has printed to standard output so far. */
  public String stdout() throws IOException {
    return Files.readString(logs.resolve("stdout"));
  }

  /** What the function has printed to standard error so far. */
  public String stderr() throws IOException {
    return Files.readString(logs.resolve("stderr"));
  }

  /** Ends the process, if it runs. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    api.stop(0);
    threads.shutdownNow();
    Files.deleteIfExists(logs.resolve("stdout"));
    Files.deleteIfExists(logs.resolve("stderr"));
    Files.delete(logs);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestURI().getPath().substring(API.length());
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (call.equals("invocation/next")) {
        sendNext(exchange);
        return;
      }
      if (call.equals("restore/next")) {
        checkpoint.complete(null);
        restored.await();
        exchange.sendResponseHeaders(OK, -1);
        return;
      }
      exchange.sendResponseHeaders(ACCEPTED, -1);
      outcomes.add(
          new Outcome(
              call.equals("init/error") || call.equals("restore/error")
                  ? End.INIT_ERROR
                  : call.endsWith("/response") ? End.RESULT : End.ERROR,
              body));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendNext(HttpExchange exchange) throws IOException, InterruptedException {
    if (readyAt == null) {
      readyAt = System.nanoTime();
    }
    byte[] event = events.take().getBytes(UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    headers.set(
        "Lambda-Runtime-Deadline-Ms", String.valueOf(Instant.now().plus(limit).toEpochMilli()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:" + LocalS3.REGION + ":000000000000:function:local");
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(OK, event.length);
    exchange.getResponseBody().write(event);
  }
}
