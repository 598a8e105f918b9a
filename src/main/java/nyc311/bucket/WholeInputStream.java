package nyc311.bucket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * An object's content that must have as many bytes as were promised. The JDK's HTTP connection
 * takes the end of a connection for the end of the content, whatever its length should have been.
 */
final class WholeInputStream extends FilterInputStream {
  private final String key;
  private final long promised;
  private long received;

  WholeInputStream(InputStream content, String key, long promised) {
    super(content);
    this.key = key;
    this.promised = promised;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    note(value < 0 ? value : 1);
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    note(n);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = super.skip(n);
    received += skipped;
    return skipped;
  }

  private void note(int n) throws IOException {
    if (n >= 0) {
      received += n;
    } else if (received < promised) {
      throw new IOException(
          "cannot read " + key + ": cut short: " + received + " of " + promised + " bytes");
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
