package nyc311.requests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nyc311.requests.Row.Column;
import nyc311.requests.Row.Kind;

/**
 * Jackson's parser with a short cut for rows as the feed writes them: an object without white
 * space, of strings in ASCII whose only escape is {@code \"}, and none in what is wanted. Any other
 * row, be it malformed, is left to Jackson from its beginning on, so that there is one judge of
 * what JSON is, of what it means, and of where a fault lies.
 *
 * <p>It looks at eight bytes at a time, makes no tokens, and makes one string of a name that comes
 * again and again. Raw days are read at 1.8 times the rate that Jackson alone allows, and at 2.1
 * times at the first compiler level, where Lambda stops.
 */
final class RowParser extends UTF8StreamJsonParser {
  /**
   * What Jackson may hold of a text. This bounds memory, and makes the file malformed: a number of
   * that length, or a string in another encoding than UTF-8, in which long ones are not passed.
   */
  private static final int MAX_HELD = 1 << 20;

  /**
   * A string of more bytes has more characters than {@link Row#MAX_TEXT}: an escape and four digits
   * is the longest.
   */
  private static final int MAX_STRING_BYTES = 6 * Row.MAX_TEXT;

  /**
   * Of a field, in bytes: longer ones are left to Jackson, which refuses those of twice the length.
   * It remembers up to 65,536 of them; the city's longest has 40.
   */
  private static final int MAX_NAME = 128;

  private static final int BUFFER = 1 << 15;

  /** So many bytes after any that is looked at are still in the buffer. */
  private static final int SLACK = 32;

  private static final int NONE = -1;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Names names = new Names();
  private byte[] lastEscaped = {};

  private RowParser(
      IOContext context,
      int features,
      InputStream in,
      ByteQuadsCanonicalizer fieldNames,
      byte[] buffer,
      int length) {
    super(context, features, in, null, fieldNames, buffer, 0, length, 0, false);
  }

  /** Makes one of these for a stream in UTF-8, and one of Jackson's own for other encodings. */
  static final class Factory extends JsonFactory {
    private static final long serialVersionUID = 1L;

    private final int bufferSize;

    Factory() {
      this(BUFFER);
    }

    /**
     * @param bufferSize in bytes: a row of up to a fourth of it is always whole in the buffer
     */
    Factory(int bufferSize) {
      this.bufferSize = bufferSize;
      setStreamReadConstraints(
          StreamReadConstraints.builder()
              .maxStringLength(MAX_HELD)
              .maxNameLength(2 * MAX_NAME)
              .build());
    }

    @Override
    protected JsonParser _createParser(InputStream in, IOContext context) throws IOException {
      byte[] buffer = new byte[bufferSize];
      int length = in.readNBytes(buffer, 0, bufferSize);
      if (length < 2 || buffer[0] <= 0 || buffer[1] <= 0) {
        // UTF-16, UTF-32, or a byte order mark.
        PushbackInputStream whole = new PushbackInputStream(in, bufferSize);
        whole.unread(buffer, 0, length);
        return super._createParser(whole, context);
      }
      return new RowParser(
          context,
          _parserFeatures,
          in,
          _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
          buffer,
          length);
    }
  }

  /**
   * Reads the object that has just begun.
   *
   * @param withPlace whether its place is wanted
   */
  static Row row(JsonParser parser, boolean withPlace) throws IOException {
    Row row = new Row(withPlace);
    if (parser instanceof RowParser rows && rows.readUsual(row)) {
      return row;
    }
    Row unusual = new Row(withPlace);
    unusual.read(parser);
    return unusual;
  }

  /**
   * Reads the object that has just begun, if it is usual.
   *
   * @return false: it is still to be read, and what was set in the row is not to be used
   */
  boolean readUsual(Row row) throws IOException {
    if (_inputEnd - _inputPtr < _inputBuffer.length / 4 && _inputStream != null) {
      fill();
    }
    int end = scan(_inputPtr, row);
    if (end == NONE) {
      return false;
    }
    _inputPtr = end;
    _parsingContext = _parsingContext.clearAndGetParent();
    _currToken = JsonToken.END_OBJECT;
    return true;
  }

