package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
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
    for (String file : Set.of("template.yaml", "README.md", "events/env.json", "pom.xml")) {
      assertThat(Files.readString(Path.of(file)))
          .doesNotContainPattern("\\b(AKIA|ASIA)[A-Z0-9]{16}\\b");
    }
  }
}
