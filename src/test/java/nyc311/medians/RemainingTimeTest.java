package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import nyc311.bucket.StoredObject;
import nyc311.local.RealDays;
import nyc311.medians.Curve.Quantile;
import nyc311.requests.RawDay;
import nyc311.requests.RawDays;
import nyc311.requests.ServiceRequest;
import org.junit.jupiter.api.Test;

/**
 * What a published curve, a few dozen rounded points, says of the time that is left for an open
 * request is near to what all durations say: the exact Kaplan–Meier quantile conditional on its
 * age.
 */
class RemainingTimeTest {
  private static final List<Double> OPEN_FOR = List.of(.5, 2., 6., 24., 72., 168., 720.);

  /** Errors in log1p(hours): .1 stands for a tenth of what is left. */
  private final List<Double> errors = new ArrayList<>();

  private int reachedByOneOnly;

  @Test
  void ofInventedDurationsOfWhichSomeAreCutOff() {
    Random random = new Random(311);
    for (double typicalHours : List.of(.5, 3., 20., 150.)) {
      List<Long> ended = new ArrayList<>();
      List<Long> ongoing = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        long lasts = Math.round(3600 * typicalHours * Math.exp(1.5 * random.nextGaussian()));
        long followed = Math.round(3600 * 1440 * random.nextDouble());
        (lasts <= followed ? ended : ongoing).add(Math.min(lasts, followed));
      }
      compare(ended, ongoing);
    }

    report("invented");
  }

  @Test
  void ofRealRequests() throws IOException {
    Path folder = RealDays.folder();
    Map<String, List<Long>> ended = new TreeMap<>();
    Map<String, List<Long>> ongoing = new TreeMap<>();
    RawDays rawDays = RawDays.in(folder);
    for (LocalDate day : rawDays.days()) {
      List<ServiceRequest> requests = new ArrayList<>();
      try (StoredObject raw = rawDays.open(day)) {
        RawDay collected = RawDay.readWithoutPlaces(day, raw, requests::add);
        for (ServiceRequest request : requests) {
          Duration lasted =
              request
                  .resolutionTime(collected.asOf())
                  .orElseGet(() -> request.ageAt(collected.asOf()));
          (request.closed() == null ? ongoing : ended)
              .computeIfAbsent(request.complaintType(), type -> new ArrayList<>())
              .add(lasted.toSeconds());
        }
      }
    }
    ended.forEach(
        (type, seconds) -> {
          if (seconds.size() >= 100) {
            compare(seconds, ongoing.getOrDefault(type, List.of()));
          }
        });

    report("real");
  }

  private void compare(List<Long> ended, List<Long> ongoing) {
    long[] events = ended.stream().mapToLong(Long::longValue).sorted().toArray();
    long[] censored = ongoing.stream().mapToLong(Long::longValue).sorted().toArray();
    KaplanMeier exact = KaplanMeier.fit(events, censored);
    Curve curve = Curve.of(TypeMedians.of("any", events, censored), Medians.MOMENTS);
    for (double openFor : OPEN_FOR) {
      long age = Math.round(openFor * 3600);
      // Where fewer are left, their own durations are as good as chance.
      if (Arrays.stream(events).filter(seconds -> seconds > age).count() < 50) {
        continue;
      }
      for (double chance : List.of(.1, .5, .9)) {
        KaplanMeier.Quantile all = exact.quantileAfter(age, chance);
        Quantile left = curve.after(openFor).quantile(chance);
        if (all.atLeast() || left.atLeast()) {
          reachedByOneOnly += all.atLeast() == left.atLeast() ? 0 : 1;
        } else {
          double truth = Math.log1p(Math.max(0, all.seconds() / 3600. - openFor));
          errors.add(Math.abs(Math.log1p(left.hours()) - truth));
        }
      }
    }
  }

  private void report(String what) {
    double[] sorted = errors.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    System.out.printf(
        "remaining times of %s requests: %d compared, error in log1p(hours): median %.4f,"
            + " 90%% below %.4f, largest %.3f; %d reached by one curve only%n",
        what,
        sorted.length,
        sorted[sorted.length / 2],
        sorted[sorted.length * 9 / 10],
        sorted[sorted.length - 1],
        reachedByOneOnly);
    assertThat(sorted).hasSizeGreaterThan(50);
    assertThat(sorted[sorted.length / 2]).isLessThan(.02);
    assertThat(sorted[sorted.length * 9 / 10]).isLessThan(.15);
    assertThat(reachedByOneOnly).isLessThanOrEqualTo(sorted.length / 20);
  }
}
