package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import nyc311.bucket.Bucket;
import nyc311.command.Address;
import nyc311.requests.NewYork;
import nyc311.requests.RawDays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Learns a model from raw days, tells how good it is, and publishes it. */
@Command(
    name = "train",
    header = "Learns a model, judges it, and publishes it.",
    description = {
      "A second model, which knows nothing of the last days, is judged by them: that backtest is"
          + " printed. A model is published only when it is at least as good as the Kaplan–Meier"
          + " median, by 'MLog cap' and 'pinball sum'. The pointer is written last: readers see the"
          + " old or the new model, whole.",
      "",
      "A million requests take about a minute on two cores, and 2 GB: java -Xmx2g -jar …"
    },
    footer = {
      "Environment:",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 train --raw-days raw_days",
      "  nyc311 train --raw-days raw_days --publish model",
      "  nyc311 train --raw-days s3://my-bucket --publish s3://my-bucket"
    })
public final class TrainCommand implements Callable<Integer> {
  /** As many as a window can have. */
  private static final int MAX_TEST_DAYS = 6_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the days are: YYYY-MM-DD.json or .json.gz.")
  private Address rawDays;

  @Option(
      names = "--publish",
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the model goes, below 311/model/. Default: nowhere.")
  private Address publish;

  @Option(
      names = "--test-days",
      paramLabel = "N",
      defaultValue = "14",
      description = "The backtest knows nothing of the last N days. Default: ${DEFAULT-VALUE}.")
  private int testDays;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the random draws. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--force",
      description =
          "Publish even one that does worse, which its card says, or is older than the published"
              + " one.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (testDays < 1 || testDays > MAX_TEST_DAYS) {
      throw new ParameterException(
          spec.commandLine(),
          "--test-days must be between 1 and " + MAX_TEST_DAYS + ": " + testDays);
    }
    Optional<Bucket> target = publish == null ? Optional.empty() : Optional.of(publish.bucket());
    RawDays source = rawDays.rawDays();
    Observations observations = Observations.read(source, source.days());
    if (observations.all().isEmpty()) {
      throw new IOException("no requests in " + rawDays);
    }
    LocalDate newest = NewYork.day(observations.all().get(observations.all().size() - 1).created());
    Instant cut = NewYork.instant(newest.minusDays(testDays).atStartOfDay());
    List<Observation> tested = Backtest.followedUp(observations.since(cut));
    if (tested.isEmpty() || observations.at(cut).all().isEmpty()) {
      throw new IOException(
          "no model can be judged: there must be raw days before "
              + newest.minusDays(testDays)
              + ", and later ones that were collected three days after their end; see --test-days");
    }
    // One core each: done in half the time.
    CompletableFuture<LearntModel> training =
        CompletableFuture.supplyAsync(() -> Training.train(observations, seed));
    Backtest backtest = Backtest.run(observations.at(cut), tested, Double.NaN, seed);
    PrintWriter out = spec.commandLine().getOut();
    out.print(BacktestCommand.table("as of " + cut, backtest.scores()));
    out.printf("MLog cap at %.0f hours%n", backtest.capHours());
    out.flush();
    boolean better = backtest.isAsGoodAsKaplanMeier();
    if (!better && !force) {
      throw new IOException("Not published: the Kaplan–Meier median does better; see --force");
    }
    LearntModel model = training.join();
    byte[] card = ModelCard.write(model.served(), observations, backtest, seed, !better);
    Map<String, byte[]> objects =
        model.objects(card, NewYork.day(observations.asOf()), backtest.figures());
    if (target.isPresent()) {
      Publisher.publish(objects, target.get(), force);
    }
    objects.forEach((key, bytes) -> out.println(key + " " + bytes.length));
    if (target.isPresent()) {
      out.printf("model %s published%n", Publisher.version(objects));
    }
    out.flush();
    return 0;
  }
}
