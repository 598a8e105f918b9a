package nyc311.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import nyc311.bucket.Keys;
import nyc311.local.Jdk;
import nyc311.local.LambdaFunction;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.LocalS3.Served;
import software.amazon.awssdk.core.sync.RequestBody;

/** From the start of a process, or from its restore, to its first answer. */
final class Starts {
  /** As the template has it for the function that answers. */
  private static final int MEMORY = 1024;

  private static final String PREDICT = "nyc311.predict.PredictHandler";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalS3 s3;
  private final Path taskRoot;
  private final Path benchClasses;
  private final String event;
  private final Samples pythonPeak = new Samples();
  private final List<Served> served = new CopyOnWriteArrayList<>();

  /**
   * @param taskRoot the unpacked jar
   * @param benchClasses where {@link ConstantHandler} is
   */
  Starts(LocalS3 s3, Path taskRoot, Path benchClasses) throws IOException {
    this.s3 = s3;
    this.taskRoot = taskRoot;
    this.benchClasses = benchClasses;
    this.event = Files.readString(Suite.REGRESSION_EVENT);
    s3.onServed(served::add);
  }

  /** What was measured of one JDK. */
  private record Cold(Samples millis, Samples floor, Waterfall waterfall) {}

  /** Adds the rows of starts without SnapStart, and what each start is made of. */
  void cold(Table table, Rounds rounds, List<Jdk> jdks, Optional<Python> python)
      throws IOException, InterruptedException {
    Samples alternative = new Samples();
    Map<Jdk, Cold> ours = new LinkedHashMap<>();
    jdks.forEach(jdk -> ours.put(jdk, new Cold(new Samples(), new Samples(), new Waterfall())));
    Cores.leaveFirst();
    while (rounds.next()) {
      if (python.isPresent()) {
        First first = first(python.get().function());
        rounds.add(alternative, first.millis());
        rounds.add(pythonPeak, first.peakMegabytes());
      }
      for (Jdk jdk : jdks) {
        First start = first(predict(jdk));
        First constant = first(constant(jdk));
        rounds.add(ours.get(jdk).millis, start.millis());
        rounds.add(ours.get(jdk).floor, constant.millis());
        ours.get(jdk).waterfall.add(constant, start);
      }
    }
    Cores.takeAll();
    ours.forEach(
        (jdk, cold) -> {
          table.add(
              "process start to first regression answer, " + jdk.name() + ", ms",
              cold.millis,
              Python.NAME,
              alternative,
              Budget.ratio(.7, .45));
          table.add(
              "the same over a handler that returns a constant, " + jdk.name() + ", ms",
              cold.millis,
              "constant",
              cold.floor,
              Budget.ratio(6.5, 4));
          table.note(cold.waterfall.text(jdk));
        });
  }

  /** Adds the rows of a process that was made, primed and then restored. */
  void restored(Table table, Rounds rounds, Jdk jdk) throws IOException, InterruptedException {
    Samples changed = new Samples();
    Samples unchanged = new Samples();
    Samples memory = new Samples();
    Samples floor = new Samples();
    Cores.leaveFirst();
    while (rounds.next()) {
      String asOf = publishChangedMedians();
      rounds.add(floor, firstAfterRestore(constant(jdk), () -> "").millis());
      rounds.add(unchanged, firstAfterRestore(predict(jdk), () -> asOf).millis());
      First first = firstAfterRestore(predict(jdk), this::publishChangedMedians);
      rounds.add(changed, first.millis());
      rounds.add(memory, first.peakMegabytes());
    }
    Cores.takeAll();
    table.add(
        "first answer after a restore, changed medians to fetch, " + jdk.name() + ", ms",
        changed,
        "constant",
        floor,
        Budget.value(25, 10));
    table.add(
        "the same with nothing changed, ms", unchanged, "constant", floor, Budget.value(10, 4));
    table.add(
        "peak memory at that point, MB", memory, Python.NAME, pythonPeak, Budget.value(170, 120));
  }

  /** How long a first answer took, what it took of memory, and how it came about. */
  record First(
      long startedAt, long readyAt, long answeredAt, double peakMegabytes, List<Served> served) {
    double millis() {
      return (answeredAt - startedAt) / 1e6;
    }
  }

  private First first(LambdaFunction function) throws IOException, InterruptedException {
    function.launcher(Cores.launcher());
    served.clear();
    long startedAt = System.nanoTime();
    try (LambdaProcess process = function.start()) {
      Outcome outcome = process.invoke(event);
      long answeredAt = System.nanoTime();
      requireAnswer(outcome, process);
      return new First(
          startedAt, process.readyAt(), answeredAt, peakMegabytes(process), List.copyOf(served));
    }
  }

  /** What happens in the bucket between the snapshot and the restore. */
  private interface Meanwhile {
    /** Returns the as-of that the answer must have. */
    String happen() throws IOException;
  }

  private First firstAfterRestore(LambdaFunction function, Meanwhile meanwhile)
      throws IOException, InterruptedException {
    try (LambdaProcess process = function.snapStart().launcher(Cores.launcher()).start()) {
      process.awaitCheckpoint();
      String asOf = meanwhile.happen();
      served.clear();
      long restoredAt = System.nanoTime();
      process.restore();
      Outcome outcome = process.invoke(event);
      long answeredAt = System.nanoTime();
      requireAnswer(outcome, process);
      if (!outcome.body().contains(asOf)) {
        throw new IllegalStateException("not the medians as of " + asOf + ": " + outcome.body());
      }
      return new First(
          restoredAt, process.readyAt(), answeredAt, peakMegabytes(process), List.copyOf(served));
    }
  }

  /** As new data would; returns their as-of, which the answer has too. */
  private String publishChangedMedians() throws IOException {
    ObjectNode medians = (ObjectNode) JSON.readTree(Path.of("model", "medians.json").toFile());
    String asOf = Instant.now().toString();
    medians.put("as_of", asOf);
    byte[] bytes = JSON.writeValueAsBytes(medians);
    s3.client()
        .putObject(r -> r.bucket(s3.bucket()).key(Keys.MEDIANS), RequestBody.fromBytes(bytes));
    return asOf;
  }

  private LambdaFunction constant(Jdk jdk) {
    return LambdaFunction.java(jdk, benchClasses, ConstantHandler.class.getName()).memory(MEMORY);
  }

  LambdaFunction predict(Jdk jdk) {
    return LambdaFunction.java(jdk, taskRoot, PREDICT)
        .environment(s3.environment())
        .environment(Map.of("JAVA_TOOL_OPTIONS", Suite.jvmOptions()))
        .memory(MEMORY);
  }

  static void requireAnswer(Outcome outcome, LambdaProcess process) throws IOException {
    if (outcome.end() != End.RESULT || !outcome.body().replace(" ", "").contains(":200")) {
      throw new IllegalStateException(outcome + "\n" + process.stdout() + process.stderr());
    }
  }

  /** The most memory that the process ever held, as Linux counts it. */
  private static double peakMegabytes(LambdaProcess process) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
        .findFirst()
        .orElse(Double.NaN);
  }
}
