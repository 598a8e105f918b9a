package nyc311.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What CloudWatch makes metrics of, and only from lines that are just as it wants them. */
class MetricLineTest {
  private static final Instant NOW = Instant.parse("2019-07-24T10:00:00Z");

  @Test
  void aLineSaysWhichOfItsFieldsAreMetrics() throws IOException {
    String line =
        new MetricLine(NOW)
            .with(Metric.ROWS_SEEN, 3_000_000_000L)
            .with(Metric.PUBLICATION_LAG, 12)
            .because("cause", "a \"quoted\"\nline")
            .toString();

    assertThat(line).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.at("/_aws/Timestamp").asLong()).isEqualTo(NOW.toEpochMilli());
    assertThat(json.at("/_aws/CloudWatchMetrics")).hasSize(1);
    JsonNode directive = json.at("/_aws/CloudWatchMetrics/0");
    assertThat(directive.get("Namespace").asText()).isEqualTo("nyc311");
    assertThat(directive.get("Dimensions")).hasToString("[[\"FunctionName\"]]");
    assertThat(json.get("FunctionName").isTextual()).isTrue();
    Map<String, String> units = new TreeMap<>();
    directive
        .get("Metrics")
        .forEach(metric -> units.put(metric.get("Name").asText(), metric.get("Unit").asText()));
    assertThat(units)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("RowsSeen", "Count", "PublicationLag", "Seconds"));
    assertThat(json.get("RowsSeen").asLong()).isEqualTo(3_000_000_000L);
    assertThat(json.get("PublicationLag").asLong()).isEqualTo(12);
    assertThat(json.get("cause").asText()).isEqualTo("a \"quoted\"\nline");
  }

  @Test
  void namesAreInCloudWatchsStyle() {
    assertThat(Arrays.stream(Metric.values()).map(Metric::cloudWatchName))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("([A-Z][a-z]+)+"))
        .contains("ScheduledCollections", "EstimateAge");
  }
}
