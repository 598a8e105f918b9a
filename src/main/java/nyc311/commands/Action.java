package nyc311.commands;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command, which gives its exit code. */
abstract class Action implements Callable<Integer> {
  @Spec private CommandSpec spec;

  final CommandLine commandLine() {
    return spec.commandLine();
  }

  /** Prints a result on standard output at once. */
  final void print(String format, Object... values) {
    commandLine().getOut().printf(Locale.ROOT, format, values).flush();
  }

  /** For what is asked wrongly; thrown before anything is done. */
  final ParameterException refused(String problem, Object... values) {
    return new ParameterException(commandLine(), String.format(Locale.ROOT, problem, values));
  }
}
