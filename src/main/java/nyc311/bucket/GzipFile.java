package nyc311.bucket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** What a compressed file holds. The JDK's words on a damaged one name neither it nor gzip. */
final class GzipFile extends GZIPInputStream {
  private final Path file;

  private GzipFile(Path file, InputStream in) throws IOException {
    super(in, 1 << 16);
    this.file = file;
  }

  static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return new GzipFile(file, in);
    } catch (IOException e) {
      in.close();
      throw named(file, e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw named(file, e);
    }
  }

  private static IOException named(Path file, IOException e) {
    if (e instanceof EOFException) {
      return new IOException(file + ": its gzip ends too early", e);
    }
    return e instanceof ZipException
        ? new IOException(file + ": is no gzip, or a damaged one: " + e.getMessage(), e)
        : e;
  }
}
