package nyc311.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nyc311.local.LambdaFunction;
import nyc311.local.LocalS3;
import software.amazon.awssdk.core.sync.RequestBody;

/** The alternative for predictions: see {@code src/bench/python}. */
final class Python {
  static final String NAME = "Python";

  /** Debian's, which has {@code python3-sklearn} and {@code python3-boto3}. */
  private static final String EXECUTABLE = "/usr/bin/python3";

  private static final String VERSIONS =
      "import platform, sklearn, boto3; print('Python', platform.python_version(),"
          + " 'with scikit-learn', sklearn.__version__, 'and boto3', boto3.__version__)";

  private static final Path SCRIPTS = Path.of("src", "bench", "python").toAbsolutePath();

  private final LocalS3 s3;

  private final String description;

  private Python(LocalS3 s3, String description) {
    this.s3 = s3;
    this.description = description;
  }

  /** Of which versions it is, and what it learnt from; a sentence. */
  String description() {
    return description;
  }

  /**
   * Trains the alternative and puts it into the bucket; empty where Python or its packages are
   * missing.
   *
   * @param requests how many noise requests it learns from
   */
  static Optional<Python> train(RawDayFiles days, int requests, LocalS3 s3, Path folder)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of(EXECUTABLE))) {
      return Optional.empty();
    }
    Optional<String> versions = run(Map.of(), "-c", VERSIONS);
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Files.createDirectories(folder);
    if (run(
            Map.of(),
            SCRIPTS.resolve("train.py").toString(),
            days.folder().toString(),
            String.valueOf(requests),
            folder.toString())
        .isEmpty()) {
      throw new IOException("train.py failed");
    }
    for (String name : List.of("forest.pickle", "medians.json")) {
      s3.client()
          .putObject(
              r -> r.bucket(s3.bucket()).key("python/" + name),
              RequestBody.fromFile(folder.resolve(name)));
    }
    String description =
        "%s; the forest has 100 trees, learnt from %,d noise requests, and takes %,d MB."
            .formatted(
                versions.get(), requests, Files.size(folder.resolve("forest.pickle")) / 1_000_000);
    return Optional.of(new Python(s3, description));
  }

  /** The handler behind the Runtime API. */
  LambdaFunction function() {
    return LambdaFunction.program(SCRIPTS, EXECUTABLE, script()).environment(s3.environment());
  }

  /** How many µs a warm answer takes in process, from the event's bytes to the answer's. */
  double warmMicros(Path event, int count) throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("AWS_DEFAULT_REGION", environment.get("AWS_REGION"));
    return run(environment, script(), event.toAbsolutePath().toString(), String.valueOf(count))
        .map(Double::parseDouble)
        .orElseThrow(() -> new IOException("predict.py failed"));
  }

  private static String script() {
    return SCRIPTS.resolve("predict.py").toString();
  }

  /** What it printed; empty when it failed. */
  private static Optional<String> run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(EXECUTABLE));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0
        ? Optional.of(output)
        : Optional.empty();
  }
}
