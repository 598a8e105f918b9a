package nyc311.bucket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Bytes to be written, which can be read more than once, so that a write can be tried again.
 *
 * @param source opens them from their beginning
 * @param size how many there are
 */
public record Content(Source source, long size) {
  /** Where bytes come from. */
  public interface Source {
    /** Opens them from their beginning. The caller closes the stream. */
    InputStream open() throws IOException;
  }

  /** The bytes of an array, which is not copied. */
  public static Content of(byte[] bytes) {
    return new Content(() -> new ByteArrayInputStream(bytes), bytes.length);
  }

  /** The bytes of a file, which must not change meanwhile. */
  public static Content of(Path file) throws IOException {
    return new Content(() -> Files.newInputStream(file), Files.size(file));
  }

  /** Opens them from their beginning. The caller closes the stream. */
  public InputStream open() throws IOException {
    return source.open();
  }

  /** Their SHA-256, in hexadecimal. */
  public String sha256() throws IOException {
    try (InputStream in = open()) {
      return sha256(in);
    }
  }

  /** The SHA-256 of all that a stream still has, in hexadecimal. */
  static String sha256(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
