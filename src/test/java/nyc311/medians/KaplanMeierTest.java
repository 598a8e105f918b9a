package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import nyc311.Draw;
import nyc311.medians.KaplanMeier.Quantile;
import nyc311.medians.KaplanMeier.Weighted;
import org.junit.jupiter.api.Test;

class KaplanMeierTest {
  /**
   * Remission of 21 leukaemia patients under 6-mercaptopurine, in weeks: E. J. Freireich and
   * others, Blood 21 (1963), 699–716, the standard example of the textbooks (such as D. Collett,
   * Modelling Survival Data in Medical Research). Median 23 weeks; S(6) = .857, S(10) = .753, S(23)
   * = .448.
   */
  @Test
  void agreesWithThePublishedExampleOfFreireich() {
    long[] relapsed = {6, 6, 6, 7, 10, 13, 16, 22, 23};
    long[] inRemission = {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};

    KaplanMeier curve = KaplanMeier.fit(relapsed, inRemission);

    assertThat(curve.endedBy(5)).hasValue(0);
    assertThat(1 - curve.endedBy(6).orElseThrow()).isCloseTo(.857, within(.0005));
    assertThat(1 - curve.endedBy(7).orElseThrow()).isCloseTo(.807, within(.0005));
    assertThat(1 - curve.endedBy(10).orElseThrow()).isCloseTo(.753, within(.0005));
    assertThat(1 - curve.endedBy(13).orElseThrow()).isCloseTo(.690, within(.0005));
    assertThat(1 - curve.endedBy(16).orElseThrow()).isCloseTo(.627, within(.0005));
    assertThat(1 - curve.endedBy(22).orElseThrow()).isCloseTo(.538, within(.0005));
    assertThat(1 - curve.endedBy(35).orElseThrow()).isCloseTo(.448, within(.0005));
    assertThat(curve.endedBy(36)).isEmpty();
    assertThat(curve.quantile(.5)).isEqualTo(new Quantile(23, false));
    assertThat(curve.quantile(.9)).isEqualTo(new Quantile(35, true));
  }

  @Test
  void openRequestsLengthenTheMedian() {
    long[] closed = {1, 2, 3};

    assertThat(KaplanMeier.fit(closed, new long[0]).quantile(.5)).isEqualTo(new Quantile(2, false));
    assertThat(KaplanMeier.fit(closed, new long[] {10, 10, 10}).quantile(.5))
        .isEqualTo(new Quantile(3, false));
    assertThat(KaplanMeier.fit(closed, new long[] {10, 10, 10, 10}).quantile(.5))
        .isEqualTo(new Quantile(10, true));
  }

  @Test
  void roundingDoesNotMoveAQuantileToTheNextStep() {
    // Nine of ten have ended by 9, yet the product of the steps is a little more than a tenth.
    long[] tenDays = LongStream.rangeClosed(1, 10).toArray();

    assertThat(KaplanMeier.fit(tenDays, new long[0]).quantile(.9))
        .isEqualTo(new Quantile(9, false));
  }

  @Test
  void withoutAnyClosingTheLongestAgeIsALowerBound() {
    KaplanMeier curve = KaplanMeier.fit(new long[0], new long[] {5, 8});

    assertThat(curve.quantile(.1)).isEqualTo(new Quantile(8, true));
    assertThat(curve.endedBy(8)).hasValue(0);
    assertThat(curve.endedBy(9)).isEmpty();
  }

  @Test
  void afterTheLastClosingOfAllItIsCertain() {
    assertThat(KaplanMeier.fit(new long[] {1, 2}, new long[0]).endedBy(1_000)).hasValue(1);
  }

