package nyc311.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.train.InventedDays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir private Path folder;
  private Path rawDays;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void fourWeeks() throws IOException {
    rawDays = Files.createDirectory(folder.resolve("raw"));
    InventedDays.writeFourWeeks(rawDays);
  }

  @Test
  void aBacktestPrintsItsTableAndWritesItsRows() throws IOException {
    Path csv = folder.resolve("rows.csv");
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), csv);

    int status =
        run(
            "backtest",
            "--raw-days=" + rawDays,
            "--as-of=2019-03-22T00:00",
            "--test-from=2019-03-23",
            "--test-to=2019-03-28",
            "--cap=1000",
            "--by-type",
            "--calibration",
            "--csv=" + link);

    assertThat(status).isZero();
    assertThat(out.toString())
        .contains(
            "| median of closed requests", "| Kaplan–Meier median", "| regression: place, time")
        .contains("420 requests learnt from, 120 tested")
        .contains("| rodent")
        .contains("| closed by", "| type's own curve", "| regression: place, time, after 1 h");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readAllLines(csv))
        .hasSize(121)
        .startsWith("complaint_type,closed,hours_or_age,p10,p50,p90");
  }

  @Test
  void trainingPublishesAModelWithItsCard() throws IOException {
    Path model = folder.resolve("model");

    int status = run("train", "--raw-days=" + rawDays, "--publish=" + model);

    assertThat(status).isZero();
    assertThat(out.toString()).containsPattern("model 2019-\\S+ as of 2019-\\S+ published\\R$");
    JsonNode pointer =
        new ObjectMapper().readTree(model.resolve("311/model/current.json").toFile());
    JsonNode card =
        new ObjectMapper().readTree(model.resolve(pointer.at("/card/key").asText()).toFile());
    assertThat(card.get("first_day").asText()).isEqualTo("2019-03-01");
    assertThat(card.get("last_day").asText()).isEqualTo("2019-03-28");
    assertThat(card.get("requests").asInt()).isEqualTo(560);
    assertThat(card.get("forced").asBoolean()).isFalse();
    assertThat(card.at("/backtest/estimators/regression: place, time/mlog_cap").asDouble())
        .isLessThan(card.at("/backtest/estimators/Kaplan–Meier median/mlog_cap").asDouble());
    assertThat(card.at("/backtest/by_complaint_type/rodent/coverage").isNumber()).isTrue();
    JsonNode figures = pointer.at("/backtest/0");
    assertThat(figures.get("as_of")).isEqualTo(card.at("/backtest/as_of"));
    assertThat(figures.get("learnt_from")).isEqualTo(card.at("/backtest/learnt_from"));
    assertThat(figures.get("cap_hours").asDouble())
        .isCloseTo(card.at("/backtest/cap_hours").asDouble(), within(1e-4));
    assertThat(figures.get("estimators")).hasSize(card.at("/backtest/estimators").size());
    for (JsonNode told : figures.get("estimators")) {
      JsonNode scores = card.at("/backtest/estimators").get(told.get("estimator").asText());
      assertThat(figures.get("tested")).isEqualTo(scores.get("requests"));
      for (String score :
          List.of("mlog", "mlog_cap", "coverage", "above_p90", "median_error_hours")) {
        assertThat(told.get(score).asDouble())
            .as(score)
            .isCloseTo(scores.get(score).asDouble(), within(1e-4));
      }
      assertThat(told.get("pinball_sum").asDouble())
          .isCloseTo(
              Stream.of("pinball10", "pinball50", "pinball90")
                  .mapToDouble(level -> scores.get(level).asDouble())
                  .sum(),
              within(1e-4));
    }
    assertThat(card.at("/backtest/by_agency/DOHMH/requests").asInt()).isPositive();
  }

  @Test
  void aModelThatDoesWorseThanTheMedianIsPublishedOnlyWhenTold() throws IOException {
    // The last two weeks turn everything round.
    for (int day = 14; day < 28; day++) {
      InventedDays.write(rawDays, InventedDays.FIRST.plusDays(day), 20, 2);
    }
    Path model = folder.resolve("model");
    String[] arguments = {"train", "--raw-days=" + rawDays, "--publish=" + model};

    assertThat(run(arguments)).isEqualTo(1);
    assertThat(err.toString()).contains("Not published");
    assertThat(model).doesNotExist();

    assertThat(run(arguments[0], arguments[1], arguments[2], "--force")).isZero();
    try (Stream<Path> files = Files.walk(model)) {
      assertThat(files.filter(Files::isRegularFile).map(CommandsTest::text).toList())
          .anySatisfy(text -> assertThat(text).contains("\"forced\" : true"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "model", "mybucket", "s3://", "s3://b/prefix", "S3://bucket"})
  void whatIsNoAddressOfABucketIsRefused(String address) {
    assertThat(run("rollback", address)).isEqualTo(2);
    assertThat(err.toString()).contains("must be the address of a bucket, s3://NAME: " + address);
  }

  @Test
  void aModelThatDatesFromLaterIsReplacedOnlyWhenTold() throws IOException {
    Path model = folder.resolve("model");
    copy(Path.of("src/test/resources/golden-model"), model);
    Path pointer = model.resolve(Keys.MODEL_POINTER);
    String golden = Files.readString(pointer);
    String[] arguments = {"train", "--raw-days=" + rawDays, "--publish=" + model};

    assertThat(run(arguments)).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .matches(
            "nyc311 train: the published model is newer, 2019-04-08-fb5ac7af as of"
                + " 2019-04-08T16:00:00Z, than this one, 2019-03-29-[0-9a-f]{8} as of"
                + " 2019-03-29T19:00:00Z; --force replaces it");
    assertThat(pointer).hasContent(golden.strip());

    assertThat(run(arguments[0], arguments[1], arguments[2], "--force")).isZero();
    assertThat(pointer).content().contains("2019-03-29-");
  }

  private static void copy(Path tree, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(tree.relativize(file).toString()));
      }
    }
  }

  /** Found out when all days are read, so no fault of the options. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --force --test-days=40",
        "backtest --as-of=2019-02-22T00:00 --test-from=2019-03-23 --test-to=2019-03-28",
        "backtest --as-of=2019-03-22T00:00 --test-from=2019-04-23 --test-to=2019-04-28"
      })
  void tooLittleDataIsAFailureOfEachCommandAlike(String command) {
    String[] arguments = (command + " --raw-days=" + rawDays).split(" ", -1);

    assertThat(run(arguments)).isEqualTo(1);

    assertThat(err.toString().lines()).singleElement().asString().contains("there must be");
    assertThat(out.toString()).isEmpty();
  }

  private int run(String... arguments) {
    return Commands.commandLine(System.getenv())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
