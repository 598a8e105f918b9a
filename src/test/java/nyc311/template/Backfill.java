package nyc311.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The template's state machine that collects any days. */
public final class Backfill {
  private Backfill() {}

  /**
   * Its definition, as it is after deployment with default parameters: CloudFormation substitutes
   * in the text of the file, and reads it then.
   */
  public static JsonNode definition(Template template) throws IOException {
    JsonNode properties = template.properties("Backfill");
    String text = Files.readString(Path.of(properties.path("DefinitionUri").asText()));
    for (Map.Entry<String, JsonNode> given :
        properties.path("DefinitionSubstitutions").properties()) {
      text = text.replace("${" + given.getKey() + "}", template.text(given.getValue()));
    }
    return new ObjectMapper().valueToTree(new Yaml().load(text));
  }

  /** How many days it collects at once, unless a deployment says otherwise. */
  public static int concurrency(Template template) {
    return template.section("Parameters").at("/BackfillConcurrency/Default").asInt();
  }
}
