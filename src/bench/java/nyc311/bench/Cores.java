package nyc311.bench;

import java.io.IOException;

/**
 * Keeps what is measured on the first core, as Lambda gives one or less, and what serves it on the
 * others. Does nothing on a machine with one core, or without the command {@code taskset}.
 */
final class Cores {
  private static Boolean possible;

  private static final int COUNT = Runtime.getRuntime().availableProcessors();

  private Cores() {}

  /** What to start a program with, so that it stays on the first core. */
  static String[] launcher() throws IOException, InterruptedException {
    return isPossible() ? new String[] {"taskset", "-c", "0"} : new String[0];
  }

  /** Moves this process off the first core. */
  static void leaveFirst() throws IOException, InterruptedException {
    moveTo("1-" + (COUNT - 1));
  }

  /** Moves this process to the first core. */
  static void takeFirst() throws IOException, InterruptedException {
    moveTo("0");
  }

  /** Lets this process run anywhere again. */
  static void takeAll() throws IOException, InterruptedException {
    moveTo("0-" + (COUNT - 1));
  }

  static boolean isPossible() throws IOException, InterruptedException {
    if (possible == null) {
      possible = COUNT > 1 && run("taskset", "-c", "0", "true") == 0;
    }
    return possible;
  }

  private static void moveTo(String cores) throws IOException, InterruptedException {
    if (isPossible()) {
      String pid = String.valueOf(ProcessHandle.current().pid());
      if (run("taskset", "-apc", cores, pid) != 0) {
        throw new IOException("taskset cannot move this process to core " + cores);
      }
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      if (command[1].equals("-c")) {
        return -1; // there is no such command
      }
      throw e;
    }
  }
}