  @Test
  void agreesWithTheDefinitionTakenLiterally() {
    Draw.cases(
        1_000,
        draw -> {
          List<Long> ended = durations(0, draw);
          List<Long> ongoing = durations(1, draw);
          double q = draw.between(.01, .99);

          KaplanMeier curve = KaplanMeier.fit(array(ended), array(ongoing));
          long longest = LongStream.concat(stream(ended), stream(ongoing)).max().orElseThrow();

          for (long t = 0; t <= longest; t++) {
            assertThat(curve.endedBy(t).orElseThrow())
                .isCloseTo(1 - survivalByDefinition(ended, ongoing, t), within(1e-9));
          }
          Quantile expected =
              LongStream.rangeClosed(0, longest)
                  .filter(t -> survivalByDefinition(ended, ongoing, t) <= 1 - q + 1e-12)
                  .mapToObj(t -> new Quantile(t, false))
                  .findFirst()
                  .orElse(new Quantile(longest, true));
          assertThat(curve.quantile(q)).isEqualTo(expected);
        });
  }

  /** Few different ones, so that many are equal. */
  private static List<Long> durations(int least, Draw draw) {
    return draw.list(least, 30, () -> draw.between(0L, 25L));
  }

  /** The product over all times up to t of the share of those at risk that did not end then. */
  private static double survivalByDefinition(List<Long> ended, List<Long> ongoing, long t) {
    double s = 1;
    for (long u = 0; u <= t; u++) {
      long time = u;
      double atRisk =
          LongStream.concat(stream(ended), stream(ongoing)).filter(v -> v >= time).count();
      double ending = stream(ended).filter(v -> v == time).count();
      if (ending > 0) {
        s *= 1 - ending / atRisk;
      }
    }
    return s;
  }

  @Test
  void weighingTwiceIsCountingTwice() {
    Draw.cases(
        1_000,
        draw -> {
          List<Weighted> weighted =
              durations(1, draw).stream()
                  .map(time -> new Weighted(time, time % 3 > 0, 1 + time % 4))
                  .toList();
          double q = draw.between(.01, .99);

          List<Weighted> repeated =
              weighted.stream()
                  .flatMap(one -> Stream.generate(() -> one).limit((long) one.weight()))
                  .toList();

          assertThat(KaplanMeier.fit(weighted).quantile(q))
              .isEqualTo(
                  KaplanMeier.fit(
                          repeated.stream()
                              .filter(Weighted::ended)
                              .mapToLong(Weighted::seconds)
                              .toArray(),
                          repeated.stream()
                              .filter(one -> !one.ended())
                              .mapToLong(Weighted::seconds)
                              .toArray())
                      .quantile(q));
        });
  }

  @Test
  void anAgeLeavesWhatTheCurveSaysOfThoseThatReachedIt() {
    Draw.cases(
        1_000,
        draw -> {
          List<Long> ended = durations(0, draw);
          List<Long> ongoing = durations(1, draw);
          long age = draw.between(0, 25);
          double q = draw.between(.01, .99);

          long longest = LongStream.concat(stream(ended), stream(ongoing)).max().orElseThrow();
          double reached = survivalByDefinition(ended, ongoing, age);

          assertThat(KaplanMeier.fit(array(ended), array(ongoing)).quantileAfter(age, q))
              .isEqualTo(
                  stream(ended)
                      .filter(t -> t > age)
                      .sorted()
                      .filter(
                          t -> survivalByDefinition(ended, ongoing, t) <= (1 - q) * reached + 1e-12)
                      .mapToObj(t -> new Quantile(t, false))
                      .findFirst()
                      .orElse(new Quantile(longest, true)));
        });
  }

  @Test
  void refusesNoDurationsAndNegativeOnes() {
    assertThatThrownBy(() -> KaplanMeier.fit(new long[0], new long[0]))
        .hasMessage("there must be at least one duration");
    assertThatThrownBy(() -> KaplanMeier.fit(new long[] {3, -1}, new long[0]))
        .hasMessage("durations must not be negative: -1");
    assertThatThrownBy(() -> KaplanMeier.fit(new long[] {3}, new long[0]).quantile(1))
        .hasMessage("q must be between 0 and 1: 1.0");
  }

  private static LongStream stream(List<Long> values) {
    return values.stream().mapToLong(Long::longValue);
  }

  private static long[] array(List<Long> values) {
    return stream(values).toArray();
  }
}
