package nyc311.train;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;
import nyc311.requests.Progress;
import nyc311.requests.RawDays;

/** A model that is learnt to be published, and the backtest of one that was made the same way. */
public final class Candidate {
  private final Observations observations;
  private final long seed;
  private final CompletableFuture<LearntModel> model;
  private final Backtest backtest;

  private Candidate(
      Observations observations,
      List<Observation> tested,
      Instant cut,
      long seed,
      Progress progress) {
    this.observations = observations;
    this.seed = seed;
    // One core each: done in half the time.
    model = CompletableFuture.supplyAsync(() -> Training.train(observations, seed, progress));
    backtest = Backtest.run(observations.at(cut), tested, Double.NaN, seed, progress);
  }

  /**
   * Learns from all days; and judges by the last ones what is learnt from those before.
   *
   * @param testDays how many days the backtest knows nothing of, at least 1
   * @param seed of the random draws
   * @return empty when there are no requests
   * @throws IOException when the days cannot be read, or are too few to judge by
   */
  public static Optional<Candidate> learn(
      RawDays rawDays, int testDays, long seed, Progress progress) throws IOException {
    Observations observations = Observations.read(rawDays, rawDays.days(), progress);
    List<Observation> all = observations.all();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    LocalDate firstTested = NewYork.day(all.get(all.size() - 1).created()).minusDays(testDays);
    Instant cut = NewYork.instant(firstTested.atStartOfDay());
    List<Observation> tested = Backtest.followedUp(observations.since(cut));
    if (tested.isEmpty() || observations.at(cut).all().isEmpty()) {
      throw new IOException(
          "no model can be judged: there must be raw days before "
              + firstTested
              + ", and later ones that were collected three days after their end; see --test-days");
    }
    return Optional.of(new Candidate(observations, tested, cut, seed, progress));
  }

  /** How good the other one is, which knew nothing of the last days. */
  public Backtest backtest() {
    return backtest;
  }

  /** What publishes the model, its card included: see {@link PublishedModel#objects}. */
  public Map<String, byte[]> objects() {
    LearntModel learnt = model.join();
    boolean forced = !backtest.isAsGoodAsKaplanMeier();
    byte[] card = ModelCard.write(learnt.served(), observations, backtest, seed, forced);
    return learnt.objects(card, observations.asOf(), backtest.figures());
  }
}
