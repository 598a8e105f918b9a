package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.StoredObject;
import nyc311.local.Death;
import nyc311.local.Jdk;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.regression.ModelPointer;
import nyc311.regression.PublishedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code train --publish} killed at random instants while it publishes: readers have the model from
 * before or the new one, whole, so is every version that a rollback can choose, and the next
 * publication works.
 */
class PublicationDeathIT {
  private static final Path GOLDEN = Path.of("src/test/resources/golden-model");
  private static final String GOLDEN_VERSION = "2019-04-08-fb5ac7af";
  private static final String NEW_VERSION = "2019-03-29-";

  /** Three objects of the model, its pointer, and the pointer to the current one. */
  private static final int WRITES = 5;

  @TempDir private Path folder;

  @Test
  void readersSeeTheOldOrTheNewModelAndTheNextPublicationWorks() throws Exception {
    InventedDays.writeFourWeeks(folder);
    try (LocalS3 s3 = LocalS3.temporary()) {
      Death death = new Death(s3);
      Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
      put(s3);
      // Each of them takes the time of a training.
      for (int kill = 0; kill < (Death.KILLS + 1) / 2; kill++) {
        killed(s3, death);

        String seen = version(bucket, Keys.MODEL_POINTER);
        assertThat(seen).as("%s", death).matches(GOLDEN_VERSION + "|" + NEW_VERSION + ".*");
        for (ModelPointer version : Publisher.versions(bucket)) {
          assertThat(version(bucket, Keys.modelVersion(version.version())))
              .isEqualTo(version.version());
        }
        Publisher.rollBack(bucket, GOLDEN_VERSION);
        assertThat(version(bucket, Keys.MODEL_POINTER)).isEqualTo(GOLDEN_VERSION);
      }
      System.out.println("publication killed: " + death);
      assertThat(death.hits()).as("%s", death).isGreaterThan(Death.KILLS / 4);

      assertThat(train(s3).waitFor()).isZero();
      assertThat(version(bucket, Keys.MODEL_POINTER)).startsWith(NEW_VERSION);
    }
  }

  private void killed(LocalS3 s3, Death death) throws Exception {
    Process train = train(s3);
    // The first request asks for the pointer that is there.
    death.awaits(train.toHandle(), 1, 1 + WRITES);
    assertThat(Patience.hasEnded(train)).isTrue();
    death.count(train.exitValue() != 0, WRITES);
  }

  private Process train(LocalS3 s3) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Jdk.running().java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("nyc311.jar"),
                "train",
                "--raw-days=" + folder,
                "--publish=s3://" + s3.bucket(),
                "--force")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(s3.environment());
    return builder.start();
  }

  /** Reads the whole model, as the API does. */
  private static String version(Bucket bucket, String pointer) throws IOException {
    try (StoredObject object = bucket.get(pointer).orElseThrow()) {
      return PublishedModel.read(object, bucket::get).version();
    }
  }

  private static void put(LocalS3 s3) throws IOException {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String key = GOLDEN.relativize(file).toString();
        s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), file);
      }
    }
  }
}
