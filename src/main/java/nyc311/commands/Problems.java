package nyc311.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nyc311.bucket.WriteConflictException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What went wrong, told on standard error in one line. */
final class Problems {
  private static final List<Class<?>> FORESEEN =
      List.of(
          IOException.class,
          UncheckedIOException.class,
          IllegalArgumentException.class,
          WriteConflictException.class);

  /** Whose exceptions say what is wrong; no class of it is known here. */
  private static final String AWS_SDK = "software.amazon.awssdk.";

  /** Their own messages are just the file's name. */
  private static final Map<Class<?>, String> FILES =
      Map.of(
          NotDirectoryException.class, "not a folder",
          FileAlreadyExistsException.class, "not a folder",
          NoSuchFileException.class, "no such file",
          AccessDeniedException.class, "access denied");

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
    if (problem instanceof NotDirectoryException none && !Files.exists(Path.of(none.getFile()))) {
      return "no such folder: " + none.getFile();
    }
    if (problem instanceof FileSystemException of && FILES.containsKey(of.getClass())) {
      return FILES.get(of.getClass()) + ": " + of.getFile();
    }
    boolean foreseen =
        FORESEEN.stream().anyMatch(kind -> kind.isInstance(problem))
            || problem.getClass().getName().startsWith(AWS_SDK);
    return foreseen ? String.valueOf(problem.getMessage()) : problem.toString();
  }
}
