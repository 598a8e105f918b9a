package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import nyc311.estimate.Estimate;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.local.MemoryBucket;
import nyc311.local.RealDays;
import nyc311.medians.MediansWindow;
import nyc311.medians.TypeMedians;
import nyc311.regression.Quantiles;
import nyc311.regression.Situation;
import nyc311.requests.Place;
import nyc311.requests.RawDays;
import org.junit.jupiter.api.Test;

/** Nothing is claimed beyond the longest time for which requests of a type were followed. */
class FollowUpTest {
  private static final List<Optional<Place>> PLACES =
      List.of(
          Optional.empty(),
          Optional.of(new Place(40.6757, -73.8605)),
          Optional.of(new Place(40.85, -73.87)),
          Optional.of(new Place(40.585, -74.15)));
  private static final List<Optional<LocalDateTime>> TIMES =
      List.of(
          Optional.empty(),
          Optional.of(LocalDateTime.parse("2026-11-22T03:00")),
          Optional.of(LocalDateTime.parse("2026-11-25T14:30")));

  /** Sums of hours with few decimals. */
  private static final double ROUNDING = 1e-6;

  @Test
  void noAnswerOfTheRepositoryLiesBeyondItsTypesFollowUp() throws IOException {
    assertNothingBeyond(ofTheRepository());
  }

  @Test
  void noAnswerOf2026LiesBeyondItsTypesFollowUp() throws IOException {
    RawDays rawDays = RawDays.in(RealDays.recent());
    assertNothingBeyond(
        new Estimates(
            new KnownTypes(
                MediansWindow.newest(rawDays, 60, (task, done, all) -> {}).orElseThrow()),
            ofTheRepository().model()));
  }

  /** Its medians and its model. */
  static Estimates ofTheRepository() throws IOException {
    return new Publication(MemoryBucket.published(), Duration.ofHours(1), Clock.systemUTC())
        .current()
        .orElseThrow();
  }

  private static void assertNothingBeyond(Estimates estimates) {
    assertThat(estimates.types().medians().types()).hasSizeGreaterThan(100);
    for (TypeMedians type : estimates.types().medians().types()) {
      List<Optional<String>> descriptors = new ArrayList<>(List.of(Optional.empty()));
      estimates.model().orElseThrow().descriptors(type.complaintType()).stream()
          .limit(2)
          .map(Optional::of)
          .forEach(descriptors::add);
      for (Optional<Place> place : PLACES) {
        for (Optional<LocalDateTime> time : TIMES) {
          for (Optional<String> descriptor : descriptors) {
            for (OptionalDouble wait : waits(type.followUp())) {
              assertNothingBeyond(
                  estimates,
                  type,
                  new Question(type.complaintType(), descriptor, place, time, wait));
            }
          }
        }
      }
    }
  }

  private static List<OptionalDouble> waits(double followUp) {
    List<OptionalDouble> waits = new ArrayList<>(List.of(OptionalDouble.empty()));
    for (double hours : new double[] {0, 1, 24, 200, followUp / 2, followUp, followUp + 1}) {
      waits.add(OptionalDouble.of(hours));
    }
    return waits;
  }

  private static void assertNothingBeyond(
      Estimates estimates, TypeMedians type, Question question) {
    double waited = question.openForHours().orElse(0);
    double end = Math.max(0, type.followUp() - waited) + ROUNDING;
    Situation situation = question.situation(type.complaintType());
    Estimates.Curves curves = estimates.curves(type, situation, question.openForHours());
    Estimate estimate = estimates.estimate(type, situation, question.openForHours());
    Quantiles hours = estimate.hours();

    assertThat(estimate).isEqualTo(curves.estimate());
    assertThat(List.of(0., hours.p10(), hours.p50(), hours.p90(), end))
        .as("%s", question)
        .isSorted();
    assertThat(curves.asked().end()).as("%s", question).isLessThanOrEqualTo(end);
    assertThat(curves.overall().end()).as("%s", question).isLessThanOrEqualTo(end);
    if (waited > type.followUp()) {
      assertThat(estimate.stillOpen()).as("%s", question).isEmpty();
      assertThat(estimate.fallback()).contains(Estimate.NEVER_FOLLOWED);
    }
    // What is no range is told as none, and what is none of the type is none of a place.
    assertThat(estimate.p10AtLeast()).as("%s", question).isIn(estimate.atLeast(), false);
    if (waited == 0 && !type.atLeast()) {
      assertThat(estimate.atLeast()).as("%s", question).isFalse();
    }
  }
}
