package nyc311.requests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads the rows of a raw day. Jackson reads the first one and whatever the scanner leaves to it,
 * so there is one judge of what JSON is, of what it means, and of where a fault lies. To Jackson,
 * rows that were scanned are blanks: as many lines and columns as they have.
 */
final class RowReader {
  /** Rows of up to a fourth of it are always whole in it. */
  private static final int BUFFER = 1 << 16;

  /** Of a field, in bytes: the city's longest has 40. Beyond it the file is malformed. */
  private static final int MAX_NAME = 256;

  /**
   * What Jackson may hold of a number, or of a string in another encoding than UTF-8, in which long
   * ones are not passed. This bounds memory; beyond it the file is malformed.
   */
  private static final int MAX_HELD = 1 << 20;

  /** More than {@link Row#MAX_TEXT} characters have, even if each is an escape with four digits. */
  private static final int MAX_STRING_BYTES = 6 * Row.MAX_TEXT;

  private final InputStream in;
  private final boolean withPlaces;
  private final RowScanner scanner = new RowScanner();
  private JsonParser jackson;

  private final byte[] bytes = new byte[BUFFER + RowScanner.SLACK];
  private int end;

  /** After the last row that was scanned, or after the last byte that Jackson was given. */
  private int at;

  /** Whether that is between two rows. */
  private boolean betweenRows;

  /** Whether the file begins with two characters in ASCII, and so is in UTF-8. */
  private boolean utf8;

  private long given;

  /** What Jackson is to be given next for the rows that were scanned. */
  private int blankLines;

  private int blankColumns;

  RowReader(InputStream in, boolean withPlaces) {
    this.in = in;
    this.withPlaces = withPlaces;
  }

  /**
   * Reads a row.
   *
   * @return null when there is none left
   * @throws JsonProcessingException when the file is not a JSON array of objects
   */
  Row next() throws IOException {
    if (betweenRows) {
      Row row = scan();
      if (row != null || isAtEnd()) {
        return row;
      }
    }
    if (jackson == null) {
      jackson = jackson();
      expect(jackson.nextToken() == JsonToken.START_ARRAY, "not a JSON array of objects");
    }
    if (jackson.nextToken() == JsonToken.END_ARRAY) {
      expect(jackson.nextToken() == null, "more after the array");
      return null;
    }
    expect(jackson.currentToken() == JsonToken.START_OBJECT, "not a JSON object");
    Row row = new Row(withPlaces);
    row.read(jackson);
    betweenRows = jackson.currentLocation().getByteOffset() == given;
    return row;
  }

  private JsonParser jackson() throws IOException {
    // One factory for each file: it takes some broken names for those that it has met before.
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxStringLength(MAX_HELD)
                    .maxNameLength(MAX_NAME)
                    .build())
            .build();
    return new JsonParserDelegate(factory.createParser(new Unread())) {
      @Override
      public String getValueAsString() throws IOException {
        return isAtOverlongString() ? Row.OVERLONG : super.getValueAsString();
      }
    };
  }

  private void expect(boolean holds, String problem) throws JsonParseException {
    if (!holds) {
      throw new JsonParseException(jackson, problem, jackson.currentTokenLocation());
    }
  }

  /** After what was read. */
  JsonLocation location() {
    JsonLocation before = jackson.currentLocation();
    return new JsonLocation(
        ContentReference.unknown(),
        -1,
        before.getLineNr() + blankLines,
        blankColumns + (blankLines == 0 ? before.getColumnNr() : 1));
  }

  /** The next row; null when it is unusual, or there is none. */
  private Row scan() throws IOException {
    if (end - at < BUFFER / 4) {
      fill(at);
    }
    int comma = blanksEnd(at);
    int brace = blanksEnd(comma + 1);
    if (bytes[comma] != ',' || bytes[brace] != '{') {
      return null;
    }
    Row row = new Row(withPlaces);
    int rowEnd = scanner.scan(bytes, brace + 1, row);
    if (rowEnd == RowScanner.NONE) {
      return null;
    }
    for (; at < brace; at++) {
      blankColumns++;
      if (bytes[at] == '\n' || (bytes[at] == '\r' && bytes[at + 1] != '\n')) {
        blankLines++;
        blankColumns = 0;
      }
    }
    blankColumns += rowEnd - at;
    at = rowEnd;
    return row;
  }

  /** So that Jackson need not read blanks for a whole day of usual rows. */
  private boolean isAtEnd() {
    int bracket = blanksEnd(at);
    return bytes[bracket] == ']' && blanksEnd(bracket + 1) == end && end < BUFFER;
  }

  private int blanksEnd(int begin) {
    int next = begin;
    while (" \n\r\t".indexOf(bytes[next]) >= 0) {
      next++;
    }
    return next;
  }

  /**
   * Fills the buffer.
   *
   * @param first which of its bytes is to be the first
   */
  private void fill(int first) throws IOException {
    System.arraycopy(bytes, first, bytes, 0, end - first);
    at -= first;
    end -= first;
    end += in.readNBytes(bytes, end, BUFFER - end);
    Arrays.fill(bytes, end, end + RowScanner.SLACK, (byte) 0);
  }

  /** Whether Jackson is before a string that is longer than any wanted one: it need not hold it. */
  private boolean isAtOverlongString() throws IOException {
    long offset = jackson.currentLocation().getByteOffset();
    if (jackson.currentToken() != JsonToken.VALUE_STRING || offset < 0) {
      return false;
    }
    int begin = at - (int) (given - offset);
    if (end - begin < MAX_STRING_BYTES) {
      fill(begin);
      begin = 0;
    }
    int last = Math.min(begin + MAX_STRING_BYTES, end);
    int next = begin;
    while (next < last && bytes[next] != '"') {
      next += bytes[next] == '\\' ? 2 : 1;
    }
    return next >= last;
  }

  /** The file for Jackson. */
  private final class Unread extends InputStream {
    /**
     * Gives no more than to a closing brace, since what follows a row may be scanned; in other
     * encodings as much as possible, since Jackson reads ahead, and finds the first fault so.
     */
    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int count = Math.min(length, blankLines > 0 ? blankLines : blankColumns);
      if (blankLines > 0) {
        Arrays.fill(to, offset, offset + count, (byte) '\n');
        blankLines -= count;
      } else if (blankColumns > 0) {
        Arrays.fill(to, offset, offset + count, (byte) ' ');
        blankColumns -= count;
      } else {
        if (at == end) {
          fill(at);
        }
        if (given == 0) {
          utf8 = bytes[0] > 0 && bytes[1] > 0;
        }
        int most = Math.min(length, end - at);
        while (count < most && !(bytes[at + count++] == '}' && utf8)) {}
        System.arraycopy(bytes, at, to, offset, count);
        at += count;
      }
      given += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }
  }
}
