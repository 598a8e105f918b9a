package nyc311.local;

import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real raw days of 2019, which are not in the repository: where the tests find them. */
public final class RealDays {
  private static final String PROPERTY = "nyc311.rawDays";

  /** Other days, such as those that somebody has collected here, are not what is tested. */
  private static final String ONE_OF_THEM = "2019-01-01.json.gz";

  private RealDays() {}

  /**
   * The folder that the system property {@code nyc311.rawDays} names. Where it has none of them the
   * test is skipped, and a line says so. To be called for each test: an assumption that fails for a
   * whole class leaves no trace in the build's output.
   */
  public static Path folder() {
    Path folder = Path.of(System.getProperty(PROPERTY, "raw_days"));
    Optional<String> problem = problem(folder);
    if (problem.isPresent()) {
      Class<?> test = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
      throw Skipped.test(test.getName(), problem.get());
    }
    return folder;
  }

  static Optional<String> problem(Path folder) {
    return Files.exists(folder.resolve(ONE_OF_THEM))
        ? Optional.empty()
        : Optional.of("no " + ONE_OF_THEM + " in " + folder + ": set -D" + PROPERTY + "=…");
  }
}
