package nyc311.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.medians.MediansPublication;
import nyc311.regression.PublishedModel;
import nyc311.train.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes medians and a model that are there already, such as those of the repository. */
@Command(
    name = "publish",
    header = "Puts medians or a model into the bucket.",
    description = {
      "Both are read and checked as the API does it before anything is written. The model's"
          + " pointer goes last, so that readers see the old or the new one, whole. Neither"
          + " replaces one that dates from later, unless forced to."
    },
    footer = {
      "  nyc311 publish s3://my-bucket --medians model/medians.json --model model",
      "  nyc311 publish s3://my-bucket --model model --force"
    })
final class PublishCommand extends Action {
  @Parameters(paramLabel = "s3://BUCKET", description = "Where they go.")
  private Address.OfBucket target;

  @Option(names = "--medians", paramLabel = "FILE", description = "Medians, as JSON.")
  private Path medians;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "A folder that train --publish has written: with 311/model/current.json.")
  private Path model;

  @Option(names = "--force", description = "Replace even what dates from later.")
  private boolean force;

  @Override
  int run() throws IOException {
    if (medians == null && model == null) {
      throw refused("--medians or --model must be given");
    }
    if (medians != null && Files.isDirectory(medians)) {
      throw refused("--medians must be a file, not a folder: %s", medians);
    }
    Bucket bucket = target.address().bucket();
    MediansPublication nextMedians =
        medians == null ? null : new MediansPublication(Files.readAllBytes(medians), force);
    Map<String, byte[]> nextModel = model == null ? null : objects(model);
    if (nextMedians != null) {
      nextMedians.requireReplaceable(bucket);
    }
    if (nextModel != null && !force) {
      Publisher.requireNotNewer(nextModel, bucket);
    }
    if (nextMedians != null) {
      boolean changed = nextMedians.publish(bucket);
      print("medians %s%n", changed ? "published" : "already published");
    }
    if (nextModel != null) {
      Publisher.publish(nextModel, bucket, force);
      print("model %s published%n", Publisher.pointer(nextModel).version());
    }
    return 0;
  }

  private static Map<String, byte[]> objects(Path folder) throws IOException {
    Bucket bucket = new FolderBucket(folder);
    try (StoredObject pointer =
        bucket
            .get(Keys.MODEL_POINTER)
            .orElseThrow(
                () -> new IOException("there is no " + folder.resolve(Keys.MODEL_POINTER)))) {
      return PublishedModel.objects(pointer.content().readAllBytes(), bucket::get);
    }
  }
}
