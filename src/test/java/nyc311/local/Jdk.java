package nyc311.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Java installation of this machine.
 *
 * @param name what it is called in reports
 * @param java its {@code java} command
 */
public record Jdk(String name, Path java) {
  /** What to say where {@link #java25} is empty. */
  public static final String NO_JAVA_25 = "none here: set -Dnyc311.java25.home=… or JAVA25_HOME";

  private static final Path INSTALLATIONS = Path.of("/usr/lib/jvm");

  /** The one that runs this program. */
  public static Jdk running() {
    return in("Java " + Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /**
   * Java 25, Lambda's runtime: the home that the system property {@code nyc311.java25.home} names,
   * or else the variable {@code JAVA25_HOME}, or else a folder {@code *25*} in {@code
   * /usr/lib/jvm}. Empty when there is none.
   */
  public static Optional<Jdk> java25() throws IOException {
    if (Runtime.version().feature() == 25) {
      return Optional.of(running());
    }
    List<Path> homes = new ArrayList<>();
    Stream.of(System.getProperty("nyc311.java25.home"), System.getenv("JAVA25_HOME"))
        .filter(home -> home != null && !home.isBlank())
        .map(Path::of)
        .forEach(homes::add);
    if (Files.isDirectory(INSTALLATIONS)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(INSTALLATIONS, "*25*")) {
        List<Path> sorted = new ArrayList<>();
        found.forEach(sorted::add);
        sorted.sort(Comparator.naturalOrder());
        homes.addAll(sorted);
      }
    }
    return homes.stream()
        .map(home -> in("Java 25", home))
        .filter(jdk -> Files.isExecutable(jdk.java()))
        .findFirst();
  }

  private static Jdk in(String name, Path home) {
    return new Jdk(name, home.resolve("bin").resolve("java"));
  }

  @Override
  public String toString() {
    return name;
  }
}
