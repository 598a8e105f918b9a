package nyc311.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nyc311.local.RealDays;
import org.junit.jupiter.api.Test;

/** Whoever runs the command of docs/quality.md on the same raw days gets its tables. */
class QualityTest {
  private static final String COMMAND = "java -jar target/nyc311.jar ";

  @Test
  void theTablesAreWhatTheCommandPrints() throws IOException {
    Path rawDays = RealDays.folder();
    String quality = Files.readString(Path.of("docs", "quality.md"));
    String[] arguments =
        quality
            .replace("\\\n", "")
            .lines()
            .filter(line -> line.startsWith(COMMAND + "backtest "))
            .findFirst()
            .orElseThrow()
            .substring(COMMAND.length())
            .strip()
            .replace(" raw_days ", " " + rawDays + " ")
            .split(" +", -1);
    StringWriter printed = new StringWriter();

    int status =
        Commands.commandLine(System.getenv()).setOut(new PrintWriter(printed)).execute(arguments);

    assertThat(status).isZero();
    List<String> tables = List.of(printed.toString().split("(?m)^[^|].*\n", -1));
    assertThat(tables).extracting(table -> table.lines().count()).containsExactly(10L, 10L);
    assertThat(quality).contains(tables);
  }
}
