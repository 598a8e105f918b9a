package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * A function in a process of its own, under Lambda's own runtime interface client, which takes its
 * events from a <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">runtime
 * API</a> on 127.0.0.1. The process sees no variable but those given and Lambda's. One caller at a
 * time, as on Lambda.
 */
public final class LambdaProcess implements AutoCloseable {
  private static final String API = "/2018-06-01/runtime/";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int ACCEPTED = 202;
  private static final int OK = 200;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer api;
  private final Path logs;
  private final Process process;

  /** How an invocation, or the start before it, ended. */
  public enum End {
    /** The function returned: the body is its result. */
    RESULT,
    /** The function threw: the body is Lambda's JSON about it. */
    ERROR,
    /** The function could not be made: the body is Lambda's JSON about it. */
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

  private LambdaProcess(Jdk jdk, Path taskRoot, String handler, Map<String, String> environment)
      throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    api = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    api.setExecutor(threads);
    api.createContext(API, this::serve);
    logs = Files.createTempDirectory("nyc311-lambda-");
    ProcessBuilder builder =
        new ProcessBuilder(
                jdk.java().toString(),
                "-cp",
                taskRoot + File.pathSeparator + runtimeClassPath(),
                AWSLambda.class.getName(),
                handler)
            .directory(taskRoot.toFile())
            .redirectOutput(logs.resolve("stdout").toFile())
            .redirectError(logs.resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(lambdaEnvironment(taskRoot, handler));
    builder.environment().putAll(environment);
    api.start();
    process = builder.start();
    threads.execute(
        () -> outcomes.add(new Outcome(End.EXIT, "exit " + process.onExit().join().exitValue())));
  }

  /**
   * Starts a function.
   *
   * @param taskRoot the folder with the function's code, see {@link #unpack}
   * @param handler the handler's class name, with or without {@code ::method}
   * @param environment what the function is configured with
   */
  public static LambdaProcess start(
      Jdk jdk, Path taskRoot, String handler, Map<String, String> environment) throws IOException {
    return new LambdaProcess(jdk, taskRoot, handler, environment);
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
   * @throws IllegalStateException when nothing does within a minute
   */
  public Outcome invoke(String event) throws InterruptedException {
    events.add(event);
    Outcome outcome = outcomes.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    if (outcome == null) {
      throw new IllegalStateException("no answer within " + TIMEOUT);
    }
    return outcome;
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

  private Map<String, String> lambdaEnvironment(Path taskRoot, String handler) {
    return Map.ofEntries(
        Map.entry("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + api.getAddress().getPort()),
        Map.entry("_HANDLER", handler),
        Map.entry("LAMBDA_TASK_ROOT", taskRoot.toString()),
        Map.entry("AWS_LAMBDA_FUNCTION_NAME", "local"),
        Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        Map.entry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/local"),
        Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        Map.entry("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        Map.entry("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        Map.entry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        Map.entry("AWS_EXECUTION_ENV", "AWS_Lambda_java25"),
        Map.entry("AWS_REGION", LocalS3.REGION),
        Map.entry("LANG", "C.UTF-8"),
        Map.entry("TZ", ":UTC"));
  }

  private static String runtimeClassPath() {
    return Stream.of(
            AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
        .map(LambdaProcess::jarOf)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not from a jar: " + type, e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestURI().getPath().substring(API.length());
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (call.equals("invocation/next")) {
        sendNext(exchange);
        return;
      }
      exchange.sendResponseHeaders(ACCEPTED, -1);
      outcomes.add(
          new Outcome(
              call.equals("init/error")
                  ? End.INIT_ERROR
                  : call.endsWith("/response") ? End.RESULT : End.ERROR,
              body));
    }
  }

  private void sendNext(HttpExchange exchange) throws IOException {
    byte[] event;
    try {
      event = events.take().getBytes(UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    headers.set(
        "Lambda-Runtime-Deadline-Ms", String.valueOf(Instant.now().plus(TIMEOUT).toEpochMilli()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:" + LocalS3.REGION + ":000000000000:function:local");
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(OK, event.length);
    exchange.getResponseBody().write(event);
  }
}
