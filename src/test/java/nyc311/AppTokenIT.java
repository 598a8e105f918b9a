package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LambdaProcess;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import nyc311.local.LocalS3;
import nyc311.local.SampleFeed;
import nyc311.local.SeenRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed's application token is in Parameter Store, and nowhere in the configuration. */
class AppTokenIT {
  private static final String PARAMETER = "/nyc311/feed-app-token";
  @TempDir private static Path taskRoot;

  private final List<Headers> asked = new CopyOnWriteArrayList<>();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private LocalS3 s3;
  private FeedServer feed;
  private HttpServer parameters;
  private int status;
  private String answer;

  @BeforeAll
  static void unpack() throws IOException {
    LambdaProcess.unpack(Path.of(System.getProperty("nyc311.jar")), taskRoot);
  }

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    feed = new FeedServer(SampleFeed.ofJuly2019());
    parameters = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    parameters.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestHeaders());
          questions.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    parameters.start();
  }

  @AfterEach
  void stop() throws IOException {
    parameters.stop(0);
    feed.close();
    s3.close();
  }

  @Test
  void theTokenOfTheParameterIsShownToTheFeed() throws Exception {
    String printed = collect(200, "{\"Parameter\":{\"Value\":\"tok3n\"}}");

    assertThat(questions)
        .containsExactly("{\"Name\":\"" + PARAMETER + "\",\"WithDecryption\":true}");
    assertThat(asked.get(0).getFirst("X-Amz-Target")).isEqualTo("AmazonSSM.GetParameter");
    assertThat(asked.get(0).getFirst("Authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=")
        .contains("/us-east-1/ssm/aws4_request");
    assertThat(tokens()).isNotEmpty().containsOnly("tok3n");
    assertThat(printed).doesNotContain("tok3n");
  }

  /** As it is when it comes from a file or a text box. */
  @Test
  void aLineBreakAfterTheTokenIsNotPartOfIt() throws Exception {
    collect(200, "{\"Parameter\":{\"Value\":\"tok3n\\n\"}}");

    assertThat(tokens()).isNotEmpty().containsOnly("tok3n");
  }

  @Test
  void whatCannotBeATokenIsNeitherSentNorPrinted() throws Exception {
    String printed = collect(200, "{\"Parameter\":{\"Value\":\"tok3n\\nof two lines\"}}");

    assertThat(tokens()).isNotEmpty().containsOnly("none");
    assertThat(printed)
        .contains(PARAMETER + " has characters that no token has")
        .doesNotContain("tok3n", "two lines");
  }

  @Test
  void whereThereIsNoParameterThereIsNoToken() throws Exception {
    String printed = collect(400, "{\"__type\":\"ParameterNotFound\"}");

    assertThat(tokens()).isNotEmpty().containsOnly("none");
    assertThat(printed).doesNotContain("without an application token");
  }

  @Test
  void whatMayNotBeReadIsSaidAndTheDaysAreCollectedAllTheSame() throws Exception {
    String printed = collect(400, "{\"__type\":\"com.amazonaws.ssm#AccessDeniedException\"}");

    assertThat(tokens()).isNotEmpty().containsOnly("none");
    assertThat(printed)
        .contains(
            "cannot read parameter %s at http://127.0.0.1:%d: 400 AccessDeniedException"
                .formatted(PARAMETER, parameters.getAddress().getPort()));
  }

  @Test
  void anAnswerThatIsNoneIsSaidAndTheDaysAreCollectedAllTheSame() throws Exception {
    String printed = collect(200, "<html>");

    assertThat(tokens()).isNotEmpty().containsOnly("none");
    assertThat(printed)
        .containsPattern(
            "cannot read parameter "
                + PARAMETER
                + " at .*: Unexpected character .* at line 1, column 1")
        .doesNotContain("Source:");
  }

  private String collect(int withStatus, String withAnswer) throws Exception {
    status = withStatus;
    answer = withAnswer;
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
    environment.put("FEED_APP_TOKEN_PARAMETER", PARAMETER);
    environment.put(
        "AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:" + parameters.getAddress().getPort());
    try (LambdaProcess collect =
        LambdaProcess.start(
            Jdk.running(), taskRoot, "nyc311.collect.CollectHandler", environment)) {
      Outcome outcome = collect.invoke("{\"dates\":[\"2019-07-01\"]}");
      assertThat(outcome.end()).as(outcome.body()).isEqualTo(End.RESULT);
      return collect.stdout();
    }
  }

  private List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    for (SeenRequest request : feed.requests()) {
      tokens.add(request.appToken().orElse("none"));
    }
    return tokens;
  }
}
