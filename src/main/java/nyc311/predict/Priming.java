package nyc311.predict;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.ReadableBucket;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;

/**
 * Does what requests will make the process do, so that a snapshot has their classes loaded and
 * their code compiled. What it loads and asks is a tiny publication in the jar: when a version is
 * deployed first, nothing is published yet.
 */
final class Priming {
  /** From about ten thousand calls on the JVM compiles a method with all it can. */
  private static final int ROUNDS = 2_000;

  private static final int LOADS = 200;

  private static final List<byte[]> EVENTS =
      List.of(
          event("GET", "/predict/noise-residential", ""),
          event("GET", "/predict/Noise%20-%20Residential", ""),
          event(
              "GET",
              "/predict/residential",
              "\"lat\":\"40.67\",\"lon\":\"-73.86\",\"date\":\"2019-06-14T00:02:11-04:00\","
                  + "\"descriptor\":\"Loud Music/Party\""),
          event("GET", "/predict/residential", "\"lat\":\"40.67\",\"lon\":\"-73.86\""),
          event("GET", "/predict/residential", "\"date\":\"2019-06-14 00:02:11\""),
          event("GET", "/predict/residential", "\"lat\":\"95\",\"lon\":\"-73.86\""),
          event("GET", "/predict/wrongtype", ""),
          event("GET", "/complaint-types", ""),
          event("HEAD", "/complaint-types", ""),
          event("POST", "/predict/residential", ""),
          event("GET", "/favicon.ico", ""));

  private Priming() {}

  /**
   * Never throws; a failure is printed.
   *
   * @return whether all went well
   */
  static boolean run() {
    try {
      Publication publication = publication();
      for (int i = 0; i < LOADS; i++) {
        publication = publication();
      }
      Api api = new Api(publication);
      for (int i = 0; i < ROUNDS; i++) {
        for (byte[] event : EVENTS) {
          HttpRequest request = HttpRequest.parse(new ByteArrayInputStream(event));
          api.answer(request).writeTo(OutputStream.nullOutputStream(), request);
        }
      }
      return publication.current().flatMap(Estimates::model).isPresent();
    } catch (IOException | RuntimeException e) {
      System.out.println("priming failed: " + e);
      return false;
    }
  }

  /** What the fixture publishes, loaded anew. */
  static Publication publication() {
    Publication publication = new Publication(new Fixture(), Duration.ofDays(1), Clock.systemUTC());
    publication.refresh();
    return publication;
  }

  private static byte[] event(String method, String path, String query) {
    return """
    {"version":"2.0","routeKey":"$default","rawPath":"%s","rawQueryString":"",\
    "headers":{"accept":"*/*","accept-encoding":"gzip, br","host":"example.org"},\
    "queryStringParameters":{%s},\
    "requestContext":{"http":{"method":"%s","path":"%s"},"stage":"$default"},\
    "isBase64Encoded":false}
    """
        .formatted(path, query, method, path)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A bucket among the jar's resources. */
  private static final class Fixture implements ReadableBucket {
    @Override
    public Optional<StoredObject> get(String key) {
      InputStream content = Priming.class.getResourceAsStream("priming/" + key);
      return Optional.ofNullable(content)
          .map(in -> new StoredObject(new ObjectHead(key, key, Instant.EPOCH, 0, Map.of()), in));
    }

    @Override
    public Revalidation getIfChanged(String key, Optional<String> etag) {
      return get(key)
          .<Revalidation>map(Revalidation.Changed::new)
          .orElseGet(Revalidation.Missing::new);
    }
  }
}
