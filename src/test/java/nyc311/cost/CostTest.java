package nyc311.cost;

import static nyc311.cost.Assumption.COLD_SECONDS;
import static nyc311.cost.Assumption.COLLECT_SECONDS;
import static nyc311.cost.Assumption.RECOMPUTE_SECONDS;
import static nyc311.cost.Assumption.START_MILLIS;
import static nyc311.cost.Assumption.WARM_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import nyc311.template.Template;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The arithmetic of what the system costs, against figures reckoned by hand. */
class CostTest {
  private static final double MILLIONTH = 1e-6;

  private final MonthlyUsage usage = new MonthlyUsage(Template.read());

  CostTest() throws IOException {}

  /** 1,000 runs with one GB, and with half of one. */
  @ParameterizedTest
  @CsvSource({"1024, 1, 1", "1024, 1.2, 2", "1024, 2, 2", "512, 1.2, 1", "1769, 1000, 1727.5391"})
  void eachMillisecondBegunIsBilled(int megabytes, double millis, double gbSeconds) {
    assertThat(Usage.ofCompute(1_000, megabytes, millis).quantities().get(Charge.COMPUTE))
        .isCloseTo(gbSeconds, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1000000, 1", "300000000, 300", "304000000, 303.6", "400000000, 390"})
  void requestsBeyond300MillionAreCheaper(double requests, double dollars) {
    assertThat(Charge.HTTP_API.dollars(requests)).isCloseTo(dollars, within(MILLIONTH));
  }

  /** Ten times the quantity for which the price is told. */
  @ParameterizedTest
  @EnumSource
  void aPriceIsForSoMany(Charge charge) {
    assertThat(charge.dollars(10.0 * charge.per)).isCloseTo(10 * charge.price, within(MILLIONTH));
  }

  @Test
  void whatIsFreeIsDeductedOnce() {
    assertThat(Charge.TRANSFER.dollarsBeyondFree(99)).isZero();
    assertThat(Charge.TRANSFER.dollarsBeyondFree(101)).isCloseTo(.09, within(MILLIONTH));
    Usage both = Usage.of(Charge.TRANSFER, 60).plus(Usage.of(Charge.TRANSFER, 60));
    assertThat(both.dollarsBeyondFree()).isCloseTo(1.8, within(MILLIONTH));
  }

  /** 3,040,000 predictions, a thousandth of them restored; one instance asks every 300 seconds. */
  @Test
  void aHundredThousandPredictionsADay() {
    Usage month = usage.predictions(Traffic.HUNDRED_THOUSAND);

    assertThat(month.dollars(Charge.HTTP_API)).isCloseTo(3.04, within(MILLIONTH));
    assertThat(month.dollars(Charge.INVOCATIONS)).isCloseTo(.608, within(MILLIONTH));
    double seconds = 3_036_960 * WARM_MILLIS.value / 1_000 + 3_040 * START_MILLIS.value / 1_000;
    assertThat(month.quantities().get(Charge.COMPUTE)).isCloseTo(seconds, within(MILLIONTH));
    assertThat(month.dollars(Charge.S3_READS))
        .isCloseTo((8_755.2 * 2 + 3_040 * 3) * .0000004, within(MILLIONTH));
    assertThat(month.dollars(Charge.LOGS)).isCloseTo(1.132488, within(MILLIONTH));
    assertThat(month.dollars(Charge.TRANSFER)).isCloseTo(.229329, within(MILLIONTH));
  }

  /** Six requests and 37,000 bytes each. */
  @Test
  void aThousandVisitsToThePage() {
    Usage visits = usage.visits(1_000);

    assertThat(visits.dollars(Charge.HTTP_API)).isCloseTo(.006, within(MILLIONTH));
    assertThat(visits.dollars(Charge.INVOCATIONS)).isCloseTo(.0012, within(MILLIONTH));
    assertThat(visits.quantities().get(Charge.COMPUTE)).isCloseTo(12, within(MILLIONTH));
    assertThat(visits.dollars(Charge.LOGS))
        .isCloseTo(6_000 * 800 * .5 / (1 << 30), within(MILLIONTH));
    assertThat(visits.dollars(Charge.TRANSFER))
        .isCloseTo(37e6 * .09 / (1 << 30), within(MILLIONTH));
  }

  /** 30.4 runs of the collector and 212.8 recomputations, each of 60 days. */
  @Test
  void theDailyCollectionAndRecomputation() {
    Usage month = usage.dailyLoop();

    assertThat(month.dollars(Charge.SCHEDULE)).isCloseTo(30.4e-6, within(1e-9));
    assertThat(month.dollars(Charge.INVOCATIONS)).isCloseTo(243.2 * .2e-6, within(1e-9));
    double collecting = 30.4 * (COLLECT_SECONDS.value + COLD_SECONDS.value) * 512 / 1_024;
    double recomputing =
        (212.8 * RECOMPUTE_SECONDS.value + 30.4 * COLD_SECONDS.value) * 1_769 / 1_024;
    assertThat(month.quantities().get(Charge.COMPUTE))
        .isCloseTo(collecting + recomputing, within(MILLIONTH));
    assertThat(month.dollars(Charge.S3_READS))
        .isCloseTo(212.8 * (1 + 60 + 3) * .0000004, within(MILLIONTH));
    assertThat(month.dollars(Charge.S3_WRITES))
        .isCloseTo(212.8 * (1 + 4) * .000005, within(MILLIONTH));
    // 243.2 × 2,000 bytes.
    assertThat(month.dollars(Charge.LOGS)).isCloseTo(.000226, within(MILLIONTH));
  }

  /** Fourteen metrics under ten alarms, one dashboard, and 11 metrics for a 24th of the time. */
  @Test
  void whatIsWatchedIsPaidForEvenWhenNobodyAsks() {
    Usage idle = usage.watching(Traffic.NONE);

    assertThat(idle.dollars(Charge.ALARMS)).isCloseTo(1.40, within(MILLIONTH));
    assertThat(idle.dollars(Charge.DASHBOARDS)).isCloseTo(3, within(MILLIONTH));
    assertThat(idle.dollars(Charge.METRICS)).isCloseTo(11 / 24.0 * .3, within(MILLIONTH));
    assertThat(idle.dollarsBeyondFree()).isCloseTo(.4, within(MILLIONTH));
    assertThat(usage.watching(Traffic.THOUSAND).dollars(Charge.METRICS))
        .isCloseTo((3 + 11 / 24.0) * .3, within(MILLIONTH));
  }

  /** 365 days, and 6 replaced versions for 30 days, of 6.075 MB each, and 35 MB. */
  @Test
  void aYearsRawDays() {
    assertThat(usage.storage(1).quantities().get(Charge.S3_STORAGE))
        .isCloseTo((545 * 6.075e6 + 35e6) / (1_024.0 * 1_024 * 1_024), within(MILLIONTH));
    assertThat(usage.storage(1).dollars()).isCloseTo(.071670, within(MILLIONTH));
  }

  /** 729.6 hours. */
  @Test
  void aServerThatAlwaysRuns() {
    assertThat(MonthlyUsage.server(Charge.T4G_NANO).dollars())
        .isCloseTo(3.06432 + 3.648 + .64, within(MILLIONTH));
  }

  /** 8,755.2 pings to each instance. */
  @Test
  void pings() {
    assertThat(usage.pings(1).dollars(Charge.SCHEDULE)).isCloseTo(.008755, within(MILLIONTH));
    assertThat(usage.pings(1).dollars(Charge.INVOCATIONS)).isCloseTo(.001751, within(MILLIONTH));
    assertThat(usage.pings(10).quantities().get(Charge.COMPUTE))
        .isCloseTo(8_755.2, within(MILLIONTH));
  }

  /** 16 times 365 days and the four of leap years; 24 GB of rows. */
  @Test
  void sixteenYearsOnce() throws IOException {
    SixteenYears history = new SixteenYears(Template.read());

    assertThat(SixteenYears.DAYS).isEqualTo(5_844);
    assertThat(history.hours()).isCloseTo(5_844 * 60 / 7.0 / 3 / 3_600, within(MILLIONTH));
    assertThat(history.recomputationsAtOnce()).isCloseTo(3 / (60 / 7.0) * 1.5, within(MILLIONTH));
    assertThat(history.collecting().quantities().get(Charge.COMPUTE))
        .isCloseTo(5_844 * 8.572 / 2, within(MILLIONTH));
    assertThat(history.recomputing().quantities().get(Charge.COMPUTE))
        .isCloseTo(5_844 * 1.5 * 1_769 / 1_024, within(MILLIONTH));
    assertThat(history.requests().dollars(Charge.S3_READS))
        .isCloseTo(5_844 * 64 * .0000004, within(MILLIONTH));
    assertThat(history.requests().dollars(Charge.S3_WRITES))
        .isCloseTo(5_844 * 4 * .000005, within(MILLIONTH));
    assertThat(history.requests().dollars(Charge.STATES))
        .isCloseTo((5_844 * 2 + 38) * .000025, within(MILLIONTH));
    assertThat(history.stored().quantities().get(Charge.S3_STORAGE))
        .isCloseTo((24e9 + 5_844 * 75e3) / (1 << 30), within(MILLIONTH));
  }
}
