package nyc311.bucket;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are written where symbolic links lead, so that the links stay. */
public final class Symlinks {
  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  /** What looks like links there leads to what a process has open, and not to a path. */
  private static final Path PROCESSES = Path.of("/proc");

  private Symlinks() {}

  /**
   * The file that a path stands for, be it not there yet.
   *
   * @return absolute, and no link but one below {@code /proc}
   * @throws FileSystemException when links lead to each other
   */
  public static Path followed(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    for (int links = 0; links <= MAX_LINKS; links++) {
      Path folder = file.getParent();
      if (folder != null && Files.isDirectory(folder)) {
        file = folder.toRealPath().resolve(file.getFileName());
      }
      if (!Files.isSymbolicLink(file) || file.startsWith(PROCESSES)) {
        return file;
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    throw new FileSystemException(path.toString(), null, "too many symbolic links");
  }
}
