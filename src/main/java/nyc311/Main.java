package nyc311;

import nyc311.commands.Commands;

/** The command line: {@code java -jar nyc311.jar}. */
public final class Main {
  private Main() {}

  /** Runs a command, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(Commands.commandLine(System.getenv()).execute(arguments));
  }
}
