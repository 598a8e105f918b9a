package nyc311.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.utils.BinaryUtils;
import software.amazon.awssdk.utils.Md5Utils;

/**
 * One bucket on an S3 of our own: S3Proxy on 127.0.0.1, which keeps the objects in a folder. Any
 * client may use it, with any credentials or none. As on S3, a conditional write is atomic, and a
 * finished write is announced, before its client has the answer. Thread-safe.
 */
public final class LocalS3 implements AutoCloseable {
  static final String REGION = "us-east-1";

  /** What S3Proxy notes a running multipart upload under, in the bucket itself. */
  private static final String MULTIPART_STUB = ".s3proxy-mpu-stub-";

  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int UNAVAILABLE = 503;

  private final String bucket;
  private final Optional<Path> temporary;
  private final Store store;
  private final List<Consumer<ObjectCreated>> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Served>> served = new CopyOnWriteArrayList<>();
  private final int port;
  private final S3Client client;
  private S3Proxy server;
  private volatile boolean unavailable;
  private volatile Function<S3Fault.Asked, S3Fault> faults = asked -> S3Fault.none();

  private LocalS3(Path folder, int port, String bucket, Optional<Path> temporary) {
    this.bucket = bucket;
    this.temporary = temporary;
    store = new Store(new FilesystemNio2BlobStore(folder.toString()));
    if (!Files.isDirectory(folder.resolve(bucket))) {
      store.createContainer(CreateBucketRequest.builder().bucket(bucket).build());
    }
    server = start(port);
    this.port = server.getPort();
    client = clientBuilder().build();
  }

  /**
   * Serves a folder, which is made where it is missing.
   *
   * @param port the port on 127.0.0.1, or 0 for a free one
   * @throws IOException when the folder cannot be made or written
   */
  public static LocalS3 onFolder(Path folder, int port, String bucket) throws IOException {
    return open(folder, port, bucket, Optional.empty());
  }

  /** Serves an empty temporary folder on a free port; both go with {@link #close}. */
  public static LocalS3 temporary() throws IOException {
    Path folder = Files.createTempDirectory("nyc311-s3-");
    return open(folder, 0, "nyc311-local", Optional.of(folder));
  }

  private static LocalS3 open(Path folder, int port, String bucket, Optional<Path> temporary)
      throws IOException {
    Path root = Files.createDirectories(folder).toRealPath();
    if (!Files.isWritable(root)) {
      throw new AccessDeniedException(root.toString());
    }
    return new LocalS3(root, port, bucket, temporary);
  }

