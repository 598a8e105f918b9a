package nyc311.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import nyc311.bucket.Bucket;
import nyc311.command.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes an older model again. */
@Command(
    name = "rollback",
    header = "Publishes an older model again, or lists them.",
    description = "Only one that can be read is published. The API follows within minutes.",
    footer = {
      "Environment:",
      Address.ENVIRONMENT,
      "",
      "Examples:",
      "  nyc311 rollback s3://my-bucket",
      "  nyc311 rollback s3://my-bucket 2019-07-23-25d82161"
    })
public final class RollbackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "s3://BUCKET",
      converter = Address.BucketConverter.class,
      description = "Where the models are.")
  private Address address;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "Which one to publish. Without it: print one version a line, the newest last.")
  private String version;

  @Override
  public Integer call() throws IOException {
    Bucket bucket = address.bucket();
    if (version == null) {
      PrintWriter out = spec.commandLine().getOut();
      Publisher.versions(bucket).forEach(out::println);
      out.flush();
    } else {
      Publisher.rollBack(bucket, version);
    }
    return 0;
  }
}
