package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every document is reached from README, and every link within the repository leads somewhere. */
class LinksTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern LINK =
      Pattern.compile("(?:\\]\\(|src=\")(?!https?:)([^)#\"]*)(#[^)\"]*)?[)\"]");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  @Test
  void everyLinkLeadsToAFileAndToAHeadingInIt() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (String link : links(document)) {
        Path target = target(document, link);
        int anchor = link.indexOf('#');
        if (!Files.exists(target)
            || (anchor >= 0 && !anchors(target).contains(link.substring(anchor + 1)))) {
          broken.add(document + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void everyDocumentIsLinkedFromTheReadme() throws IOException {
    assertThat(links(README).stream().map(link -> target(README, link)))
        .containsAll(documents().stream().filter(document -> !document.equals(README)).toList());
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(Stream.of(README, Path.of("CHANGES.md")), docs).toList();
    }
  }

  private static List<String> links(Path document) throws IOException {
    return LINK.matcher(Files.readString(document))
        .results()
        .map(link -> link.group(1) + (link.group(2) == null ? "" : link.group(2)))
        .toList();
  }

  private static Path target(Path document, String link) {
    String file = link.split("#", -1)[0];
    return file.isEmpty() ? document : document.resolveSibling(file).normalize();
  }

  /** Those that GitHub gives to headings. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(Files.readString(document))
        .results()
        .map(
            heading ->
                heading
                    .group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .collect(Collectors.toList());
  }
}
