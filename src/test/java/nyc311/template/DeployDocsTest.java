package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nyc311.settings.Setting;
import org.junit.jupiter.api.Test;

/** What docs/deploy.md names is there: events, functions, settings with their defaults. */
class DeployDocsTest {
  private static final Pattern INVOKE =
      Pattern.compile(
          "^ *sam local invoke (\\w+) --event (\\S+) --env-vars (\\S+)$", Pattern.MULTILINE);

  @Test
  void everySamLocalInvokeNamesWhatExists() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    List<MatchResult> lines = INVOKE.matcher(deploy).results().toList();

    assertThat(lines)
        .hasSizeGreaterThanOrEqualTo(5)
        .hasSameSizeAs(
            deploy.lines().filter(line -> line.strip().startsWith("sam local invoke")).toList());
    for (MatchResult line : lines) {
      assertThat(Template.read().logicalIds(Template.FUNCTION)).contains(line.group(1));
      assertThat(Path.of(line.group(2))).isRegularFile();
      assertThat(Path.of(line.group(3))).isRegularFile();
    }
  }

  @Test
  void everySampleEventIsShown() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    TreeSet<String> missing = new TreeSet<>();
    try (Stream<Path> events = Files.list(Path.of("events"))) {
      events
          .map(event -> "events/" + event.getFileName())
          .filter(event -> !deploy.contains(event))
          .forEach(missing::add);
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void everySettingIsToldWithItsDefault() throws IOException {
    String deploy = Files.readString(Path.of("docs", "deploy.md"));
    for (Setting setting : Setting.values()) {
      assertThat(deploy).contains("| `" + setting + "` |");
      setting
          .defaultValue()
          .filter(value -> !value.isEmpty())
          .ifPresent(
              value -> assertThat(deploy).contains("| `" + setting + "` | `" + value + "` |"));
    }
  }
}
