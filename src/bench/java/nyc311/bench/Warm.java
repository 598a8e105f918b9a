package nyc311.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import nyc311.local.Jdk;
import nyc311.local.LambdaFunction;
import nyc311.local.LambdaProcess;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Answers of a process that has answered many before. */
final class Warm {
  private static final int PYTHON_REGRESSIONS = 300;
  private static final int PYTHON_MEDIANS = 30_000;
  private static final int INVOCATIONS = 1_000;

  private Warm() {}

  /** Adds the rows of answers in process, of a JVM as the template has Lambda start it. */
  static void inProcess(Table table, Rounds rounds, Jdk jdk, Optional<Python> python)
      throws IOException, InterruptedException, RunnerException {
    Samples medians = new Samples();
    Samples regressions = new Samples();
    Samples pythonMedians = new Samples();
    Samples pythonRegressions = new Samples();
    while (rounds.next()) {
      for (RunResult result : run(jdk)) {
        Samples of = result.getParams().getBenchmark().endsWith("median") ? medians : regressions;
        rounds.add(of, result.getPrimaryResult().getScore());
      }
      if (python.isPresent()) {
        rounds.add(pythonMedians, python.get().warmMicros(Suite.MEDIAN_EVENT, PYTHON_MEDIANS));
        rounds.add(
            pythonRegressions, python.get().warmMicros(Suite.REGRESSION_EVENT, PYTHON_REGRESSIONS));
      }
    }
    String where = ", warm, in process, " + jdk.name() + ", µs";
    table.add("median look-up" + where, medians, Python.NAME, pythonMedians, Budget.value(11, 6));
    table.add(
        "regression" + where, regressions, Python.NAME, pythonRegressions, Budget.value(60, 25));
  }

  private static Iterable<RunResult> run(Jdk jdk) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(PredictBenchmark.class.getName())
                .jvm(jdk.java().toString())
                .jvmArgs(
                    "-XX:+UseSerialGC",
                    "-XX:MaxRAM=1024m",
                    Suite.jvmOptions(),
                    "-Xmx870m",
                    // JMH itself is warned of otherwise, by a JVM that knows this option.
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "--sun-misc-unsafe-memory-access=allow")
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(2)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  /** Adds the rows of invocations of a restored process, one after the other. */
  static void invocations(
      Table table, Rounds rounds, Jdk jdk, LambdaFunction ours, Optional<Python> python)
      throws IOException, InterruptedException {
    String event = Files.readString(Suite.REGRESSION_EVENT);
    Samples p50 = new Samples();
    Samples p99 = new Samples();
    Samples pythonP50 = new Samples();
    Samples pythonP99 = new Samples();
    Cores.leaveFirst();
    try (LambdaProcess process = ours.snapStart().launcher(Cores.launcher()).start();
        LambdaProcess other =
            python.isPresent()
                ? python.get().function().launcher(Cores.launcher()).start()
                : null) {
      process.restore();
      block(process, event, 2 * INVOCATIONS);
      while (rounds.next()) {
        Samples block = block(process, event, INVOCATIONS);
        Samples otherBlock =
            other == null ? new Samples() : block(other, event, PYTHON_REGRESSIONS);
        rounds.add(p50, block.quantile(.5));
        rounds.add(p99, block.quantile(.99));
        rounds.add(pythonP50, otherBlock.quantile(.5));
        rounds.add(pythonP99, otherBlock.quantile(.99));
      }
    } finally {
      Cores.takeAll();
    }
    String what = "regression, warm, through the runtime client, " + jdk.name() + ", ";
    table.add(what + "p50, ms", p50, Python.NAME, pythonP50, Budget.value(.5, .3));
    table.add(what + "p99, ms", p99, Python.NAME, pythonP99, Budget.value(3, 1.5));
  }

  private static Samples block(LambdaProcess process, String event, int count)
      throws IOException, InterruptedException {
    Samples millis = new Samples();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      LambdaProcess.Outcome outcome = process.invoke(event);
      millis.add((System.nanoTime() - start) / 1e6);
      Starts.requireAnswer(outcome, process);
    }
    return millis;
  }
}
