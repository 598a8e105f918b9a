package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nyc311.requests.PlainRawDay.DAY;
import static nyc311.requests.PlainRawDay.assertReadAlike;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;

/**
 * Whatever the file is, the reader of raw days says the same of it as plain Jackson does: the same
 * rows, or that it is malformed, and where.
 */
class RawDayFuzzTest {
  @FuzzTest
  void anyFile(byte[] bytes) throws IOException {
    byte[] file = withoutPadding(bytes);
    assertReadAlike(file, DAY);
    if (file.length > 0 && file[0] == '[') {
      assertReadAlike(afterAUsualRow(file), DAY);
    }
  }

  /**
   * Jackson fills a name's last four bytes up with 0xFF, which no UTF-8 has, and does not notice
   * those of a broken name if it knows the rest. So what it says of one depends on which names it
   * has met, and here it does not meet all.
   */
  private static byte[] withoutPadding(byte[] file) {
    byte[] without = file.clone();
    // The first two may be a byte order mark.
    for (int i = 2; i < without.length; i++) {
      without[i] = without[i] == (byte) 0xFF ? (byte) 0xFE : without[i];
    }
    return without;
  }

  /** The first row of a file is never scanned. */
  private static byte[] afterAUsualRow(byte[] file) {
    byte[] row = "[{\"x\":\"y\"},".getBytes(UTF_8);
    byte[] longer = Arrays.copyOf(row, row.length + file.length - 1);
    System.arraycopy(file, 1, longer, row.length, file.length - 1);
    return longer;
  }
}
