package nyc311.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command, which gives its exit code. */
@Command(footerHeading = "%nEnvironment:%n" + Action.AWS + Action.EXAMPLES)
abstract class Action implements Callable<Integer> {
  static final String AWS =
      "  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3, …%n"
          + "                    for s3://BUCKET, as AWS's own tools read them%n";
  static final String EXAMPLES = "%nExamples:%n";

  @Spec private CommandSpec spec;

  final ProgressBar progress = new ProgressBar();

  /** Does what is asked for, and gives the exit code. */
  abstract int run() throws IOException;

  @Override
  public final Integer call() throws IOException {
    try {
      return run();
    } finally {
      progress.clear();
    }
  }

  final CommandLine commandLine() {
    return spec.commandLine();
  }

  PrintWriter out() {
    return commandLine().getOut();
  }

  final void print(String format, Object... values) {
    progress.clear();
    out().printf(Locale.ROOT, format, values).flush();
  }

  /** Prints what went wrong, where there is more to do. */
  final void problem(String text) {
    progress.clear();
    Problems.print(commandLine(), text);
  }

  /** For what is asked wrongly; thrown before anything is done. */
  final ParameterException refused(String problem, Object... values) {
    return new ParameterException(commandLine(), String.format(Locale.ROOT, problem, values));
  }
}
