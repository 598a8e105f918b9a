package nyc311.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import nyc311.requests.Progress;
import picocli.CommandLine.Help.Ansi;

/** Shows on a terminal how far long work has come; where there is none, nothing. */
final class ProgressBar implements Progress {
  /** One less than a terminal has, so that no line goes on in the next one. */
  private static final int WIDTH = 79;

  private static final int BAR = 25;
  private static final long PAUSE = Duration.ofMillis(500).toNanos();

  /** Where Linux says what standard error is. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private final Consumer<String> terminal;
  private volatile boolean shown;
  private volatile long drawn;

  ProgressBar() {
    this(isTerminal() ? System.err::print : text -> {});
  }

  /** For any kind of terminal. */
  ProgressBar(Consumer<String> terminal) {
    this.terminal = terminal;
  }

  /** Such as {@code raw days 45% [########## ] 23/51}; not more often than an eye follows. */
  @Override
  public void show(String task, long done, long all) {
    long now = System.nanoTime();
    if (shown && now - drawn < PAUSE && done < all) {
      return;
    }
    shown = true;
    drawn = now;
    String bar = "#".repeat((int) (BAR * done / Math.max(1, all)));
    String line =
        String.format(
            Locale.ROOT,
            "%-10s %3d%% [%-" + BAR + "s] %,d/%,d",
            task,
            100 * done / Math.max(1, all),
            bar,
            done,
            all);
    terminal.accept(String.format("\r%-" + WIDTH + "s", line));
  }

  /** Makes place for a line that is not to be mixed with what is shown. */
  void clear() {
    if (shown) {
      terminal.accept("\r" + " ".repeat(WIDTH) + "\r");
      shown = false;
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
