package nyc311.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import nyc311.local.Jdk;

/**
 * How long a model of a million requests takes, from raw days to the model, its backtest included:
 * the command {@code train} in a process of its own with 2 GB, once.
 */
final class Learning {
  private Learning() {}

  /**
   * Adds the row.
   *
   * @param days how many, of some six thousand requests each
   */
  static void add(Table table, RawDayFiles some, int days, Path work)
      throws IOException, InterruptedException {
    RawDayFiles repeated = some.repeat(LocalDate.of(2019, 1, 1), days, work);
    ProcessBuilder builder =
        new ProcessBuilder(
            Jdk.running().java().toString(),
            "-Xmx2g",
            "-cp",
            System.getProperty("java.class.path"),
            "nyc311.Main",
            "train",
            "--raw-days",
            repeated.folder().toString(),
            "--force");
    builder.redirectErrorStream(true);
    long start = System.nanoTime();
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    if (process.waitFor() != 0) {
      throw new IOException("the training failed: " + printed);
    }
    Samples samples = new Samples();
    samples.add(seconds);
    table.add(
        "learning %,d requests and judging the model, 2 GB, s".formatted(repeated.requests()),
        samples,
        Budget.value(90, 60));
  }
}
