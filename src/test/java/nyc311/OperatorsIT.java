package nyc311;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.commands.CommandLineTest;
import nyc311.local.Fault;
import nyc311.local.FeedServer;
import nyc311.local.Jdk;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.SampleFeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do by hand, with the jar, a real S3 server and a real feed. */
class OperatorsIT {
  private static final String JAR = System.getProperty("nyc311.jar");
  private static final SampleFeed SAMPLE = SampleFeed.ofJuly2019();
  private static final String DAY = SAMPLE.lastDay().toString();

  @TempDir private Path folder;
  private LocalS3 s3;
  private FeedServer feed;
  private Bucket bucket;
  private String address;
  private Path workingFolder = Path.of("").toAbsolutePath();

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    feed = new FeedServer(SAMPLE);
    bucket = new S3Bucket(s3.client(), s3.bucket());
    address = "s3://" + s3.bucket();
  }

  @AfterEach
  void stop() throws IOException {
    feed.close();
    s3.close();
  }

  /** A stranger's first commands, one after another. */
  @Test
  void theOverviewsExamplesWorkInTheirOrder() throws Exception {
    feed.close();
    SampleFeed july = new SampleFeed(LocalDate.parse("2019-07-28"), 28, 800, 311);
    feed = new FeedServer(july);
    List<String> examples = CommandLineTest.examples(ran(0, "--help"));
    workingFolder = Files.createDirectory(folder.resolve("work"));

    Map<String, String> printed = new HashMap<>();
    for (String example : examples) {
      ran(0, example.replace("my-bucket", s3.bucket()).split(" +", -1));
      printed.put(example.replaceFirst(" .*", ""), printed());
    }

    assertThat(examples).hasSize(8).last().asString().startsWith("record");
    assertThat(printed.get("record")).contains("no record yet");
    assertThat(printed.get("rollback"))
        .matches(
            "[-0-9]{10}-[0-9a-f]{8}  " + july.asOf(LocalDate.parse("2019-07-14")) + "  current\n");
    assertThat(bucket.head(Keys.MEDIANS)).isPresent();
    try (Stream<Path> files = Files.list(workingFolder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("raw_days", "medians.json", "model");
    }
  }

  /** And where nobody looks on, nothing but results is printed: no bars, no colours. */
  @Test
  void aBucketIsFilledFromTheFeedLookedIntoAndPublished() throws Exception {
    assertThat(ran(0, "collect", "--raw-days", address, "--day", DAY))
        .contains(DAY + " ", "1 day: 1 written");
    assertThat(bucket.head(Keys.RAW_DAYS + DAY + ".json").orElseThrow().metadata())
        .containsEntry(Keys.COLLECTED_AT, SAMPLE.asOf(SAMPLE.lastDay()).toString());

    assertThat(ran(0, "summary", "--raw-days", address))
        .contains(DAY + "  " + SAMPLE.asOf(SAMPLE.lastDay()), "Noise - Residential");

    assertThat(ran(0, "medians", "--raw-days", address, "--publish", address))
        .contains("published in " + address);
    assertThat(bucket.head(Keys.MEDIANS)).isPresent();
  }

  /** Both when it is a file, which is written to before and after, and a pipe. */
  @Test
  void mediansGoToStandardOutputAndNothingElseDoes() throws Exception {
    ran(0, "collect", "--raw-days", folder.resolve("raw").toString(), "--day", DAY);
    String command =
        "echo before >out; $NYC311 medians --raw-days raw --output stdout >>out 2>err && echo after"
            + " >>out && $NYC311 medians --raw-days raw --output /proc/self/fd/1 2>/dev/null | cat"
            + " >piped";
    Files.createSymbolicLink(folder.resolve("stdout"), Path.of("/dev/stdout"));

    Process shell =
        new ProcessBuilder("sh", "-c", command.replace("$NYC311", java() + " -jar " + JAR))
            .directory(folder.toFile())
            .start();

    assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String medians = Files.readString(folder.resolve("piped"));
    assertThat(medians).startsWith("{\"version\":1,").endsWith("}\n");
    assertThat(folder.resolve("out")).hasContent("before\n" + medians + "after");
    assertThat(folder.resolve("err")).content().contains(" complaint types, ");
    // What clears the folder warns of links that lead out of it.
    Files.delete(folder.resolve("stdout"));
  }

  @Test
  void whatTheRepositoryHasIsPublishedOnceAndReplacesNothingNewer() throws Exception {
    String[] publish = {"publish", address, "--medians", "model/medians.json", "--model", "model"};
    List<String> written = new ArrayList<>();
    s3.onCreated(created -> written.add(created.key()));

    assertThat(ran(0, publish)).contains("medians published", "model 2019-");

    assertThat(written)
        .hasSize(6)
        .startsWith(Keys.MEDIANS)
        .endsWith(Keys.MODEL_POINTER)
        .allMatch(key -> bucket.head(key).isPresent());
    Path older =
        Files.writeString(
            folder.resolve("older.json"),
            Files.readString(Path.of("model/medians.json"))
                .replaceFirst("\"as_of\":\"[^\"]*\"", "\"as_of\":\"2019-01-01T00:00:00Z\""));
    assertThat(ran(1, "publish", address, "--medians", older.toString()))
        .contains("nyc311 publish: the published medians are newer", "--force replaces them");
  }

  @Test
  void whatIsDamagedIsNotPublishedNorIsAnythingBesideIt() throws Exception {
    Path model = folder.resolve("model");
    try (Stream<Path> files = Files.walk(Path.of("model"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(Path.of("model").relativize(file).toString()));
      }
    }
    try (Stream<Path> files = Files.list(model.resolve(Keys.MODELS))) {
      Path card =
          files
              .filter(file -> file.toString().matches(".*/[0-9a-f]{64}\\.json"))
              .findFirst()
              .orElseThrow();
      Files.writeString(card, Files.readString(card).replaceFirst("\\d", "x"));
    }
    String medians = model.resolve("medians.json").toString();

    assertThat(ran(1, "publish", address, "--medians", medians, "--model", model.toString()))
        .contains("nyc311 publish: not a valid model, 311/model/", "SHA-256 must be");
    Files.writeString(Path.of(medians), "{\"version\":1}");
    assertThat(ran(1, "publish", address, "--medians", medians))
        .contains("nyc311 publish: not a valid medians document: as_of is missing");

    assertThat(bucket.list("311/", "")).extracting(ListedObject::key).isEmpty();
  }

  @Test
  void ctrlCLeavesNothingHalfWritten() throws Exception {
    CountDownLatch pages = new CountDownLatch(1);
    feed.misbehave(
        request -> {
          if (request.toString().contains("unique_key")) {
            pages.countDown();
            return Fault.hang();
          }
          return Fault.none();
        });
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path rawDays = folder.resolve("raw_days");
    Process collect =
        start(
            listeningToCtrlC(),
            List.of("-Djava.io.tmpdir=" + temporary),
            "collect",
            "--raw-days",
            rawDays.toString(),
            "--day",
            DAY);
    assertThat(pages.await(Patience.LIMIT.toMinutes(), TimeUnit.MINUTES)).isTrue();
    assertThat(temporary).isNotEmptyDirectory();

    new ProcessBuilder("sh", "-c", "kill -INT " + collect.pid()).start().waitFor();

    assertThat(Patience.hasEnded(collect)).as(printed()).isTrue();
    assertThat(collect.exitValue()).isEqualTo(130);
    assertThat(printed()).contains("nyc311 collect: interrupted");
    assertThat(rawDays).doesNotExist();
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.toString().endsWith(".json"))).isEmpty();
    }
  }

  /**
   * What to start a program with, so that it hears Ctrl-C also where this one was told to ignore
   * it, as a script tells its jobs in the background, and they their children.
   */
  private static List<String> listeningToCtrlC() throws IOException, InterruptedException {
    List<String> command = List.of("env", "--default-signal=INT");
    boolean known =
        new ProcessBuilder(command.get(0), command.get(1), "true").start().waitFor() == 0;
    // Not known before coreutils 8.31, nor outside of Linux: there it works in the foreground.
    return known ? command : List.of();
  }

  @Test
  void itTellsItsVersion() throws Exception {
    assertThat(ran(0, "--version")).containsPattern("^nyc311 \\d+\\.\\d+\\.\\d+\n");
  }

  private String ran(int status, String... arguments) throws IOException, InterruptedException {
    Process process = start(List.of(), List.of(), arguments);
    assertThat(Patience.hasEnded(process)).as(printed()).isTrue();
    assertThat(process.exitValue()).as(printed()).isEqualTo(status);
    assertThat(printed()).doesNotContain("\r", "\u001b", "Exception");
    return printed();
  }

  private String printed() throws IOException {
    return Files.readString(folder.resolve("printed"), UTF_8);
  }

  private static String java() {
    return Jdk.running().java().toString();
  }

  /** Both outputs go to one file. */
  private Process start(List<String> starter, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(starter);
    command.add(java());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-jar", JAR));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingFolder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("printed").toFile());
    Map<String, String> environment = new HashMap<>(s3.environment());
    environment.put("FEED_URL", feed.url("erm2-nwe9").toString());
    environment.put("FEED_ARCHIVE_URL", feed.url("76ig-c548").toString());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }
}
