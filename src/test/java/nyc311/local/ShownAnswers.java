package nyc311.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The answers that the documents show, each after the line that asks for it. Those of the first
 * block of such lines after the run command are the sample's, all others those of what {@code
 * model/} has.
 */
public final class ShownAnswers {
  private static final Pattern SAMPLES =
      Pattern.compile(
          "^(?:\\$ )?mvn(?: -q)? test-compile exec:java$.*?^```\\w*\\n(\\$ curl .*?\\n)```$",
          Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SHOWN =
      Pattern.compile(
          "^\\$ curl -s '?(?:https?://)?[\\w.:-]+(/\\S*?)'?\\n(\\{.*?\\})\\n(?=```|\\$ )",
          Pattern.MULTILINE | Pattern.DOTALL);

  private ShownAnswers() {}

  /**
   * One of them.
   *
   * @param address path and query
   * @param answer on one line; what is left out is an ellipsis
   */
  public record Shown(String address, String answer) {}

  /** What the run command gives that is shown first. */
  public static List<Shown> ofTheSample() throws IOException {
    return in(SAMPLES.matcher(documents()).results().findFirst().orElseThrow().group(1) + "```");
  }

  /** What the medians and the model of the repository give. */
  public static List<Shown> ofTheRepository() throws IOException {
    return in(SAMPLES.matcher(documents()).replaceFirst(""));
  }

  private static String documents() throws IOException {
    StringBuilder documents = new StringBuilder();
    for (Path file : Stream.of("README.md", "docs/api.md").map(Path::of).toList()) {
      if (Files.exists(file)) {
        documents.append(Files.readString(file));
      }
    }
    return documents.toString();
  }

  private static List<Shown> in(String text) {
    return SHOWN
        .matcher(text)
        .results()
        .map((MatchResult one) -> new Shown(one.group(1), one.group(2).replaceAll("\\n *", "")))
        .toList();
  }
}
