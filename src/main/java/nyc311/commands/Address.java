package nyc311.commands;

import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.S3Endpoint;
import nyc311.requests.RawDays;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a command reads and writes: a folder, or a bucket like {@code s3://NAME}.
 *
 * @param text as it was given
 * @param environment says where S3 is
 */
record Address(String text, Map<String, String> environment) {
  private static final String S3 = "s3://";
  private static final Pattern BUCKET = Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,62}/?");

  /** A model of a few megabytes over a slow line. */
  private static final Duration CALL_LIMIT = Duration.ofMinutes(5);

  /** One that must be a bucket's. */
  record OfBucket(Address address) {}

  static Address of(String text, Map<String, String> environment) {
    if (text.startsWith(S3)) {
      return ofBucket(text, environment).address;
    }
    return new Address(Converters.notEmpty(text), environment);
  }

  static OfBucket ofBucket(String text, Map<String, String> environment) {
    if (!BUCKET.matcher(text).matches()) {
      throw new TypeConversionException("must be the address of a bucket, s3://NAME: " + text);
    }
    try {
      S3Endpoint.configured(environment);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
    return new OfBucket(new Address(text, environment));
  }

  /** The bucket, or a folder that is laid out like one and is made when something is written. */
  Bucket bucket() throws NotDirectoryException {
    return bucket("");
  }

  /** The same where raw days are: in the bucket at their keys, in a folder as the only files. */
  Bucket bucketOfRawDays() throws NotDirectoryException {
    return bucket(Keys.RAW_DAYS);
  }

  private Bucket bucket(String folderIs) throws NotDirectoryException {
    if (text.startsWith(S3)) {
      return s3();
    }
    Path folder = Path.of(text);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new NotDirectoryException(text);
    }
    return new FolderBucket(folder, folderIs);
  }

  /** The raw days that are there; a folder must be. */
  RawDays rawDays() throws NotDirectoryException {
    if (text.startsWith(S3)) {
      return RawDays.in(s3());
    }
    if (!Files.isDirectory(Path.of(text))) {
      throw new NotDirectoryException(text);
    }
    return RawDays.in(Path.of(text));
  }

  private Bucket s3() {
    String name = text.substring(S3.length()).replace("/", "");
    return S3Bucket.fromEnvironment(name, environment, CALL_LIMIT);
  }

  @Override
  public String toString() {
    return text;
  }
}
