package nyc311;

import nyc311.train.BacktestCommand;
import nyc311.train.RollbackCommand;
import nyc311.train.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code java -jar nyc311.jar}. */
@Command(
    name = "nyc311",
    description = "How long will my NYC 311 service request take?",
    mixinStandardHelpOptions = true,
    subcommands = {BacktestCommand.class, TrainCommand.class, RollbackCommand.class})
public final class Main {
  private Main() {}

  /** Runs a command; the exit status is 0 when it did what it was asked to. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler(
                (problem, command, parsed) -> {
                  command.getErr().println(command.getColorScheme().errorText(problem.toString()));
                  return command.getCommandSpec().exitCodeOnExecutionException();
                })
            .execute(arguments));
  }
}
