package nyc311.commands;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.local.Jdk;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.requests.RawDays;
import nyc311.train.InventedDays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** The commands as a user runs them, from the shaded jar, which may lack what is found by name. */
class CommandsIT {
  /** The day after the last one, when its last request is closed. */
  private static final String VERSION = "2019-03-29-";

  private static final String GOLDEN_VERSION = "2019-04-08-fb5ac7af";

  @TempDir private Path folder;
  private Path rawDays;

  @BeforeEach
  void fourWeeks() throws IOException {
    rawDays = Files.createDirectory(folder.resolve("raw"));
    InventedDays.writeFourWeeks(rawDays);
  }

  @Test
  void aFoldersDaysAreLearntFromAndPublishedIntoAFolder() throws Exception {
    Path model = folder.resolve("model");

    run(Map.of(), 0, "train", "--raw-days=" + rawDays, "--publish=" + model);

    assertThat(model.resolve(Keys.MODEL_POINTER)).content().contains(VERSION);
  }

  @Test
  void aBacktestPrintsItsTable() throws Exception {
    String printed =
        run(
            Map.of(),
            0,
            "backtest",
            "--raw-days=" + rawDays,
            "--as-of=2019-03-22T00:00",
            "--test-from=2019-03-23",
            "--test-to=2019-03-28",
            "--cap=1000");

    assertThat(printed)
        .contains("420 requests learnt from, 120 tested", "| regression: place, time");
  }

  /** With the keys of a profile, as on the machine of someone who has run {@code aws configure}. */
  @Test
  void aBucketsDaysAreLearntFromAndAnOlderModelComesBack() throws Exception {
    Path credentials =
        Files.writeString(
            folder.resolve("credentials"),
            "[trainer]\naws_access_key_id = AKID\naws_secret_access_key = SECRET\n");
    Path config =
        Files.writeString(folder.resolve("config"), "[profile trainer]\nregion = us-east-1\n");
    try (LocalS3 s3 = LocalS3.temporary()) {
      Map<String, String> environment =
          Map.of(
              "AWS_PROFILE", "trainer",
              "AWS_SHARED_CREDENTIALS_FILE", credentials.toString(),
              "AWS_CONFIG_FILE", config.toString(),
              "AWS_ENDPOINT_URL_S3", s3.endpoint().toString());
      String bucket = "s3://" + s3.bucket();
      putRawDays(s3);
      put(s3, Path.of("src/test/resources/golden-model"));

      run(environment, 0, "train", "--raw-days=" + bucket, "--publish=" + bucket, "--force");
      assertThat(pointer(s3)).contains(VERSION).doesNotContain(GOLDEN_VERSION);
      assertThat(run(environment, 0, "rollback", bucket).lines())
          .satisfiesExactly(
              learnt ->
                  assertThat(learnt).matches(VERSION + "\\w{8}  2019-03-29T19:00:00Z  current"),
              golden -> assertThat(golden).isEqualTo(GOLDEN_VERSION + "  2019-04-08T16:00:00Z"));

      assertThat(run(environment, 0, "rollback", bucket, GOLDEN_VERSION))
          .isEqualTo("model " + GOLDEN_VERSION + " as of 2019-04-08T16:00:00Z published\n");
      assertThat(pointer(s3)).contains(GOLDEN_VERSION);
    }
  }

  /** What a local server cannot show: the SDK finds the address of AWS itself. */
  @Test
  void aBucketIsLookedForAtAws() throws Exception {
    CompletableFuture<String> asked = new CompletableFuture<>();
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      new Thread(() -> refuseAll(proxy, asked), "proxy").start();
      Map<String, String> environment =
          Map.of(
              "AWS_REGION", "eu-central-1",
              "AWS_ACCESS_KEY_ID", "AKID",
              "AWS_SECRET_ACCESS_KEY", "SECRET",
              "JAVA_TOOL_OPTIONS",
                  "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=" + proxy.getLocalPort());

      String printed = run(environment, 1, "rollback", "s3://nyc311-nobodys");

      assertThat(printed)
          .contains(
              "cannot read 311/model/current.json in nyc311-nobodys at Amazon S3, eu-central-1: ");
    }
    assertThat(asked)
        .isCompletedWithValueMatching(
            line -> line.startsWith("CONNECT nyc311-nobodys.s3.eu-central-1.amazonaws.com:443 "));
  }

  @Test
  void aWrongVariableIsNamedAndNothingIsDone() throws Exception {
    for (String command : List.of("rollback s3://bucket", "train --raw-days s3://bucket")) {
      assertThat(run(Map.of("AWS_ENDPOINT_URL_S3", "nowhere"), 2, command.split(" ", -1)))
          .contains("AWS_ENDPOINT_URL_S3 must be an http or https URL: nowhere");
    }
  }

  @Test
  void whatIsMissingForABucketIsSaidInShort() throws Exception {
    Map<String, String> nothing = new HashMap<>();
    nothing.put("AWS_EC2_METADATA_DISABLED", "true");
    nothing.put("AWS_CONFIG_FILE", folder.resolve("none").toString());
    nothing.put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString());

    assertThat(run(nothing, 1, "rollback", "s3://bucket"))
        .isEqualTo("nyc311 rollback: Unable to load region; see AWS_REGION, AWS_PROFILE\n");

    nothing.put("AWS_REGION", "us-east-1");
    assertThat(run(nothing, 1, "rollback", "s3://bucket"))
        .isEqualTo(
            "nyc311 rollback: cannot read 311/model/current.json in bucket at Amazon S3, us-east-1:"
                + " Unable to load credentials; see AWS_REGION, AWS_PROFILE\n");
  }

  /** Connects nobody, until the socket is closed, and tells the first request's line. */
  private static void refuseAll(ServerSocket proxy, CompletableFuture<String> first) {
    while (!proxy.isClosed()) {
      try (Socket caller = proxy.accept()) {
        first.complete(
            new BufferedReader(new InputStreamReader(caller.getInputStream(), ISO_8859_1))
                .readLine());
        caller.getOutputStream().write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(ISO_8859_1));
      } catch (IOException e) {
        first.complete("nobody asked: " + e);
      }
    }
  }

  private void putRawDays(LocalS3 s3) throws IOException {
    RawDays days = RawDays.in(rawDays);
    for (LocalDate day : days.days()) {
      try (StoredObject object = days.open(day)) {
        byte[] content = object.content().readAllBytes();
        s3.client()
            .putObject(
                r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)), RequestBody.fromBytes(content));
      }
    }
  }

  private static void put(LocalS3 s3, Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        s3.client()
            .putObject(r -> r.bucket(s3.bucket()).key(tree.relativize(file).toString()), file);
      }
    }
  }

  private static String pointer(LocalS3 s3) {
    return s3.client()
        .getObjectAsBytes(r -> r.bucket(s3.bucket()).key(Keys.MODEL_POINTER))
        .asUtf8String();
  }

  /** Runs the jar with no variables but these, and gives what it printed, errors included. */
  private String run(Map<String, String> environment, int status, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Jdk.running().java().toString());
    command.add("-jar");
    command.add(System.getProperty("nyc311.jar"));
    command.addAll(List.of(arguments));
    Path printed = folder.resolve("printed");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = Patience.hasEnded(process);
    String output = Files.readString(printed, UTF_8);
    assertThat(ended).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(status);
    return output;
  }
}
