package nyc311.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import nyc311.template.Template;
import org.junit.jupiter.api.Test;

/** What README says of costs is what is reckoned here. */
class ReadmeCostTest {
  private final Template template = Template.read();
  private final CostTables tables = new CostTables(template);
  private final String readme = Files.readString(Path.of("README.md"));

  ReadmeCostTest() throws IOException {}

  @Test
  void theReadmeHasTheTables() {
    Stream.of(
            tables.months(),
            tables.visits(),
            tables.assumptions(),
            tables.prices(),
            tables.storage(),
            tables.history())
        .forEach(table -> assertInReadme(String.join("\n", table) + "\n"));
  }

  /** Each followed by what it lacks. */
  @Test
  void theReadmeHasTheAlternatives() {
    tables.alternatives().forEach(line -> assertInReadme("\n" + line));
  }

  @Test
  void theReadmeSaysHowManyRequestsAreLetThrough() {
    int limit =
        template.properties("HttpApi").at("/DefaultRouteSettings/ThrottlingRateLimit").asInt();

    assertInReadme(
        "`ThrottlingRateLimit`, %d a second, is %.1f million a day"
            .formatted(limit, limit * 86_400 / 1e6));
  }

  @Test
  void theReadmeSaysHowManyRecomputationsABackfillRunsAtOnce() {
    assertInReadme(
        "of which %.1f run at once on average"
            .formatted(new SixteenYears(template).recomputationsAtOnce()));
  }

  private void assertInReadme(String text) {
    assertThat(readme.contains(text)).as("README.md has%n%s", text).isTrue();
  }
}
