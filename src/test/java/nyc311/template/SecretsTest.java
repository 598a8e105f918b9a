package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nyc311.settings.Setting;
import org.junit.jupiter.api.Test;

/**
 * Whoever reads the configuration of a function, the template or the repository finds no secret.
 */
class SecretsTest {
  private static final String SECRET = "(?i).*(secret|password|token|credential|key).*";

  private final Template template = Template.read();

  SecretsTest() throws IOException {}

  @Test
  void noEnvironmentValueIsASecretOnlyItsName() {
    for (String function : template.logicalIds(Template.FUNCTION)) {
      template
          .environment(function)
          .forEach(
              (name, value) -> {
                if (name.matches(SECRET)) {
                  assertThat(name).isEqualTo(Setting.FEED_APP_TOKEN_PARAMETER.name());
                  assertThat(value).isEqualTo("/nyc311/feed-app-token");
                }
              });
    }
  }

  /** Nobody has to type one in, so none can end in a shell's history or a deployment's log. */
  @Test
  void noParameterOfTheTemplateIsASecret() {
    for (String name : Template.names(template.section("Parameters"))) {
      JsonNode parameter = template.section("Parameters").path(name);
      assertThat(parameter.has("NoEcho")).as(name).isFalse();
      assertThat(name).doesNotMatch(SECRET);
    }
  }

  @Test
  void theRepositoryHasNoAccessKey() throws IOException {
    List<Path> files =
        new ArrayList<>(
            List.of(Path.of("template.yaml"), Path.of("README.md"), Path.of("pom.xml")));
    for (String folder : Set.of("docs", "events", ".ci")) {
      try (Stream<Path> found = Files.list(Path.of(folder))) {
        found.forEach(files::add);
      }
    }
    for (Path file : files) {
      assertThat(Files.readString(file)).doesNotContainPattern("\\b(AKIA|ASIA)[A-Z0-9]{16}\\b");
    }
  }
}
