package nyc311.local;

import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real raw days, which are not in the repository: where the tests find them. */
public final class RealDays {
  private static final String PROPERTY = "nyc311.rawDays";

  /** Other days, such as those that somebody has collected here, are not what is tested. */
  private static final String ONE_OF_THEM = "2019-01-01.json.gz";

  private static final String ONE_OF_2026 = "2026-08-01.json.gz";

  private RealDays() {}

  /**
   * Those of 2019: the folder that the system property {@code nyc311.rawDays} names. Where it has
   * none of them the test is skipped, and a line says so. To be called for each test: an assumption
   * that fails for a whole class leaves no trace in the build's output.
   */
  public static Path folder() {
    Class<?> test = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    return folder(named(), ONE_OF_THEM, test);
  }

  /** Six days of August 2026 and a part of the seventh: {@code recent/2026-08} beside it. */
  public static Path recent() {
    Class<?> test = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    return folder(named().resolveSibling("recent").resolve("2026-08"), ONE_OF_2026, test);
  }

  private static Path named() {
    return Path.of(System.getProperty(PROPERTY, "raw_days"));
  }

  private static Path folder(Path folder, String oneOfThem, Class<?> test) {
    Optional<String> problem = problem(folder, oneOfThem);
    if (problem.isPresent()) {
      throw Skipped.test(test.getName(), problem.get());
    }
    return folder;
  }

  static Optional<String> problem(Path folder, String oneOfThem) {
    return Files.exists(folder.resolve(oneOfThem))
        ? Optional.empty()
        : Optional.of("no " + oneOfThem + " in " + folder + ": set -D" + PROPERTY + "=…");
  }
}
