package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nyc311.estimate.Estimates;
import org.junit.jupiter.api.Test;

/** What the API counts while it answers. */
class ServingMetricsTest {
  private final Estimates estimates = Priming.publication().current().orElseThrow();
  private final ServingMetrics metrics = new ServingMetrics(Clock.systemUTC());

  @Test
  void aFallbackIsCountedOnce() throws IOException {
    ask("noise-residential", Map.of());
    ask("noise-residential", Map.of("descriptor", "no such descriptor"));
    ask("noise-residential", Map.of("descriptor", "nor this one"));

    assertThat(line().get("Fallbacks").asInt()).isEqualTo(2);
    assertThat(line().get("Fallbacks").asInt()).isZero();
  }

  @Test
  void theAgeIsThatOfTheMediansDataAndNotOfTheirPublication() throws IOException {
    assertThat(line().get("EstimateAge").asLong()).isEqualTo(90);
  }

  private void ask(String type, Map<String, String> query) {
    Api api =
        new Api(
            () -> Optional.of(estimates),
            Optional::empty,
            metrics::answered,
            Duration.ofMinutes(5),
            Clock.systemUTC());
    assertThat(
            api.answer(new HttpRequest("GET", "/predict/" + type, query, Set.of(), "", ""))
                .status())
        .isEqualTo(200);
  }

  private JsonNode line() throws IOException {
    Instant later = estimates.types().medians().asOf().plusSeconds(90);
    return new ObjectMapper().readTree(metrics.line(later, Optional.of(estimates)).toString());
  }
}
