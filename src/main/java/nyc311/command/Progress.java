package nyc311.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import picocli.CommandLine.Help.Ansi;

/** Shows on a terminal how far long work has come; where there is none, nothing. */
public final class Progress {
  private static final int WIDTH = 80;

  /** Where Linux says what standard error is. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Progress() {}

  /** The caller steps it, and closes it. */
  public static ProgressBar of(String task, long steps) {
    ProgressBarConsumer shown =
        isTerminal()
            ? new ConsoleProgressBarConsumer(System.err, WIDTH)
            : new DelegatingProgressBarConsumer(line -> {}, WIDTH);
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(steps)
        .setUpdateIntervalMillis(500)
        .setConsumer(shown)
        .build();
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
