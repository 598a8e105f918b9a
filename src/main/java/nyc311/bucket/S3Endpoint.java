package nyc311.bucket;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.settings.Settings;

/** Where S3 is, if the environment says so. */
public final class S3Endpoint {
  private S3Endpoint() {}

  /**
   * The endpoint that the environment names, as the AWS SDKs read it.
   *
   * @throws IllegalArgumentException when it is not a URL
   */
  public static Optional<URI> configured(Map<String, String> environment) {
    return Stream.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .map(name -> Settings.url(name, environment.get(name)));
  }

  /** Whether it is not AWS's own, and so seldom has a host name for each bucket. */
  static boolean isForeign(URI endpoint) {
    String host = endpoint.getHost();
    return host != null && !host.endsWith(".amazonaws.com") && !host.endsWith(".amazonaws.com.cn");
  }
}
