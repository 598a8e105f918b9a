package nyc311;

import com.code_intelligence.jazzer.Jazzer;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.local.Jdk;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Tries new inputs on every {@link FuzzTest}, one after the other, each in a process of its own for
 * so many seconds, from the kept inputs on. Where an input fails, it is kept beside the others, so
 * that every build runs it from then on; what else was found of interest is in {@code target/fuzz}.
 */
final class Fuzz {
  private static final Path KEPT = Path.of("src/test/resources");
  private static final Path FOUND = Path.of("target/fuzz");
  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs");

  /** A gateway's event has a few thousand bytes; a raw day's faults lie in its first rows. */
  private static final int MAX_BYTES = 16_000;

  private Fuzz() {}

  /**
   * The program.
   *
   * @param args how many seconds for each; then, if given, a part of the name of those to be done
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    boolean failed = false;
    for (Class<?> test :
        ReflectionSupport.findAllClassesInPackage(
            "nyc311", type -> true, name -> name.endsWith("FuzzTest"))) {
      for (Method target :
          AnnotationSupport.findAnnotatedMethods(
              test, FuzzTest.class, HierarchyTraversalMode.TOP_DOWN)) {
        String name = test.getSimpleName() + "." + target.getName();
        if (args.length < 2 || name.contains(args[1])) {
          failed |= !fuzz(target, name, Integer.parseInt(args[0]));
        }
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static boolean fuzz(Method target, String name, int seconds)
      throws IOException, InterruptedException {
    Class<?> test = target.getDeclaringClass();
    Path kept = KEPT.resolve(test.getName().replace('.', '/') + "Inputs").resolve(target.getName());
    Path found = Files.createDirectories(FOUND.resolve(name));
    Path log = FOUND.resolve(name + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Jdk.running().java().toString(),
                "-Xmx1g",
                "-Dnyc311.fuzzing=true",
                "-Djazzer.hooks=true",
                "-Djunit.jupiter.execution.timeout.mode=disabled",
                "-cp",
                System.getProperty("java.class.path"),
                Jazzer.class.getName(),
                "--target_class=" + test.getName(),
                "--target_method=" + target.getName(),
                "--instrumentation_includes=nyc311.**:com.fasterxml.jackson.core.**",
                "--instrumentation_excludes=nyc311.local.**:" + test.getName(),
                "--reproducer_path=" + FOUND,
                "-artifact_prefix=" + kept + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + MAX_BYTES,
                "-timeout=300",
                "-rss_limit_mb=4096",
                found.toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = process.waitFor();
    Matcher done = DONE.matcher(Files.readString(log));
    System.out.printf(
        "%-40s %s%n",
        name,
        done.find()
            ? String.format("%,11d inputs in %d s", Long.parseLong(done.group(1)), seconds)
            : "");
    if (status != 0) {
      System.out.println("FAILED: see " + log);
    }
    return status == 0;
  }
}
