package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who asks whether a library is in the jar gets the right answer. */
class BillOfMaterialsIT {
  private static final Path JAR = Path.of(System.getProperty("nyc311.jar"));

  /** A library's classes are in packages that begin like its group, but for these. */
  private static final Map<String, String> GROUPS =
      Map.of("org.joda", "joda-time", "picocli", "info.picocli");

  @Test
  void whatIsInTheJarIsInTheBillAndWhatTestsNeedIsNot() throws IOException {
    JsonNode bill = new ObjectMapper().readTree(JAR.resolveSibling("nyc311-sbom.json").toFile());
    Set<String> billed = new TreeSet<>();
    Set<String> groups = new TreeSet<>();
    for (JsonNode component : bill.path("components")) {
      billed.add(component.path("group").asText() + ":" + component.path("name").asText());
      groups.add(component.path("group").asText());
      assertThat(component.path("version").asText()).isNotBlank();
      assertThat(component.path("purl").asText()).startsWith("pkg:maven/");
    }

    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.at("/metadata/component/name").asText()).isEqualTo("nyc311");
    assertThat(billed)
        .contains("org.tribuo:tribuo-regression-sgd", "software.amazon.awssdk:s3")
        .doesNotContain("org.gaul:s3proxy", "org.junit.jupiter:junit-jupiter");
    assertThat(packages())
        .hasSizeGreaterThan(5)
        .allMatch(name -> groups.stream().anyMatch(group -> group.startsWith(name)));
  }

  /** The first two parts of all classes' packages, but for our own. */
  private static Set<String> packages() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      return jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith(".class"))
          .filter(name -> !name.startsWith("nyc311/") && !name.startsWith("META-INF/"))
          .map(name -> name.split("/", -1))
          .map(path -> path.length == 2 ? path[0] : path[0] + "." + path[1])
          .map(name -> GROUPS.getOrDefault(name, name))
          .collect(Collectors.toSet());
    }
  }
}
