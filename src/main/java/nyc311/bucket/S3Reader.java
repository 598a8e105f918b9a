package nyc311.bucket;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.crac.Context;
import org.crac.Resource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * A bucket on S3 that is only read, by means that start quickly: the JDK's own HTTP connection, and
 * of the AWS SDK just the signature and the credentials. The SDK's S3 client would take more time
 * than the rest of the API's start; what does not answer while someone waits uses that, see {@link
 * S3Bucket}. Thread-safe.
 *
 * <p>Whatever fails (no answer in time, access denied) is thrown as an {@link UncheckedIOException}
 * that names the object's address and the status; missing credentials as the SDK's own exception.
 * What a store gives no entity tag has one of its content.
 */
public final class S3Reader implements ReadableBucket, Resource {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  private static final int ATTEMPTS = 2;

  /** Whatever is larger is nothing that the API could hold in its memory. */
  private static final int MAX_BYTES = 64 << 20;

  private static final Pattern ERROR_CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,64})</Code>");
  private static final String METADATA = "x-amz-meta-";

  private final String objects;
  private final String region;
  private final Map<String, String> environment;
  private final Duration limit;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final AtomicReference<AwsCredentialsProvider> credentials = new AtomicReference<>();

  /**
   * The bucket as a Lambda function reaches it: {@code AWS_REGION}, an endpoint that is not AWS's
   * own, and credentials come from where the SDK looks for them, but that a region must be in the
   * environment. A server that is not AWS is addressed path-style.
   *
   * @param limit how long a server that is silent is waited for, a second attempt included; one
   *     that sends its headers bit by bit can hold it longer, so who cannot wait sets a limit of
   *     his own
   * @throws IllegalArgumentException when no region is set, or the endpoint is not a URL
   */
  public S3Reader(String name, Map<String, String> environment, Duration limit) {
    this.environment = Map.copyOf(environment);
    this.limit = limit;
    this.region = environment.getOrDefault("AWS_REGION", environment.get("AWS_DEFAULT_REGION"));
    if (region == null || region.isBlank()) {
      throw new IllegalArgumentException("AWS_REGION must be set");
    }
    this.objects = objects(name);
  }

  /** The address that the bucket's keys are appended to. */
  private String objects(String name) {
    URI endpoint =
        S3Endpoint.configured(environment).orElseGet(() -> S3Endpoint.ofAws(region, environment));
    String base = endpoint.toString().replaceAll("/+$", "");
    // A name with dots does not match the wildcard of AWS's certificates.
    return S3Endpoint.isForeign(endpoint) || name.contains(".")
        ? base + "/" + name + "/"
        : base.replaceFirst("://", "://" + name + ".") + "/";
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    // Connections end with their answer, so there is nothing to be closed.
  }

  /** A snapshot's credentials may have been withdrawn since, whatever they say of themselves. */
  @Override
  public void afterRestore(Context<? extends Resource> context) {
    credentials.set(null);
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return getIfChanged(key, Optional.empty()) instanceof Revalidation.Changed found
        ? Optional.of(found.object())
        : Optional.empty();
  }

  @Override
  public Revalidation getIfChanged(String key, Optional<String> etag) {
    URI address = URI.create(objects + SdkHttpUtils.urlEncodeIgnoreSlashes(key));
    for (int attempt = 1; ; attempt++) {
      try {
        return ask(key, address, etag, System.nanoTime() + limit.dividedBy(ATTEMPTS).toNanos());
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw failed(address, e);
        }
      }
    }
  }

  /**
   * @throws IOException when another attempt may help
   */
  private Revalidation ask(String key, URI address, Optional<String> etag, long deadline)
      throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    try {
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setConnectTimeout(remainingMillis(deadline));
      connection.setReadTimeout(remainingMillis(deadline));
      etag.ifPresent(tag -> connection.setRequestProperty("If-None-Match", tag));
      signed(address)
          .forEachHeader(
              (name, values) -> connection.setRequestProperty(name, String.join(",", values)));
      int status = connection.getResponseCode();
      if (status == NOT_MODIFIED && etag.isPresent()) {
        return new Revalidation.Unchanged();
      }
      if (status == OK) {
        StoredObject found = object(key, connection, deadline);
        // As from a store without tags, which sends all of it each time.
        return etag.equals(Optional.of(found.head().etag()))
            ? new Revalidation.Unchanged()
            : new Revalidation.Changed(found);
      }
      String code = errorCode(status, connection, deadline);
      if (status == NOT_FOUND && !code.equals("NoSuchBucket")) {
        return new Revalidation.Missing();
      }
      IOException problem = new IOException(status + " " + code);
      if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS) {
        throw problem;
      }
      throw failed(address, problem);
    } finally {
      // None is kept: the next one is minutes away, and a snapshot's would be dead.
      connection.disconnect();
    }
  }

  private static UncheckedIOException failed(URI address, IOException problem) {
    return new UncheckedIOException(
        "cannot read " + address + ": " + problem.getMessage(), problem);
  }

  private SdkHttpRequest signed(URI address) {
    AwsCredentialsIdentity identity = credentials();
    return signer
        .sign(
            request ->
                request
                    .identity(identity)
                    .request(
                        SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(address).build())
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false))
        .request();
  }

  /** Keys in the environment come first for the SDK too, which takes long to look there. */
  private AwsCredentialsIdentity credentials() {
    String id = environment.get("AWS_ACCESS_KEY_ID");
    String secret = environment.get("AWS_SECRET_ACCESS_KEY");
    if (id == null || secret == null) {
      return credentials
          .updateAndGet(
              known -> known == null ? DefaultCredentialsProvider.builder().build() : known)
          .resolveCredentials();
    }
    String token = environment.get("AWS_SESSION_TOKEN");
    return token == null
        ? AwsCredentialsIdentity.create(id, secret)
        : AwsSessionCredentialsIdentity.create(id, secret, token);
  }

  private static StoredObject object(String key, HttpURLConnection answer, long deadline)
      throws IOException {
    byte[] content;
    try (InputStream in = answer.getInputStream()) {
      content = read(in, deadline);
    }
    long promised = answer.getContentLengthLong();
    if (promised >= 0 && promised != content.length) {
      throw new IOException("cut short: " + content.length + " of " + promised + " bytes");
    }
    String etag = answer.getHeaderField("ETag");
    if (etag == null) {
      etag = Content.of(content).sha256();
    }
    Map<String, String> metadata = new HashMap<>();
    answer
        .getHeaderFields()
        .forEach(
            (header, values) -> {
              if (header != null && header.toLowerCase(Locale.ROOT).startsWith(METADATA)) {
                metadata.put(
                    header.substring(METADATA.length()).toLowerCase(Locale.ROOT), values.get(0));
              }
            });
    return new StoredObject(
        new ObjectHead(
            key,
            ObjectHead.tag(etag),
            Instant.ofEpochMilli(answer.getLastModified()),
            content.length,
            metadata),
        new ByteArrayInputStream(content));
  }

  /** S3's own word for what is wrong; for the JDK a redirection is no error. */
  private static String errorCode(int status, HttpURLConnection answer, long deadline)
      throws IOException {
    try (InputStream in =
        status < BAD_REQUEST ? answer.getInputStream() : answer.getErrorStream()) {
      if (in == null) {
        return "";
      }
      Matcher code = ERROR_CODE.matcher(new String(read(in, deadline), StandardCharsets.UTF_8));
      return code.find() ? code.group(1) : "";
    }
  }

  /** Content that trickles is given up as well as content that does not come. */
  private static byte[] read(InputStream in, long deadline) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream(1 << 16);
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      content.write(buffer, 0, n);
      remainingMillis(deadline);
      if (content.size() > MAX_BYTES) {
        throw new UncheckedIOException(
            new IOException("must have at most " + MAX_BYTES + " bytes"));
      }
    }
    return content.toByteArray();
  }

  private static int remainingMillis(long deadline) throws SocketTimeoutException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return (int) millis;
  }
}
