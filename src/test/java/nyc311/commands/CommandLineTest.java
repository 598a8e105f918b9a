package nyc311.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/**
 * The program explains itself, in its help and in docs/commands.md, and says what was wrong in one
 * line.
 */
public class CommandLineTest {
  private static final int COLUMNS = 80;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<String> commands() {
    return Commands.commandLine(System.getenv()).getSubcommands().values().stream()
        .filter(command -> !(command.getCommand() instanceof HelpCommand))
        .map(CommandLine::getCommandName)
        .distinct();
  }

  @Test
  void withoutACommandTheOverviewIsNoAnswer() {
    assertThat(run()).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains(commands().toList()).contains("nyc311 COMMAND --help");
  }

  @Test
  void theOverviewIsTheAnswerToHelp() {
    assertThat(run("--help")).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString()).contains(commands().toList()).contains("Exit codes:");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= COLUMNS);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theHelpOfEachCommandIsItsManual(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: nyc311 " + command, "Exit codes:", "130", "Environment:", "Examples:");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= COLUMNS);
    CommandLine described = Commands.commandLine(System.getenv()).getSubcommands().get(command);
    assertThat(described.getCommandSpec().args())
        .allMatch(option -> option.description().length > 0);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theExamplesOfEachCommandParse(String command) {
    run(command, "--help");

    List<String> examples = examples(out.toString());

    assertThat(examples).anyMatch(example -> example.startsWith(command + " "));
    examples.forEach(CommandLineTest::parse);
  }

  @Test
  void theDocsShowEachCommandWithLinesThatParse() throws IOException {
    String told = Files.readString(Path.of("docs", "commands.md"));

    List<String> examples = examples(told);

    commands()
        .forEach(
            command -> {
              assertThat(told).contains("| `" + command + "` |");
              assertThat(examples).anyMatch(example -> example.startsWith(command + " "));
            });
    examples.forEach(CommandLineTest::parse);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          publsh                                         | nyc311: Unmatched argument at index 0: 'publsh'
          collect --day 2019-07-01                       | nyc311 collect: Missing required option: '--raw-days=DIR|s3://BUCKET'
          collect --raw-days d --day 2019-13-01          | must be like 2019-07-01: 2019-13-01
          collect --raw-days d --day 2009-12-31          | nyc311 collect: days must not be before 2010-01-01: 2009-12-31
          collect --raw-days d --from 2019-07-01         | Missing required argument(s): --to=DAY
          collect --raw-days d --from 2019-07-02 --to 2019-07-01 | --to must not be before 2019-07-02: 2019-07-01
          summary                                        | nyc311 summary: either FILE or --raw-days must be given
          summary README.md                              | a raw day must be named YYYY-MM-DD.json or YYYY-MM-DD.json.gz: README.md
          medians --raw-days s3://b/prefix               | must be the address of a bucket, s3://NAME: s3://b/prefix
          medians --raw-days d --window-days 0           | --window-days must be a whole number between 1 and 6000: 0
          publish s3://bucket                            | nyc311 publish: --medians or --model must be given
          publish s3://bucket --medians src              | nyc311 publish: --medians must be a file, not a folder: src
          collect --raw-days d --from 2019-07-01 --to 2999-01-01 | nyc311 collect: days must not be after 20
          collect --raw-days d --day +12019-07-01        | must be like 2019-07-01: +12019-07-01
          summary --raw-days src --types -1              | nyc311 summary: --types must not be below 0: -1
          summary --raw-days src --types few             | option '--types': must be a whole number from -2147483648 to 2147483647: few
          medians --raw-days d --window-days 6001        | --window-days must be a whole number between 1 and 6000: 6001
          medians --raw-days d --window-days 1.5         | option '--window-days': must be a whole number
          medians --raw-days d --output src              | option '--output': must be a file, not a folder: src
          train --raw-days d --test-days 0               | nyc311 train: --test-days must be between 1 and 6000: 0
          train --raw-days d --test-days 6001            | nyc311 train: --test-days must be between 1 and 6000: 6001
          train --raw-days d --seed x                    | option '--seed': must be a whole number from -9223372036854775808 to 9223372036854775807: x
          rollback s3://bucket a/b                       | nyc311 rollback: VERSION must be 1 to 64 letters, digits, - or .: a/b
          """)
  void whatIsAskedWronglyIsSaidInOneLineAndPointsToTheManual(String asked, String problem) {
    assertThat(run(asked.strip().split(" ", -1))).isEqualTo(2);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines().findFirst().orElseThrow()).contains(problem);
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(3);
    assertThat(err.toString()).contains("Try: nyc311");
  }

  /** Each of a backtest that would run otherwise, as far as there are raw days. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --estimator=median      | --estimator must be one of 'median of closed requests', 'Kaplan–Meier median', 'regression: place, time', 'regression: place, time, descriptor', 'regression: time', 'regression: place', 'served: place, time', 'served: place, time, descriptor': median
          --cap=-1                | --cap must be above 0 and at most 100000 hours: -1.0
          --cap=0                 | --cap must be above 0 and at most 100000 hours: 0.0
          --cap=NaN               | --cap must be above 0 and at most 100000 hours: NaN
          --cap=Infinity          | --cap must be above 0 and at most 100000 hours: Infinity
          --cap=much              | option '--cap': must be a number: much
          --seed=1.5              | option '--seed': must be a whole number
          --train-from=2019-07-11 | --as-of must not be before --train-from 2019-07-11: 2019-07-10T05:00
          --train-to=2009-12-31   | --train-to must not be before --train-from 2010-01-01: 2009-12-31
          --test-from=2019-07-15  | --test-to must not be before --test-from 2019-07-15: 2019-07-14
          --as-of=2019-07-15T05:00 | --test-to must not be before --as-of 2019-07-15T05:00: 2019-07-14
          --as-of=2019-07-10      | option '--as-of': must be like 2019-07-01T05:00: 2019-07-10
          --csv=src               | option '--csv': must be a file, not a folder: src
          """)
  void aBacktestThatCannotBeIsRefusedBeforeAnyWork(String option, String problem) {
    Map<String, String> options =
        new TreeMap<>(
            Map.of(
                "--raw-days", "src",
                "--as-of", "2019-07-10T05:00",
                "--test-from", "2019-07-10",
                "--test-to", "2019-07-14"));
    options.put(option.split("=", 2)[0], option.split("=", 2)[1]);

    int status =
        run(
            Stream.concat(
                    Stream.of("backtest"),
                    options.entrySet().stream()
                        .flatMap(given -> Stream.of(given.getKey(), given.getValue())))
                .toArray(String[]::new));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString().lines().findFirst().orElseThrow()).contains(problem);
  }

  /** As where a variable of a script is not set; to Java, it is the current folder. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "collect --day 2019-07-01 --raw-days _",
        "summary --raw-days _",
        "summary _",
        "medians --raw-days _",
        "medians --raw-days src --publish _",
        "medians --raw-days src --output _",
        "train --raw-days _",
        "train --raw-days src --publish _",
        "backtest --as-of 2019-07-10T05:00 --test-from 2019-07-10 --test-to 2019-07-14 --raw-days"
            + " _",
        "backtest --raw-days src --as-of 2019-07-10T05:00 --test-from 2019-07-10 --test-to"
            + " 2019-07-14 --csv _",
        "publish s3://bucket --medians _",
        "publish s3://bucket --model _",
        "publish _ --model model",
        "rollback _",
        "rollback s3://bucket _"
      })
  void anEmptyTextIsNoPlace(String asked) {
    assertThat(run(asked.replace("_", "").split(" ", -1))).isEqualTo(2);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .containsPattern("must (not be empty|be the address|be 1 to 64)|Unmatched argument .*''");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          summary 2019-07-01.json       | nyc311 summary: no such file: 2019-07-01.json
          medians --raw-days nowhere    | nyc311 medians: no such folder: nowhere
          train --raw-days nowhere      | nyc311 train: no such folder: nowhere
          medians --raw-days src        | nyc311 medians: no requests in src
          medians --raw-days src --publish pom.xml | nyc311 medians: not a folder: pom.xml
          train --raw-days src --publish pom.xml | nyc311 train: not a folder: pom.xml
          collect --day 2019-07-01 --raw-days pom.xml | nyc311 collect: not a folder: pom.xml
          """)
  void whatFailsIsSaidInOneLine(String asked, String problem) {
    assertThat(run(asked.strip().split(" ", -1))).isEqualTo(1);

    assertThat(err.toString().strip()).isEqualTo(problem);
  }

  /** Lines that begin with the program's name, with those that they go on in. */
  public static List<String> examples(String text) {
    return Pattern.compile("(?m)^ *nyc311 ((?:.*\\\\\\n)*.*)$")
        .matcher(text.substring(Math.max(0, text.indexOf("Examples:"))))
        .results()
        .map((MatchResult line) -> line.group(1).replaceAll("\\\\\\n *| *#.*", "").strip())
        .filter(example -> !example.isEmpty())
        .toList();
  }

  /** Options and parameters are checked, and nothing is done. */
  private static void parse(String example) {
    Commands.commandLine(System.getenv())
        .parseArgs(example.replace("BUCKET", "bucket").split(" +", -1));
  }

  private int run(String... arguments) {
    return Commands.commandLine(System.getenv())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
