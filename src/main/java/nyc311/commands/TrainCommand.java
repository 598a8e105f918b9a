package nyc311.commands;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.commands.Options.RawDaysOption;
import nyc311.commands.Options.SeedOption;
import nyc311.regression.ModelPointer;
import nyc311.train.Backtest;
import nyc311.train.Candidate;
import nyc311.train.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      "  nyc311 train --raw-days raw_days",
      "  nyc311 train --raw-days raw_days --publish model",
      "  nyc311 train --raw-days s3://my-bucket --publish s3://my-bucket"
    })
final class TrainCommand extends Action {
  /** As many as a window can have. */
  private static final int MAX_TEST_DAYS = 6_000;

  @Mixin private RawDaysOption source;

  @Option(
      names = "--publish",
      paramLabel = "DIR|s3://BUCKET",
      description = "Where the model goes, below 311/model/. Default: nowhere.")
  private Address publish;

  @Option(
      names = "--test-days",
      paramLabel = "N",
      defaultValue = "14",
      description = "The backtest knows nothing of the last N days. Default: ${DEFAULT-VALUE}.")
  private int testDays;

  @Mixin private SeedOption seed;

  @Option(
      names = "--force",
      description =
          "Publish even one that does worse, which its card says, or is older than the published"
              + " one.")
  private boolean force;

  @Override
  int run() throws IOException {
    if (testDays < 1 || testDays > MAX_TEST_DAYS) {
      throw refused("--test-days must be between 1 and %d: %d", MAX_TEST_DAYS, testDays);
    }
    Optional<Bucket> target = publish == null ? Optional.empty() : Optional.of(publish.bucket());
    Candidate candidate =
        Candidate.learn(source.rawDays(), testDays, seed.value, progress)
            .orElseThrow(() -> new IOException("no requests in " + source));
    Backtest backtest = candidate.backtest();
    print("%s", Tables.scores("as of " + backtest.asOf(), backtest.scores()));
    print("MLog cap at %.0f hours%n", backtest.capHours());
    if (!force && !backtest.isAsGoodAsKaplanMeier()) {
      throw new IOException("Not published: the Kaplan–Meier median does better; see --force");
    }
    Map<String, byte[]> objects = candidate.objects();
    if (target.isPresent()) {
      Publisher.publish(objects, target.get(), force);
    }
    objects.forEach((key, bytes) -> print("%s %d%n", key, bytes.length));
    if (target.isPresent()) {
      ModelPointer published = Publisher.pointer(objects);
      print("model %s as of %s published%n", published.version(), published.asOf());
    }
    return 0;
  }
}
