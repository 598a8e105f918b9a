package nyc311.bucket;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;

/** A file that is written beside the one that it replaces, so that this is whole at any time. */
public final class UnfinishedFile implements Closeable {
  static final String SUFFIX = ".unfinished";

  private final Path unfinished;
  private final Path file;

  private UnfinishedFile(Path file) {
    this.unfinished = file.resolveSibling(file.getFileName() + SUFFIX);
    this.file = file;
  }

  /**
   * Writes all of it, and makes its folder if need be.
   *
   * @param file the one to be replaced, no symbolic link; see {@link Symlinks#followed}
   * @param gzip whether it is compressed
   * @throws IOException when it cannot be written, or what is there is no file; nothing is left
   */
  public static UnfinishedFile of(Path file, Content content, boolean gzip) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("not a file: " + file);
    }
    Files.createDirectories(file.getParent());
    UnfinishedFile next = new UnfinishedFile(file);
    try (InputStream in = content.open();
        OutputStream plain = Files.newOutputStream(next.unfinished);
        OutputStream out = gzip ? new GZIPOutputStream(plain) : plain) {
      in.transferTo(out);
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    return next;
  }

  /** Puts it where it belongs. */
  public void finish() throws IOException {
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes it, unless it is finished. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(unfinished);
  }
}
