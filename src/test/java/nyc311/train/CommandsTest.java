package nyc311.train;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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

    int status =
        run(
            new BacktestCommand(),
            "--raw-days=" + rawDays,
            "--as-of=2019-03-22T00:00",
            "--test-from=2019-03-23",
            "--test-to=2019-03-28",
            "--cap=1000",
            "--by-type",
            "--calibration",
            "--csv=" + csv);

    assertThat(status).isZero();
    assertThat(out.toString())
        .contains(
            "| median of closed requests", "| Kaplan–Meier median", "| regression: place, time")
        .contains("420 requests learnt from, 120 tested")
        .contains("| rodent")
        .contains("| closed by", "| type's own curve", "| regression: place, time, after 1 h");
    assertThat(Files.readAllLines(csv))
        .hasSize(121)
        .startsWith("complaint_type,closed,hours_or_age,p10,p50,p90");
  }

  @Test
  void trainingPublishesAModelWithItsCard() throws IOException {
    Path model = folder.resolve("model");

    int status = run(new TrainCommand(), "--raw-days=" + rawDays, "--publish=" + model);

    assertThat(status).isZero();
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
    String[] arguments = {"--raw-days=" + rawDays, "--publish=" + model};

    assertThat(run(new TrainCommand(), arguments)).isEqualTo(1);
    assertThat(err.toString()).contains("Not published");
    assertThat(model).doesNotExist();

    assertThat(run(new TrainCommand(), arguments[0], arguments[1], "--force")).isZero();
    try (Stream<Path> files = Files.walk(model)) {
      assertThat(files.filter(Files::isRegularFile).map(CommandsTest::text).toList())
          .anySatisfy(text -> assertThat(text).contains("\"forced\" : true"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "model", "mybucket", "s3://", "s3://b/prefix", "S3://bucket"})
  void whatIsNoAddressOfABucketIsRefused(String address) {
    assertThat(run(new RollbackCommand(), address)).isEqualTo(2);
    assertThat(err.toString()).contains("must be the address of a bucket, s3://NAME: " + address);
  }

  @Test
  void withoutDaysToJudgeByNothingIsPublished() throws IOException {
    Path model = folder.resolve("model");

    int status =
        run(
            new TrainCommand(),
            "--raw-days=" + rawDays,
            "--publish=" + model,
            "--test-days=40",
            "--force");

    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).contains("no model can be judged: there must be raw days before");
    assertThat(model).doesNotExist();
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
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
