package nyc311.predict;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import nyc311.estimate.Estimate;
import nyc311.estimate.Estimates;
import nyc311.metrics.Metric;
import nyc311.metrics.MetricLine;

/**
 * What an instance of the API counts of its own, told once a minute while it is asked. Nobody waits
 * for it: requests only count, and another thread prints. What an instance has counted since it
 * told last is lost when Lambda ends it. Thread-safe.
 */
final class ServingMetrics {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Clock clock;
  private final AtomicReference<Instant> toldAt;
  private final LongAdder fallbacks = new LongAdder();

  ServingMetrics(Clock clock) {
    this.clock = clock;
    this.toldAt = new AtomicReference<>(clock.instant());
  }

  void answered(Estimate estimate) {
    if (estimate.fallback().filter(why -> !why.equals(Estimate.NEVER_FOLLOWED)).isPresent()) {
      fallbacks.increment();
    }
  }

  /**
   * Tells that a request was answered with 500. Here and now: another thread might have to wait for
   * the next request, and this one is lost anyway.
   */
  void failed() {
    new MetricLine(clock.instant())
        .with(Metric.SERVER_ERRORS, 1)
        .because("cause", "see the error before this line")
        .print();
  }

  /** Tells at once how this instance came to be. */
  void started(Metric start, Optional<Estimates> served) {
    Instant now = clock.instant();
    toldAt.set(now);
    tell(now, served, Optional.of(start));
  }

  /** Does what telling does, but for printing, so that a snapshot has its code. */
  int rehearse(Optional<Estimates> served) {
    return line(clock.instant(), served).toString().length();
  }

  /** Tells what has been counted, if it is time to. */
  void tellNowAndThen(Optional<Estimates> served) {
    Instant now = clock.instant();
    Instant last = toldAt.get();
    boolean due = now.isBefore(last) || !now.isBefore(last.plus(INTERVAL));
    if (due && toldAt.compareAndSet(last, now)) {
      tell(now, served, Optional.empty());
    }
  }

  private void tell(Instant now, Optional<Estimates> served, Optional<Metric> start) {
    MetricLine line = line(now, served);
    start.ifPresent(how -> line.with(how, 1));
    print(line);
  }

  private static void print(MetricLine line) {
    Thread printing = new Thread(line::print, "metrics");
    printing.setDaemon(true);
    printing.start();
  }

  /** What has been counted since this was asked last. */
  MetricLine line(Instant now, Optional<Estimates> served) {
    MetricLine line = new MetricLine(now).with(Metric.FALLBACKS, fallbacks.sumThenReset());
    served.ifPresent(
        estimates ->
            line.with(
                Metric.ESTIMATE_AGE,
                Duration.between(estimates.types().medians().asOf(), now).toSeconds()));
    return line;
  }
}
