package nyc311.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import nyc311.medians.TypeMedians;
import nyc311.regression.LearntType;
import nyc311.regression.LearntType.Drift;
import nyc311.regression.Offsets;
import nyc311.regression.PublishedModel;
import nyc311.regression.QuantileTable;
import nyc311.regression.RegressionModel;
import nyc311.regression.Situation;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;

/** Where medians and regression meet. */
class RulesTest {
  /**
   * A hundred that took two hours, some a little less, some more, and one is open: the median's
   * interval is narrow.
   */
  private static final TypeMedians TWO_HOURS =
      TypeMedians.of(
          "Noise",
          LongStream.range(0, 100).map(i -> 6_700 + 10 * i).toArray(),
          new long[] {5_000_000});

  @Test
  void aTypeAloneIsWhatTheMediansAreFor() {
    Rules.Believed believed = believed(Situation.of("noise"), 9, 1_000);

    assertThat(believed.regression()).isEmpty();
    assertThat(believed.estimate().fallback()).isEmpty();
    assertThat(believed.estimate().hours().p50()).isCloseTo(2, within(.02));
  }

  @Test
  void whatTheModelSaysWithinReachOfTheMediansIsBelieved() {
    Rules.Believed believed = believed(asked(null), 5, 10);

    assertThat(believed.estimate().hours().p50()).isCloseTo(5, within(1e-4));
    assertThat(believed.estimate().basis()).isEqualTo("regression");
  }

  @Test
  void whatIsFartherIsDrawnToTheMediansTheLessTheModelHasLearnt() {
    double median = Math.log1p(TWO_HOURS.p50());
    double model = Math.log1p(29);

    assertThat(median50(believed(asked(null), 29, 50)))
        .isCloseTo((median + model) / 2, within(1e-4));
    assertThat(median50(believed(asked(null), 29, 450)))
        .isCloseTo((median + 9 * model) / 10, within(1e-4));
    // A descriptor moves it by more.
    assertThat(median50(believed(asked("Music"), 14, 50))).isCloseTo(Math.log1p(14), within(1e-4));
  }

  @Test
  void aDescriptorThatWasNeverLearntIsLeftOut() {
    Rules.Believed placed = believed(asked("Unseen"), 5, 1_000);
    Rules.Believed alone =
        believed(
            new Situation("noise", Optional.of("Unseen"), Optional.empty(), Optional.empty()),
            5,
            1_000);

    assertThat(placed.estimate().hours())
        .isEqualTo(believed(asked(null), 5, 1_000).estimate().hours());
    assertThat(placed.estimate().basis()).isEqualTo("regression");
    assertThat(alone.estimate().basis()).isEqualTo("median");
    assertThat(List.of(placed, alone))
        .allMatch(
            one -> one.estimate().fallback().equals(Optional.of(Estimate.UNKNOWN_DESCRIPTOR)));
  }

  @Test
  void aTypeThatTheModelHasNotLearntIsAnsweredFromTheMedians() {
    Rules.Believed believed = Rules.believed(TWO_HOURS, asked(null), model("rodent", 5, 1_000));

    assertThat(believed.regression()).isEmpty();
    assertThat(believed.estimate().fallback()).contains(Estimate.UNKNOWN_TYPE);
  }

  private static double median50(Rules.Believed believed) {
    return Math.log1p(believed.regression().orElseThrow().p50());
  }

  private static Rules.Believed believed(Situation situation, double hours, double requests) {
    return Rules.believed(TWO_HOURS, situation, model("noise", hours, requests));
  }

  private static Situation asked(String descriptor) {
    return new Situation(
        "noise",
        Optional.ofNullable(descriptor),
        Optional.of(new Place(40.7, -73.9)),
        Optional.of(LocalDateTime.parse("2019-07-01T12:00")));
  }

  /** Which says the same of everything that it has learnt. */
  private static Optional<PublishedModel> model(String type, double hours, double requests) {
    double[] three = {Math.log1p(hours), Math.log1p(hours), Math.log1p(hours)};
    QuantileTable offsets =
        QuantileTable.of(three, Map.of("T|" + type, three, "T|" + type + "|X|music", three));
    RegressionModel model =
        new RegressionModel(
            QuantileTable.of(new double[3], Map.of()),
            new Offsets(offsets),
            Map.of(type, new LearntType(Optional.empty(), requests, Drift.NONE, List.of())));
    return Optional.of(new PublishedModel("1", model, Optional.empty()));
  }
}
