package nyc311.commands;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import nyc311.bucket.Content;
import nyc311.bucket.Symlinks;
import nyc311.bucket.UnfinishedFile;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a command writes what is asked for. A file appears as a whole or not at all, where symbolic
 * links lead; its folder is made if need be. What is no file, such as a pipe, a terminal or {@code
 * /dev/stdout}, is written into.
 */
final class OutputFile {
  /** Both names that {@code /dev/stdout} can have. */
  private static final Set<Path> STANDARD_OUTPUT =
      Set.of(
          Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "1"),
          Path.of("/dev/fd/1"));

  private final Path path;

  private OutputFile(Path path) {
    this.path = path;
  }

  static OutputFile of(String text) {
    Path path = Path.of(Converters.notEmpty(text));
    if (Files.isDirectory(path)) {
      throw new TypeConversionException("must be a file, not a folder: " + text);
    }
    return new OutputFile(path);
  }

  /**
   * For what is not asked to be in the file.
   *
   * @param file null: none is asked for
   * @return standard output, but where that is the file, standard error
   */
  static PrintWriter beside(OutputFile file, CommandLine command) {
    try {
      boolean taken = file != null && STANDARD_OUTPUT.contains(Symlinks.followed(file.path));
      return taken ? command.getErr() : command.getOut();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  void write(byte[] content) throws IOException {
    Path file = Symlinks.followed(path);
    if (STANDARD_OUTPUT.contains(file)) {
      // Opened anew, a file that it was sent to would be written from its beginning.
      new FileOutputStream(FileDescriptor.out).write(content);
    } else if (Files.exists(path) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.write(path, content);
    } else {
      try (UnfinishedFile next = UnfinishedFile.of(file, Content.of(content), false)) {
        next.finish();
      }
    }
  }
}
