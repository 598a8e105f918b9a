package nyc311.commands;

import java.io.IOException;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.regression.ModelPointer;
import nyc311.train.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Publishes an older model again. */
@Command(
    name = "rollback",
    header = "Publishes an older model again, or lists them.",
    description = {
      "The list has a line for each model: its version, the instant that it dates from, and"
          + " 'current' where it is the published one. The newest is the last. Its version for"
          + " scripts, and that of the published one:",
      "  … | awk 'END { print $1 }'",
      "  … | awk '/current/ { print $1 }'",
      "",
      "Only one that can be read is published. The API follows within minutes."
    },
    footer = {
      "  nyc311 rollback s3://my-bucket",
      "  nyc311 rollback s3://my-bucket 2019-07-23-4e41eb51"
    })
final class RollbackCommand extends Action {
  @Parameters(index = "0", paramLabel = "s3://BUCKET", description = "Where the models are.")
  private Address.OfBucket source;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "Which one to publish. Without it: list them.")
  private String version;

  @Override
  int run() throws IOException {
    if (version != null && !ModelPointer.isVersion(version)) {
      throw refused("VERSION must be 1 to 64 letters, digits, - or .: %s", version);
    }
    Bucket bucket = source.address().bucket();
    if (version == null) {
      Optional<String> current = Publisher.current(bucket);
      for (ModelPointer one : Publisher.versions(bucket)) {
        boolean marked = current.equals(Optional.of(one.version()));
        print("%s  %s%s%n", one.version(), one.asOf(), marked ? "  current" : "");
      }
    } else {
      ModelPointer published = Publisher.rollBack(bucket, version);
      print("model %s as of %s published%n", published.version(), published.asOf());
    }
    return 0;
  }
}
