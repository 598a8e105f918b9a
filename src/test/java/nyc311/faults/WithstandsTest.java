package nyc311.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** Each line of README's table of faults names tests that there are. */
class WithstandsTest {
  private static final Path SOURCES = Path.of("src", "test", "java");
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @Test
  void everyPromiseNamesTestsThatExist() throws Exception {
    List<String> lines =
        section("## What it withstands").lines().filter(line -> line.startsWith("| ")).toList();

    assertThat(lines).hasSizeGreaterThan(30);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\\|");
      assertThat(cells).as(line).hasSize(4);
      List<MatchResult> tests = TEST.matcher(cells[3]).results().toList();
      assertThat(tests).as(line).isNotEmpty();
      for (MatchResult test : tests) {
        assertThat(isTest(test.group(1), test.group(2))).as(line + ": " + test.group()).isTrue();
      }
    }
  }

  private static String section(String title) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int begin = readme.indexOf("\n" + title + "\n");
    assertThat(begin).as(title).isNotNegative();
    int end = readme.indexOf("\n## ", begin + 1);
    return readme.substring(begin, end < 0 ? readme.length() : end);
  }

  private static boolean isTest(String className, String method) throws Exception {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.endsWith(className + ".java")).toList()) {
        String name = SOURCES.relativize(file).toString().replaceAll("[/\\\\]", ".");
        Class<?> type =
            Class.forName(
                name.substring(0, name.length() - ".java".length()),
                false,
                WithstandsTest.class.getClassLoader());
        if (Arrays.stream(type.getDeclaredMethods())
            .anyMatch(
                declared ->
                    declared.getName().equals(method) && isAnnotated(declared, Testable.class))) {
          return true;
        }
      }
    }
    return false;
  }
}
