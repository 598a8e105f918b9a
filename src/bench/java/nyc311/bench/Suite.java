package nyc311.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LocalS3;
import nyc311.local.MemoryBucket;
import nyc311.template.Template;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Measures how fast the system is beside what one would use instead, and prints one table. The
 * program itself runs as Lambda runs a function without SnapStart: serial collector, first compiler
 * level.
 */
public final class Suite {
  static final Path MEDIAN_EVENT = Path.of("events", "predict-by-type.json");
  static final Path REGRESSION_EVENT = Path.of("events", "predict-with-place-and-time.json");

  /** The forest then needs as much memory and time as the source chapter's. */
  private static final int FOREST_REQUESTS = 27_000;

  private final int rounds;
  private final Path jar;
  private final Path work;
  private final Table table = new Table();
  private final Instant start = Instant.now();

  private Suite(Path jar, int rounds) throws IOException {
    this.jar = jar;
    this.rounds = rounds;
    work = jar.resolveSibling("benchmark").toAbsolutePath();
    deleteTree(work);
    Files.createDirectories(work);
  }

  /**
   * Runs from the repository's root.
   *
   * @param args the shaded jar, and how often to measure each thing; the table is left beside it
   */
  public static void main(String[] args) throws Exception {
    Suite suite = new Suite(Path.of(args[0]), Integer.parseInt(args[1]));
    try {
      suite.run();
    } finally {
      deleteTree(suite.work);
    }
    System.out.println(suite.table);
    Files.writeString(suite.jar.resolveSibling("benchmark.md"), suite.table.toString());
  }

  private void run() throws Exception {
    List<Jdk> jdks = new ArrayList<>(List.of(Jdk.running()));
    Jdk.java25().filter(java25 -> !jdks.contains(java25)).ifPresent(jdks::add);
    Jdk lambdas = jdks.get(jdks.size() - 1);
    Path taskRoot = LambdaProcess.unpack(jar, work.resolve("task"));
    RawDayFiles days =
        RawDayFiles.unpack(
            Path.of(System.getProperty("nyc311.rawDays", "raw_days")), work.resolve("days"));
    table.note(
        "Medians (least–greatest; rounds) of up to %d rounds on %d cores (%s)%s. Raw days: %s."
            .formatted(
                rounds,
                Runtime.getRuntime().availableProcessors(),
                processor(),
                Cores.isPossible() ? "" : ", where nothing could be kept to one core",
                days.source()));
    try (LocalS3 s3 = LocalS3.onFolder(work.resolve("s3"), 0, "nyc311-local")) {
      for (Map.Entry<String, Path> object : MemoryBucket.publishedFiles().entrySet()) {
        s3.client()
            .putObject(
                r -> r.bucket(s3.bucket()).key(object.getKey()),
                RequestBody.fromFile(object.getValue()));
      }
      progress("training the Python alternative");
      Optional<Python> python =
          Python.train(days, isSmokeTest() ? 1_000 : FOREST_REQUESTS, s3, work.resolve("python"));
      table.note(
          python
              .map(Python::description)
              .orElse("Python was skipped: it takes python3-sklearn and python3-boto3."));
      Starts starts = new Starts(s3, taskRoot, classes());
      progress("starts");
      starts.cold(table, Rounds.warmed(rounds), jdks, python);
      progress("restores");
      starts.restored(table, Rounds.of(rounds), lambdas);
      progress("warm answers");
      Warm.inProcess(table, Rounds.of(rounds), lambdas, python);
      Warm.invocations(table, Rounds.of(rounds), lambdas, starts.predict(lambdas), python);
    }
    table.add("shaded jar, MB", jarMegabytes(), Budget.value(17, 12));
    progress("reading raw days");
    Reading.add(table, Rounds.warmed(rounds), days);
    progress("summarising repeated raw days");
    int[] windows = isSmokeTest() ? new int[] {10, 20} : new int[] {60, 365};
    Recomputes recomputes =
        new Recomputes(table, days, windows[1], rounds + 1, work.resolve("repeated"));
    progress("recomputes");
    recomputes.withoutS3(Rounds.warmed(rounds), windows[0], Budget.ratio(1 / 4., 1 / 8.));
    recomputes.withoutS3(Rounds.warmed(rounds), windows[1], Budget.ratio(1 / 8., 1 / 15.));
    recomputes.throughS3(Rounds.warmed(rounds), windows[0], taskRoot, lambdas);
    recomputes.longHistory(Rounds.warmed(rounds), windows[0], 16);
    progress("collector's heap");
    CollectorHeap.add(table, Rounds.of(rounds), days, isSmokeTest() ? 20 : 200);
    progress("judging a day");
    Judging.add(table, Rounds.of(rounds), days, work.resolve("judged"));
    progress("learning");
    Learning.add(table, days, isSmokeTest() ? 18 : 170, work.resolve("learnt"));
    progress("done");
  }

  /** One round shows that the suite runs, and no more: some of it is then smaller. */
  private boolean isSmokeTest() {
    return rounds == 1;
  }

  private Samples jarMegabytes() throws IOException {
    Samples size = new Samples();
    size.add(Files.size(jar) / 1e6);
    return size;
  }

  private static String processor() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(line -> line.startsWith("model name"))
        .findFirst()
        .map(line -> line.replaceFirst(".*: *", ""))
        .orElse(System.getProperty("os.arch"));
  }

  private void progress(String what) {
    System.err.printf("%4d s  %s%n", Duration.between(start, Instant.now()).toSeconds(), what);
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(Suite.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What the template has Lambda pass to the JVM of the API. */
  static String jvmOptions() {
    try {
      return Template.read().environment("PredictFunction").get("JAVA_TOOL_OPTIONS");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