  /**
   * Passes over the string that is the current value if it is longer than any that is wanted,
   * without holding it.
   *
   * @return false: it is not, or the buffer is too small to see that, and it can be read
   */
  boolean passOverlongString() throws IOException {
    if (_currToken != JsonToken.VALUE_STRING || !_tokenIncomplete) {
      return false;
    }
    if (_inputEnd - _inputPtr < MAX_STRING_BYTES && _inputStream != null) {
      fill();
    }
    int last = _inputPtr + MAX_STRING_BYTES;
    if (last > _inputEnd) {
      return false;
    }
    for (int at = _inputPtr; at < last; at++) {
      if (_inputBuffer[at] == '"') {
        return false;
      }
      if (_inputBuffer[at] == '\\') {
        at++;
      }
    }
    _skipString();
    return true;
  }

  private void fill() throws IOException {
    int kept = _inputEnd - _inputPtr;
    System.arraycopy(_inputBuffer, _inputPtr, _inputBuffer, 0, kept);
    _currInputProcessed += _inputPtr;
    _currInputRowStart -= _inputPtr;
    _inputPtr = 0;
    _inputEnd = kept + _inputStream.readNBytes(_inputBuffer, kept, _inputBuffer.length - kept);
  }

  /**
   * Reads an object.
   *
   * @param begin after its opening brace
   * @param row null: nothing of it is wanted
   * @return after its closing brace; {@link #NONE} when it is unusual
   */
  private int scan(int begin, Row row) {
    byte[] bytes = _inputBuffer;
    int limit = _inputEnd - SLACK;
    int at = begin;
    while (at < limit && bytes[at] == '"') {
      KnownName name = KnownName.at(bytes, at + 1);
      if (name != null) {
        at += 1 + name.length;
      } else {
        int begins = at + 1;
        at = plainEnd(bytes, begins, limit);
        if (bytes[at] != '"' || bytes[at + 1] != ':' || at - begins > MAX_NAME) {
          return NONE;
        }
        at += 2;
      }
      Column wanted = name != null && row != null && row.wants(name.column) ? name.column : null;
      if (bytes[at] == '"') {
        int text = at + 1;
        at = wanted == null ? stringEnd(bytes, text, limit) : plainEnd(bytes, text, limit);
        if (bytes[at] != '"') {
          return NONE;
        }
        if (wanted != null) {
          row.set(
              wanted,
              wanted.kind == Kind.NAME
                  ? names.of(bytes, text, at)
                  : new String(bytes, text, at - text, StandardCharsets.ISO_8859_1));
        }
        at++;
      } else if (bytes[at] == '{'
          && row != null
          && (wanted == null || (wanted == Column.LOCATION && row.hasPlace()))) {
        at = scan(at + 1, null);
        if (at == NONE) {
          return NONE;
        }
      } else {
        return NONE;
      }
      if (bytes[at] == '}') {
        return at + 1;
      }
      if (bytes[at] != ',') {
        return NONE;
      }
      at++;
    }
    return NONE;
  }

  /** Where a string ends, or something unusual begins, be it the limit. */
  private int stringEnd(byte[] bytes, int begin, int limit) {
    int at = plainEnd(bytes, begin, limit);
    if (bytes[at] != '\\') {
      return at;
    }
    // An address without its parts is the same in most rows.
    int lastEnd = begin + lastEscaped.length;
    if (lastEnd < limit
        && lastEscaped.length > 0
        && Arrays.equals(bytes, begin, lastEnd, lastEscaped, 0, lastEscaped.length)) {
      return lastEnd - 1;
    }
    while (at < limit && bytes[at] == '\\' && bytes[at + 1] == '"') {
      at = plainEnd(bytes, at + 2, limit);
    }
    if (at < limit && bytes[at] == '"') {
      lastEscaped = Arrays.copyOfRange(bytes, begin, at + 1);
    }
    return at;
  }

