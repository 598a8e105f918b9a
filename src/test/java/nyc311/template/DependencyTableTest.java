package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Each dependency was chosen, and docs/security.md says why. */
class DependencyTableTest {
  private static final Pattern LINE =
      Pattern.compile("(?m)^\\| `([\\w-]+)` \\| (yes|no) \\| \\S.{5,}\\|$");

  @Test
  void everyDependencyHasAReasonAndNothingElseDoes() throws Exception {
    assertThat(told()).isNotEmpty().isEqualTo(declared());
  }

  /** Those of the pom, its profiles included, by artifact; "yes" for those in the jar. */
  private static Map<String, String> declared() throws Exception {
    NodeList dependencies =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                    "/project/dependencies/dependency"
                        + " | /project/profiles/profile/dependencies/dependency",
                    DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(Path.of("pom.xml").toFile()),
                    XPathConstants.NODESET);
    Map<String, String> declared = new TreeMap<>();
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      NodeList scope = dependency.getElementsByTagName("scope");
      boolean inTheJar = scope.getLength() == 0 || !scope.item(0).getTextContent().equals("test");
      declared.put(
          dependency.getElementsByTagName("artifactId").item(0).getTextContent(),
          inTheJar ? "yes" : "no");
    }
    return declared;
  }

  private static Map<String, String> told() throws IOException {
    Map<String, String> told = new TreeMap<>();
    Matcher line = LINE.matcher(Files.readString(Path.of("docs", "security.md")));
    while (line.find()) {
      told.put(line.group(1), line.group(2));
    }
    return told;
  }
}
