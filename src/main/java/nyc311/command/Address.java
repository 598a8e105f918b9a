package nyc311.command;

import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.bucket.S3Endpoint;
import nyc311.requests.RawDays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a command reads and writes: a folder, or a bucket like {@code s3://NAME}.
 *
 * @param text as it was given
 */
public record Address(String text) {
  /** For the manual of each command that has one. */
  public static final String ENVIRONMENT =
      "  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3, …%n"
          + "                    for s3://BUCKET, as AWS's own tools read them";

  private static final String S3 = "s3://";
  private static final Pattern BUCKET = Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,62})/?");

  /** A model of a few megabytes over a slow line. */
  private static final Duration CALL_LIMIT = Duration.ofMinutes(5);

  /**
   * Checks it.
   *
   * @throws TypeConversionException when it is empty, or begins like the address of a bucket and is
   *     none, or the environment says wrongly where buckets are
   */
  public Address {
    if (!text.startsWith(S3)) {
      new PathConverter().convert(text);
    } else if (!BUCKET.matcher(text).matches()) {
      throw notOfABucket(text);
    } else {
      requireEndpoint();
    }
  }

  private static void requireEndpoint() {
    try {
      S3Endpoint.configured(System.getenv());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static TypeConversionException notOfABucket(String text) {
    return new TypeConversionException("must be the address of a bucket, s3://NAME: " + text);
  }

  /** For options and parameters that take both. */
  public static final class Converter implements ITypeConverter<Address> {
    @Override
    public Address convert(String text) {
      return new Address(text);
    }
  }

  /** For those that take only a bucket. */
  public static final class BucketConverter implements ITypeConverter<Address> {
    @Override
    public Address convert(String text) {
      if (!text.startsWith(S3)) {
        throw notOfABucket(text);
      }
      return new Address(text);
    }
  }

  /**
   * The bucket, or a folder that is laid out like one and is made when something is written.
   *
   * @throws NotDirectoryException when that is a file
   */
  public Bucket bucket() throws NotDirectoryException {
    return bucket("");
  }

  /** The same where raw days are: in the bucket at their keys, in a folder as the only files. */
  public Bucket bucketOfRawDays() throws NotDirectoryException {
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

  /**
   * The raw days, to be read.
   *
   * @throws NotDirectoryException when there is no such folder
   */
  public RawDays rawDays() throws NotDirectoryException {
    if (text.startsWith(S3)) {
      return RawDays.in(s3());
    }
    if (!Files.isDirectory(Path.of(text))) {
      throw new NotDirectoryException(text);
    }
    return RawDays.in(Path.of(text));
  }

  private Bucket s3() {
    Matcher name = BUCKET.matcher(text);
    if (!name.matches()) {
      throw notOfABucket(text);
    }
    return S3Bucket.fromEnvironment(name.group(1), System.getenv(), CALL_LIMIT);
  }

  @Override
  public String toString() {
    return text;
  }
}
