package nyc311.bucket;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.settings.Settings;

/** Where S3 is, if the environment says so. */
public final class S3Endpoint {
  /** The domain of each of AWS's partitions, after the beginning of its regions' names. */
  private static final String[][] PARTITIONS = {
    {"cn-", "amazonaws.com.cn"},
    {"eusc-", "amazonaws.eu"},
    {"us-iso-", "c2s.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
    {"", "amazonaws.com"}
  };

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

  /**
   * AWS's own in a region. The SDK's rules give the same, after a tenth of a second of loading
   * them.
   */
  static URI ofAws(String region, Map<String, String> environment) {
    String kind = isSet("AWS_USE_FIPS_ENDPOINT", environment) ? "-fips" : "";
    String stack = isSet("AWS_USE_DUALSTACK_ENDPOINT", environment) ? ".dualstack" : "";
    String domain = "";
    for (int i = 0; domain.isEmpty(); i++) {
      domain = region.startsWith(PARTITIONS[i][0]) ? PARTITIONS[i][1] : "";
    }
    return URI.create("https://s3" + kind + stack + "." + region + "." + domain);
  }

  private static boolean isSet(String name, Map<String, String> environment) {
    return environment.getOrDefault(name, "").equalsIgnoreCase("true");
  }

  /** Whether it is not AWS's own, and so seldom has a host name for each bucket. */
  static boolean isForeign(URI endpoint) {
    String host = endpoint.getHost();
    boolean foreign = host != null;
    for (String[] partition : PARTITIONS) {
      foreign &= host != null && !host.endsWith("." + partition[1]);
    }
    return foreign;
  }
}