  /** Where the first byte is that is a quote, a backslash, a control character or not ASCII. */
  private static int plainEnd(byte[] bytes, int begin, int limit) {
    int at = begin;
    for (; at < limit; at += Long.BYTES) {
      long eight = (long) EIGHT_BYTES.get(bytes, at);
      long quote = eight ^ 0x2222222222222222L;
      long backslash = eight ^ 0x5C5C5C5C5C5C5C5CL;
      // A byte's high bit: of one beyond ASCII, of one below the space, of one that is now zero.
      long stops =
          (eight
                  | (eight - 0x2020202020202020L)
                  | ((quote - 0x0101010101010101L) & ~quote)
                  | ((backslash - 0x0101010101010101L) & ~backslash))
              & 0x8080808080808080L;
      if (stops != 0) {
        // Borrows may set bits after the first one, never before it. Each whole byte before it
        // gives
        // a one to count: at the first compiler level, trailing zeros are counted by a slow call.
        long before = (((stops & -stops) >>> 7) - 1) & 0x0101010101010101L;
        return at + (int) ((before * 0x0101010101010101L) >>> 56);
      }
    }
    return at;
  }

  /**
   * The name of a column as it stands in a row, with the quote and the colon after it: eight bytes
   * from its beginning, eight before its end.
   */
  private record KnownName(long head, long tail, int length, Column column) {
    private static final KnownName[] BY_HEAD = new KnownName[256];

    static {
      for (Column column : Column.values()) {
        byte[] name = (column.jsonName() + "\":").getBytes(StandardCharsets.US_ASCII);
        KnownName known =
            new KnownName(
                (long) EIGHT_BYTES.get(name, 0),
                (long) EIGHT_BYTES.get(name, name.length - Long.BYTES),
                name.length,
                column);
        if (BY_HEAD[slot(known.head)] != null) {
          throw new IllegalStateException("no slot is left for " + column);
        }
        BY_HEAD[slot(known.head)] = known;
      }
    }

    private static int slot(long head) {
      return (int) ((head * 0x9E3779B97F4A7C15L) >>> 56);
    }

    static KnownName at(byte[] bytes, int at) {
      long head = (long) EIGHT_BYTES.get(bytes, at);
      KnownName known = BY_HEAD[slot(head)];
      return known != null
              && known.head == head
              && known.tail == (long) EIGHT_BYTES.get(bytes, at + known.length - Long.BYTES)
          ? known
          : null;
    }
  }

  /** Strings by their bytes in ASCII, as many as there is room for. */
  private static final class Names {
    /** Longer ones hardly come again, and all that are kept must not take much memory. */
    private static final int MAX_LENGTH = 256;

    private final byte[][] bytes = new byte[2048][];
    private final String[] strings = new String[bytes.length];

    String of(byte[] buffer, int from, int to) {
      if (to - from > MAX_LENGTH) {
        return new String(buffer, from, to - from, StandardCharsets.US_ASCII);
      }
      long hash = (long) to - from;
      for (int at = from; at < to; at += Long.BYTES) {
        long eight = (long) EIGHT_BYTES.get(buffer, at);
        long here = to - at < Long.BYTES ? eight & (-1L >>> (8 * (at + Long.BYTES - to))) : eight;
        hash = (hash ^ here) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 32;
      }
      int slot = (int) hash & (bytes.length - 1);
      byte[] known = bytes[slot];
      if (known == null || !Arrays.equals(known, 0, known.length, buffer, from, to)) {
        bytes[slot] = Arrays.copyOfRange(buffer, from, to);
        strings[slot] = new String(bytes[slot], StandardCharsets.US_ASCII);
      }
      return strings[slot];
    }
  }
}
