package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import nyc311.estimate.Estimates;
import nyc311.medians.TypeMedians;
import nyc311.regression.PublishedModel;
import nyc311.regression.Situation;
import org.junit.jupiter.api.Test;

/** Before a snapshot everything is done once that a request may need. */
class PrimingTest {
  private static final Map<String, String> PLACE_AND_TIME =
      Map.of("lat", "40.67", "lon", "-73.86", "date", "2019-06-14");

  @Test
  void itRunsToItsEnd() {
    assertThat(Priming.run(Optional.empty(), PredictHandler::handleUnlogged)).isTrue();
  }

  @Test
  void whatTheJarHasForItIsAnsweredByTheRegression() {
    Estimates estimates = Priming.publication().current().orElseThrow();

    TypeMedians residential = estimates.types().find("residential").orElseThrow();

    assertThat(basis(estimates, residential, PLACE_AND_TIME)).isEqualTo("regression");
    assertThat(basis(estimates, residential, Map.of())).isEqualTo("median");
  }

  private static String basis(Estimates estimates, TypeMedians type, Map<String, String> query) {
    Situation situation =
        Question.of("residential", query, Set.of()).situation(type.complaintType());
    return estimates.estimate(type, situation, OptionalDouble.empty()).basis();
  }

  @Test
  void theJarsModelHasAllThatAPublishedOneMayHave() {
    PublishedModel model = Priming.publication().current().orElseThrow().model().orElseThrow();

    assertThat(model.descriptors("Noise - Residential")).contains("Loud Music/Party");
    assertThat(model.backtest()).isPresent();
  }
}
