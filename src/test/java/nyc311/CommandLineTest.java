package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/**
 * The program explains itself, in its help and in docs/commands.md, and says what was wrong in one
 * line.
 */
class CommandLineTest {
  private static final int COLUMNS = 80;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().values().stream()
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
        .contains("Usage: nyc311 " + command, "Exit codes:", "Environment:", "Examples:");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= COLUMNS);
    CommandLine described = Main.commandLine().getSubcommands().get(command);
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
          """)
  void whatIsAskedWronglyIsSaidInOneLineAndPointsToTheManual(String asked, String problem) {
    assertThat(run(asked.strip().split(" ", -1))).isEqualTo(2);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines().findFirst().orElseThrow()).contains(problem);
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(3);
    assertThat(err.toString()).contains("Try: nyc311");
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
          """)
  void whatFailsIsSaidInOneLine(String asked, String problem) {
    assertThat(run(asked.strip().split(" ", -1))).isEqualTo(1);

    assertThat(err.toString().strip()).isEqualTo(problem);
  }

  /** Lines that begin with the program's name, with those that they go on in. */
  private static List<String> examples(String text) {
    return Pattern.compile("(?m)^ *nyc311 ((?:.*\\\\\\n)*.*)$")
        .matcher(text.substring(Math.max(0, text.indexOf("Examples:"))))
        .results()
        .map((MatchResult line) -> line.group(1).replaceAll("\\\\\\n *| *#.*", "").strip())
        .filter(example -> !example.isEmpty())
        .toList();
  }

  /** Options and parameters are checked, and nothing is done. */
  private static void parse(String example) {
    Main.commandLine().parseArgs(example.replace("BUCKET", "bucket").split(" +", -1));
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
