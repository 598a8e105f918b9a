package nyc311.local;

import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real raw days, which are not in the repository: where the tests find them. */
public final class RealDays {
  private static final String PROPERTY = "nyc311.rawDays";

  private RealDays() {}

  /**
   * The folder that the system property {@code nyc311.rawDays} names. Where it is missing the test
   * is skipped, and a line says so. To be called for each test: an assumption that fails for a
   * whole class leaves no trace in the build's output.
   */
  public static Path folder() {
    Path folder = Path.of(System.getProperty(PROPERTY, "raw_days"));
    if (!Files.isDirectory(folder)) {
      Class<?> test = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
      String problem = "no folder of raw days at " + folder + ": set -D" + PROPERTY + "=…";
      throw Skipped.test(test.getName(), problem);
    }
    return folder;
  }
}
