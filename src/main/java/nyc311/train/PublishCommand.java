package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.command.Address;
import nyc311.medians.MediansPublication;
import nyc311.regression.PublishedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "Environment:",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 publish s3://my-bucket --medians model/medians.json --model model",
      "  nyc311 publish s3://my-bucket --model model --force"
    })
public final class PublishCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "s3://BUCKET",
      converter = Address.BucketConverter.class,
      description = "Where they go.")
  private Address address;

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
  public Integer call() throws IOException {
    if (medians == null && model == null) {
      throw new ParameterException(spec.commandLine(), "--medians or --model must be given");
    }
    if (medians != null && Files.isDirectory(medians)) {
      throw new ParameterException(
          spec.commandLine(), "--medians must be a file, not a folder: " + medians);
    }
    Bucket bucket = address.bucket();
    MediansPublication nextMedians =
        medians == null ? null : new MediansPublication(Files.readAllBytes(medians), force);
    Map<String, byte[]> nextModel = model == null ? null : objects(model);
    if (nextMedians != null) {
      nextMedians.requireReplaceable(bucket);
    }
    if (nextModel != null && !force) {
      Publisher.requireNotNewer(nextModel, bucket);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (nextMedians != null) {
      boolean changed = nextMedians.publish(bucket);
      out.printf("medians %s%n", changed ? "published" : "already published");
    }
    if (nextModel != null) {
      Publisher.publish(nextModel, bucket, force);
      out.printf("model %s published%n", Publisher.version(nextModel).name());
    }
    out.flush();
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
