package nyc311.bucket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket on S3, or on any server that speaks its protocol. Thread-safe.
 *
 * <p>Whatever fails (access denied, no connection) is thrown as an {@link UncheckedIOException}
 * that says what was tried on which key, where, and the status.
 */
public final class S3Bucket implements Bucket {
  /** How the SDK lists each place in which it has looked for a region or credentials. */
  private static final String TRIED = "(?s) from any of the providers in the chain .*";

  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_IMPLEMENTED = 501;

  private final S3Client client;
  private final String name;

  /**
   * @param client closed by its owner, if at all: a Lambda function keeps it for life
   * @param name the bucket's name
   */
  public S3Bucket(S3Client client, String name) {
    this.client = client;
    this.name = name;
  }

  /**
   * The bucket as a Lambda function reaches it: region, endpoint and credentials come from where
   * the SDK always looks for them. A server that is not AWS is addressed path-style, since it
   * seldom has a host name for each bucket, and gets objects without AWS's chunks and checksums
   * around them, which some refuse and some keep as if they were content.
   *
   * @param limit how long a call may take in all, tries again included; an object's content is read
   *     after the call
   * @throws IllegalArgumentException when there is no region, or the endpoint is not a URL
   */
  public static S3Bucket fromEnvironment(
      String name, Map<String, String> environment, Duration limit) {
    S3ClientBuilder builder =
        S3Client.builder()
            .overrideConfiguration(override -> override.apiCallTimeout(limit))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    .socketTimeout(Duration.ofSeconds(10)));
    if (S3Endpoint.configured(environment).filter(S3Endpoint::isForeign).isPresent()) {
      builder
          .forcePathStyle(true)
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
          .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false));
    }
    try {
      return new S3Bucket(builder.build(), name);
    } catch (SdkException e) {
      throw new IllegalArgumentException(problem(e), e);
    }
  }

  private static String problem(SdkException e) {
    return String.valueOf(e.getMessage()).replaceFirst(TRIED, "; see AWS_REGION, AWS_PROFILE");
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return getIfChanged(key, Optional.empty()) instanceof Revalidation.Changed found
        ? Optional.of(found.object())
        : Optional.empty();
  }

  @Override
  public Revalidation getIfChanged(String key, Optional<String> etag) {
    try {
      ResponseInputStream<GetObjectResponse> stream =
          client.getObject(request -> request.bucket(name).key(key).ifNoneMatch(etag.orElse(null)));
      GetObjectResponse answer = stream.response();
      ObjectHead head =
          new ObjectHead(
              key,
              tag(key, answer.eTag()),
              told(key, "date (Last-Modified)", answer.lastModified()),
              told(key, "length (Content-Length)", answer.contentLength()),
              answer.metadata());
      return new Revalidation.Changed(
          new StoredObject(head, new WholeInputStream(stream, key, head.size())));
    } catch (SdkException e) {
      if (isMissing(e)) {
        return new Revalidation.Missing();
      }
      if (status(e) == NOT_MODIFIED) {
        return new Revalidation.Unchanged();
      }
      throw failed("read", key, e);
    }
  }

  @Override
  public Optional<ObjectHead> head(String key) {
    try {
      HeadObjectResponse answer = client.headObject(request -> request.bucket(name).key(key));
      return Optional.of(
          new ObjectHead(
              key,
              tag(key, answer.eTag()),
              told(key, "date (Last-Modified)", answer.lastModified()),
              told(key, "length (Content-Length)", answer.contentLength()),
              answer.metadata()));
    } catch (SdkException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failed("look at", key, e);
    }
  }

  @Override
  public void put(
      String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(name)
            .key(key)
            .contentType(contentType(key))
            .metadata(metadata);
    expectedEtag.ifPresentOrElse(request::ifMatch, () -> request.ifNoneMatch("*"));
    try {
      client.putObject(
          request.build(),
          RequestBody.fromContentProvider(streams(content), content.size(), contentType(key)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (SdkException e) {
      // 404: the object that should have been replaced was deleted; 409: another write is under
      // way.
      int status = status(e);
      if (status == PRECONDITION_FAILED
          || status == CONFLICT
          || (isMissing(e) && expectedEtag.isPresent())) {
        throw new WriteConflictException(key, e);
      }
      if (status == NOT_IMPLEMENTED) {
        throw unusable("has no conditional writes (If-Match, If-None-Match)", key, e);
      }
      throw failed("write", key, e);
    }
  }

  private static String contentType(String key) {
    return key.endsWith(".json") ? "application/json" : "application/octet-stream";
  }

  private static ContentStreamProvider streams(Content content) {
    return () -> {
      try {
        return content.open();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Override
  public List<ListedObject> list(String prefix, String after) {
    try {
      return client
          .listObjectsV2Paginator(request -> request.bucket(name).prefix(prefix).startAfter(after))
          .contents()
          .stream()
          .map(object -> new ListedObject(object.key(), tag(object.key(), object.eTag())))
          .toList();
    } catch (SdkException e) {
      throw failed("list", prefix, e);
    }
  }

  private String tag(String key, String written) {
    return ObjectHead.tag(told(key, "entity tag (ETag)", written));
  }

  private <T> T told(String key, String what, T value) {
    if (value == null) {
      throw unusable("gives no " + what, key, null);
    }
    return value;
  }

  /** Without these, one who writes would undo what another has written, or take half for whole. */
  private UncheckedIOException unusable(String lack, String key, SdkException e) {
    String problem = "the store at %s %s, which is needed for %s".formatted(server(), lack, key);
    return new UncheckedIOException(problem, new IOException(problem, e));
  }

  /** Whether an object is not there; S3's code for it is not that of every store, nor is a body. */
  private static boolean isMissing(SdkException e) {
    return status(e) == NOT_FOUND
        && !(e instanceof S3Exception answered
            && answered.awsErrorDetails() != null
            && "NoSuchBucket".equals(answered.awsErrorDetails().errorCode()));
  }

  /** The answer's status; 0 when there was none. */
  private static int status(SdkException e) {
    return e instanceof S3Exception answered ? answered.statusCode() : 0;
  }

  /** The SDK's own message has neither the key nor, where S3 sends no body, a word about why. */
  private UncheckedIOException failed(String what, String key, SdkException e) {
    String problem = problem(e);
    if (e instanceof S3Exception answered && answered.awsErrorDetails() != null) {
      AwsErrorDetails details = answered.awsErrorDetails();
      problem =
          Stream.of(String.valueOf(answered.statusCode()), details.errorCode())
              .filter(Objects::nonNull)
              .distinct()
              .collect(Collectors.joining(" "));
    }
    return new UncheckedIOException(
        "cannot %s %s in %s at %s: %s".formatted(what, key, name, server(), problem),
        new IOException(problem, e));
  }

  private String server() {
    S3ServiceClientConfiguration configuration = client.serviceClientConfiguration();
    return configuration
        .endpointOverride()
        .map(URI::toString)
        .orElse("Amazon S3, " + configuration.region());
  }
}
