package nyc311.collect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import nyc311.json.JsonFault;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * Systems Manager's Parameter Store, of which one parameter is wanted once, when the collector
 * starts: a request of the SDK's signer and HTTP client, instead of its client of 6 MB for this
 * service.
 */
final class ParameterStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;
  private static final int MAX_ANSWER = 64 << 10;

  private final URI endpoint;
  private final String region;

  /**
   * @param environment has {@code AWS_REGION}, and {@code AWS_ENDPOINT_URL_SSM} where it is not AWS
   *     itself
   */
  ParameterStore(Map<String, String> environment) {
    region = environment.getOrDefault("AWS_REGION", "");
    String own =
        "https://ssm." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
    endpoint = URI.create(environment.getOrDefault("AWS_ENDPOINT_URL_SSM", own));
  }

  /**
   * A parameter's value, decrypted.
   *
   * @return empty when there is none of that name
   * @throws IOException when it may not be read, or nobody answers within seconds; names it, and
   *     who was asked
   */
  Optional<String> read(String name) throws IOException {
    try {
      return ask(name);
    } catch (IOException e) {
      throw new IOException(
          "cannot read parameter %s at %s: %s"
              .formatted(name, endpoint, JsonFault.plain(e.getMessage())),
          e);
    }
  }

  private Optional<String> ask(String name) throws IOException {
    String question =
        JSON.createObjectNode().put("Name", name).put("WithDecryption", true).toString();
    ContentStreamProvider body = ContentStreamProvider.fromUtf8String(question);
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .encodedPath("/")
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("Content-Length", String.valueOf(question.length()))
            .putHeader("X-Amz-Target", "AmazonSSM.GetParameter")
            .build();
    try (DefaultCredentialsProvider credentials = DefaultCredentialsProvider.builder().build();
        SdkHttpClient http =
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(2))
                .socketTimeout(Duration.ofSeconds(3))
                .build()) {
      SignedRequest signed =
          AwsV4HttpSigner.create()
              .sign(
                  sign ->
                      sign.identity(credentials.resolveCredentials())
                          .request(request)
                          .payload(body)
                          .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ssm")
                          .putProperty(AwsV4HttpSigner.REGION_NAME, region));
      HttpExecuteResponse answer =
          http.prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(body))
                      .build())
              .call();
      return value(answer);
    }
  }

  private static Optional<String> value(HttpExecuteResponse answer) throws IOException {
    String text;
    try (InputStream in = answer.responseBody().orElseThrow(() -> new IOException("no answer"))) {
      text = new String(in.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
    }
    int status = answer.httpResponse().statusCode();
    JsonNode json = JSON.readTree(text);
    if (status == OK) {
      return Optional.of(json.at("/Parameter/Value").asText());
    }
    // Such as "com.amazonaws.ssm#ParameterNotFound", or without what is before the sign.
    String problem = json.path("__type").asText().replaceFirst(".*#", "");
    if (problem.equals("ParameterNotFound")) {
      return Optional.empty();
    }
    throw new IOException(status + " " + problem);
  }
}
