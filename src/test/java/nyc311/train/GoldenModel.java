package nyc311.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.regression.RegressionModel;

/**
 * Makes the model file that the tests keep, to be able to tell whether later versions still read
 * it. A program, to be run from the repository's root only when a model's form has changed on
 * purpose.
 */
public final class GoldenModel {
  private GoldenModel() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException {
    Bucket bucket = new FolderBucket(Path.of("src/test/resources/golden-model"));
    Map<String, byte[]> objects =
        learnt()
            .objects(
                "{}\n".getBytes(StandardCharsets.UTF_8),
                Instant.parse("2019-04-08T16:00:00Z"),
                Optional.empty());
    Publisher.publish(objects, bucket, true);
  }

  /** The model as the API asks it, before it is saved. */
  public static RegressionModel trained() {
    return learnt().served();
  }

  static LearntModel learnt() {
    return Training.train(World.busy(1).known(World.at(28 * 24)), 1, World.SILENT);
  }
}
