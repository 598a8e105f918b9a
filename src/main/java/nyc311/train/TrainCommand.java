package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
    description = "Learns a model from all raw days, prints its backtest, and publishes it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--raw-days",
      required = true,
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where YYYY-MM-DD.json or .json.gz are.")
  private Address rawDays;

  @Option(
      names = "--publish",
      paramLabel = "DIR|s3://BUCKET",
      converter = Address.Converter.class,
      description = "Where the model goes; nowhere.")
  private Address publish;

  @Option(
      names = "--test-days",
      paramLabel = "N",
      defaultValue = "14",
      description = "Its backtest knows nothing of the last N days; ${DEFAULT-VALUE}.")
  private int testDays;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1")
  private long seed;

  @Option(
      names = "--force",
      description = "Publish even a model that does worse than the Kaplan–Meier median.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    RawDays source = rawDays.rawDays();
    Observations observations = Observations.read(source, source.days());
    if (observations.all().isEmpty()) {
      throw new IOException("no requests in " + rawDays);
    }
    LocalDate newest = NewYork.day(observations.all().get(observations.all().size() - 1).created());
    Instant cut = NewYork.instant(newest.minusDays(testDays).atStartOfDay());
    List<Observation> tested = Backtest.followedUp(observations.since(cut));
    if (tested.isEmpty() || observations.at(cut).all().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
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
      spec.commandLine()
          .getErr()
          .println("Not published: the Kaplan–Meier median does better. --force publishes it.");
      return 1;
    }
    LearntModel model = training.join();
    ModelCard card = ModelCard.of(model.served(), observations, backtest, seed, !better);
    Map<String, byte[]> objects =
        model.objects(card.toJson(), NewYork.day(observations.asOf()), backtest.figures());
    if (publish != null) {
      Publisher.publish(objects, publish.bucket());
    }
    objects.forEach((key, bytes) -> out.println(key + " " + bytes.length));
    out.flush();
    return 0;
  }
}
