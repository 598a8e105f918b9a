package nyc311.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;

/**
 * Makes the model that the API is primed with: small, with all that a published one has. A program,
 * to be run from the repository's root when that has become more.
 */
public final class PrimingModel {
  private static final Path FOLDER = Path.of("src/main/resources/nyc311/predict/priming");
  private static final Instant CUT = World.at(24 * 21);

  private PrimingModel() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException {
    World world =
        World.busy(1)
            .described("noise residential", "Loud Music/Party", 60)
            .described("noise residential", "Banging/Pounding", 50)
            .described("noise residential", "Loud Talking", 40)
            .described("heat hot water", "ENTIRE BUILDING", 40)
            .described("heat hot water", "APARTMENT ONLY", 30);
    Backtest backtest =
        Backtest.run(world.known(CUT), world.since(CUT), Double.NaN, 1, World.SILENT);
    Map<String, byte[]> objects =
        Training.train(world.known(World.at(24 * 28)), 1, World.SILENT)
            .objects(
                "{}\n".getBytes(StandardCharsets.UTF_8),
                Instant.parse("2019-04-08T16:00:00Z"),
                backtest.figures());
    Map<String, byte[]> read = new LinkedHashMap<>(objects);
    read.keySet().removeIf(key -> !key.equals(Keys.MODEL_POINTER) && !key.endsWith(".bin"));
    Bucket bucket = new FolderBucket(FOLDER);
    Publisher.publish(read, bucket, true);
  }
}
