package nyc311.local;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** How the programs among the tests are run: what is wrong is said in one line. */
public final class Program {
  private static final int FAILED = 1;
  private static final int REFUSED = 2;

  private Program() {}

  /** Runs it. Unless all goes well it ends this JVM: with 2 where it was asked wrongly, else 1. */
  public static void run(Callable<Integer> program, String... arguments) {
    int status = of(program).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  static CommandLine of(Callable<Integer> program) {
    CommandLine command = new CommandLine(program);
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Explains itself.")
                .build());
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (problem, arguments) -> say(problem.getCommandLine(), problem.getMessage(), REFUSED))
        .setExecutionExceptionHandler(
            (problem, failed, parsed) -> say(failed, problem.toString(), FAILED));
  }

  private static int say(CommandLine command, String problem, int status) {
    command.getErr().println(command.getCommandName() + ": " + problem.replaceAll("\\s+", " "));
    command.getErr().flush();
    return status;
  }
}
