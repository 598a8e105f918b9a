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

/** Bytes to be written, which can be read more than once, so that a write can be tried again. */
public interface Content {
  /** Opens the bytes from their beginning. The caller closes the stream. */
  InputStream open() throws IOException;

  /** How many bytes there are. */
  long size();

  /** The SHA-256 of the bytes, in hexadecimal. */
  default String sha256() throws IOException {
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

  /** The bytes of an array, which is not copied. */
  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public long size() {
        return bytes.length;
      }
    };
  }

  /** The bytes of a file, which must not change meanwhile. */
  static Content of(Path file) throws IOException {
    long size = Files.size(file);
    return new Content() {
      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public long size() {
        return size;
      }
    };
  }
}
