package nyc311.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import picocli.CommandLine.Help.Ansi;

/** Shows on a terminal how far long work has come; where there is none, nothing. */
public final class Progress {
  /** One less than a terminal has, so that no line goes on in the next one. */
  private static final int WIDTH = 79;

  private static final int BAR = 25;

  /** Where Linux says what standard error is. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Progress() {}

  /** The caller steps it, and closes it. */
  public static ProgressBar of(String task, long steps) {
    return of(task, steps, isTerminal() ? System.err::print : line -> {});
  }

  /**
   * The same for any kind of terminal. What the library would draw and print with needs another
   * library, which measures the width of terminals and of letters.
   */
  static ProgressBar of(String task, long steps, Consumer<String> terminal) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(steps)
        .setUpdateIntervalMillis(500)
        .setRenderer(Progress::line)
        .clearDisplayOnFinish()
        .setConsumer(new DelegatingProgressBarConsumer(line -> terminal.accept("\r" + line), WIDTH))
        .build();
  }

  /** Such as {@code raw days 45% [########## ] 23/51 2019-07-01}. */
  private static String line(ProgressState state, int width) {
    long max = Math.max(1, state.getMax());
    int done = (int) Math.min(BAR, BAR * state.getCurrent() / max);
    String line =
        String.format(
            Locale.ROOT,
            "%-10s %3d%% [%s%s] %,d/%,d  %s",
            state.getTaskName(),
            100 * state.getCurrent() / max,
            "#".repeat(done),
            " ".repeat(BAR - done),
            state.getCurrent(),
            state.getMax(),
            state.getExtraMessage());
    return String.format("%-" + width + "s", line);
  }

  /** Makes place for a line on standard output, so that it is not mixed with what is shown. */
  public static void clear() {
    if (isTerminal()) {
      System.err.print("\r" + " ".repeat(WIDTH) + "\r");
      System.err.flush();
    }
  }

  /** Java itself knows only whether input and output are both one. */
  private static boolean isTerminal() {
    try {
      if (Files.exists(STANDARD_ERROR)) {
        String target = STANDARD_ERROR.toRealPath().toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      }
    } catch (IOException e) {
      return false;
    }
    return Ansi.AUTO.enabled();
  }
}
