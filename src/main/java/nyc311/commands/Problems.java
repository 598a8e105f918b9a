package nyc311.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;
import nyc311.bucket.WriteConflictException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What went wrong, told on standard error in one line. */
final class Problems {
  /** Whose exceptions say what is wrong; no class of it is known here. */
  private static final String AWS_SDK = "software.amazon.awssdk.";

  private Problems() {}

  /** Tells each of them, and gives it the exit code that it has. */
  static void register(CommandLine commands) {
    commands
        .setParameterExceptionHandler((problem, arguments) -> refused(problem))
        .setExecutionExceptionHandler(
            (problem, command, parsed) -> {
              print(command, message(problem));
              return command.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  static void print(CommandLine command, String problem) {
    String line = command.getCommandSpec().qualifiedName() + ": " + problem.replaceAll("\\R", " ");
    command.getErr().println(command.getColorScheme().errorText(line));
    command.getErr().flush();
  }

  /** One line for what is wrong, and one for who wants to know more. */
  private static int refused(ParameterException problem) {
    CommandLine command = problem.getCommandLine();
    print(command, problem.getMessage());
    UnmatchedArgumentException.printSuggestions(problem, command.getErr());
    command.getErr().printf("Try: %s --help%n", command.getCommandSpec().qualifiedName());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** What a person needs to know; of what nobody has foreseen, all that there is. */
  private static String message(Throwable problem) {
    if (problem instanceof NotDirectoryException none) {
      String folder = none.getFile();
      return (Files.exists(Path.of(folder)) ? "not a folder: " : "no such folder: ") + folder;
    }
    if (problem instanceof NoSuchFileException none) {
      return "no such file: " + none.getFile();
    }
    if (problem instanceof FileAlreadyExistsException there) {
      return "not a folder: " + there.getFile();
    }
    if (problem instanceof AccessDeniedException denied) {
      return "access denied: " + denied.getFile();
    }
    boolean foreseen =
        Stream.of(
                    IOException.class,
                    UncheckedIOException.class,
                    IllegalArgumentException.class,
                    WriteConflictException.class)
                .anyMatch(kind -> kind.isInstance(problem))
            || problem.getClass().getName().startsWith(AWS_SDK);
    return foreseen ? String.valueOf(problem.getMessage()) : problem.toString();
  }
}