  /** The bucket's name. */
  public String bucket() {
    return bucket;
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A client for it, closed with it. */
  public S3Client client() {
    return client;
  }

  /** For a client of one's own, to be closed by its owner. */
  public S3ClientBuilder clientBuilder() {
    return S3Client.builder()
        .endpointOverride(endpoint())
        .region(Region.of(REGION))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local-secret")))
        .httpClientBuilder(UrlConnectionHttpClient.builder());
  }

  /** The variables with which another process, or the {@code aws} command, reaches the bucket. */
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_S3",
        endpoint().toString(),
        "AWS_REGION",
        REGION,
        "AWS_ACCESS_KEY_ID",
        "local",
        "AWS_SECRET_ACCESS_KEY",
        "local-secret",
        "DATA_BUCKET",
        bucket);
  }

  /**
   * Announces every object that is written from now on, before the client that wrote it is
   * answered. A listener must be quick: it delays that client.
   */
  public void onCreated(Consumer<ObjectCreated> listener) {
    listeners.add(listener);
  }

  /**
   * A request that was served.
   *
   * @param path with the bucket's name
   * @param receivedAt when its head was read, as {@link System#nanoTime} says
   * @param answeredAt when the last byte of the answer was written
   */
  public record Served(String method, String path, long receivedAt, long answeredAt) {}

  /**
   * Tells of every request that is served from now on, also of those refused, a moment after its
   * client has the answer.
   */
  public void onServed(Consumer<Served> listener) {
    served.add(listener);
  }

  /** From now on every request is answered with 503, or no longer. */
  public void setUnavailable(boolean unavailable) {
    this.unavailable = unavailable;
  }

  /** From now on, each request has the fault that the function gives for it. */
  public void misbehave(Function<S3Fault.Asked, S3Fault> faultOf) {
    faults = faultOf;
  }

  /** Stops listening: connections are refused until {@link #resume}. */
  public synchronized void suspend() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy did not stop", e);
    }
  }

  /** Listens again, on the same port and with the same objects. */
  public synchronized void resume() {
    server = start(port);
  }

  @Override
  public void close() throws IOException {
    client.close();
    suspend();
    if (temporary.isPresent()) {
      deleteTree(temporary.get());
    }
  }

  private S3Proxy start(int port) {
    S3Proxy proxy =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.NONE, null, null)
            .blobStore(store)
            .ignoreUnknownHeaders(true) // such as a session's token
            .stopTimeout(0)
            .build();
    try {
      Field field = S3Proxy.class.getDeclaredField("server");
      field.setAccessible(true);
      Server jetty = (Server) field.get(proxy);
      jetty.setHandler(new Gate(jetty.getHandler()));
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy did not start on port " + port, e);
    }
    return proxy;
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Reads every request to its end before the exchange ends. S3Proxy answers without reading the
   * last bytes of an {@code aws-chunked} body, or any of a refused one; Jetty would then close the
   * connection, now and then under a client that still writes. That client loses the answer, tries
   * again, and a conditional put is then refused because of its own first try (1 in 18 was).
   */
  private final class Gate extends Handler.Wrapper {
    Gate(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      long receivedAt = System.nanoTime();
      Callback atEnd =
          Callback.from(
              () -> {
                announce(request, receivedAt);
                Content.Source.consumeAll(request, callback);
              },
              callback::failed);
      if (unavailable) {
        response.setStatus(UNAVAILABLE);
        atEnd.succeeded();
        return true;
      }
      faults.apply(S3Fault.Asked.of(request)).handle(request, response, atEnd, getHandler());
      return true;
    }

    private void announce(Request request, long receivedAt) {
      Served end =
          new Served(
              request.getMethod(),
              request.getHttpURI().getDecodedPath(),
              receivedAt,
              System.nanoTime());
      served.forEach(listener -> listener.accept(end));
    }
  }

  /**
   * S3Proxy checks {@code If-Match} before it calls the store, so two writers can pass the check
   * and both win. Here the writes of one key follow each other, and each is checked again in its
   * turn. ({@code If-None-Match: *} is atomic in the folder store already.)
   *
   * <p>It also keeps entity tags and metadata in the files' user attributes. Where they are lost,
   * as in a plain copy of the folder, or the file system has none, the tag is made of the content,
   * and metadata is known of what was written since the start.
   */
  private final class Store extends ForwardingBlobStore {
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    private final AtomicLong sequencer = new AtomicLong(System.currentTimeMillis() << 16);

    /** By bucket and key. */
    private final Map<String, Map<String, String>> metadata = new ConcurrentHashMap<>();

    /** Of the content, by bucket, key, length and time of the last change. */
    private final Map<List<Object>, String> tags = new ConcurrentHashMap<>();

    Store(BlobStore delegate) {
      super(delegate);
    }

    @Override
    public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
      HeadObjectResponse head = super.blobMetadata(request);
      return head == null || head.eTag() != null
          ? head
          : head.toBuilder()
              .eTag(tag(request.bucket(), request.key(), head.contentLength(), head.lastModified()))
              .metadata(metadata(request.bucket(), request.key()))
              .build();
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
      ResponseInputStream<GetObjectResponse> blob = super.getBlob(request);
      if (blob == null || blob.response().eTag() != null) {
        return blob;
      }
      HeadObjectResponse head = blobMetadataIfPresent(request.bucket(), request.key());
      return new ResponseInputStream<>(
          blob.response().toBuilder().eTag(head.eTag()).metadata(head.metadata()).build(), blob);
    }

    @Override
    public ListObjectsV2Response list(ListObjectsV2Request request) {
      ListObjectsV2Response listing = super.list(request);
      return listing.toBuilder()
          .contents(
              listing.contents().stream()
                  .flatMap(object -> tagged(request.bucket(), object).stream())
                  .toList())
          .build();
    }

    /** Empty for what is gone since it was listed, as a file that is still being written is. */
    private Optional<S3Object> tagged(String container, S3Object object) {
      if (object.eTag() != null) {
        return Optional.of(object);
      }
      try {
        String tag = tag(container, object.key(), object.size(), object.lastModified());
        return Optional.of(object.toBuilder().eTag(tag).build());
      } catch (NoSuchKeyException e) {
        return Optional.empty();
      }
    }

    private Map<String, String> metadata(String container, String key) {
      return metadata.getOrDefault(container + "/" + key, Map.of());
    }

    private String tag(String container, String key, Long size, Instant modified) {
      return tags.computeIfAbsent(
          List.of(container, key, size, modified),
          any -> {
            try (InputStream content =
                super.getBlob(GetObjectRequest.builder().bucket(container).key(key).build())) {
              return '"' + BinaryUtils.toHex(Md5Utils.computeMD5Hash(content)) + '"';
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    /** It may be written again within the clock's step. */
    private void forget(String container, String key) {
      tags.keySet().removeIf(of -> of.subList(0, 2).equals(List.of(container, key)));
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
      synchronized (lock(request.bucket(), request.key())) {
        requireMatch(request.bucket(), request.key(), request.ifMatch());
        PutObjectResponse answer = super.putBlob(request, content);
        metadata.put(request.bucket() + "/" + request.key(), request.metadata());
        forget(request.bucket(), request.key());
        announce("Put", request.bucket(), request.key());
        return answer;
      }
    }

    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
      synchronized (lock(request.destinationBucket(), request.destinationKey())) {
        CopyObjectResponse answer = super.copyBlob(request);
        announce("Copy", request.destinationBucket(), request.destinationKey());
        return answer;
      }
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
        MultipartUpload upload, CompleteMultipartUploadRequest request) {
      synchronized (lock(upload.containerName(), upload.blobName())) {
        requireMatch(upload.containerName(), upload.blobName(), request.ifMatch());
        CompleteMultipartUploadResponse answer = super.completeMultipartUpload(upload, request);
        announce("CompleteMultipartUpload", upload.containerName(), upload.blobName());
        return answer;
      }
    }

    @Override
    public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
      synchronized (lock(request.bucket(), request.key())) {
        return super.removeBlob(request);
      }
    }

    private Object lock(String container, String key) {
      return locks.computeIfAbsent(container + "/" + key, name -> new Object());
    }

    private void requireMatch(String container, String key, String etag) {
      if (etag == null) {
        return;
      }
      HeadObjectResponse present = blobMetadataIfPresent(container, key);
      if (present == null) {
        throw S3Exceptions.fromStatusCode(NOT_FOUND);
      }
      if (!etag.equals("*") && !unquoted(etag).equals(unquoted(present.eTag()))) {
        throw S3Exceptions.fromStatusCode(PRECONDITION_FAILED);
      }
    }

    private void announce(String cause, String container, String key) {
      if (key.startsWith(MULTIPART_STUB)) {
        return;
      }
      HeadObjectResponse written = blobMetadataIfPresent(container, key);
      ObjectCreated event =
          new ObjectCreated(
              cause,
              container,
              key,
              unquoted(written.eTag()),
              written.contentLength(),
              Instant.now(),
              sequencer.incrementAndGet());
      listeners.forEach(listener -> listener.accept(event));
    }

    private static String unquoted(String etag) {
      return etag.replace("\"", "");
    }
  }
}
