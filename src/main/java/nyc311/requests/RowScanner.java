package nyc311.requests;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nyc311.requests.Row.Column;

/**
 * Scans rows as the feed writes them: objects without white space, of strings in ASCII. A wanted
 * field must have no escape at all, others may have {@code \"}. It looks at eight bytes at a time,
 * and takes the fields for those of the rows before. For one file; not thread-safe.
 */
final class RowScanner {
  /** What a scan returns when a row is unusual. */
  static final int NONE = -1;

  /** So many bytes after a buffer's last one must be 0, where each search ends. */
  static final int SLACK = 256;

  /** In bytes: the city's longest name has 40, an address without its parts has 55. */
  private static final int MAX_REMEMBERED = 128;

  /** In bytes: the city's keys. To make no text of them saves a twentieth of a reading. */
  private static final int USUAL_KEY = 8;

  private static final int MAX_FIELDS = 100;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Remembered beforeFields = new Remembered(new byte[1], null);
  private final Remembered beforeFieldsOfObjects = new Remembered(new byte[1], null);
  private int fields;
  private Remembered lastEscaped = beforeFields;

  /**
   * Scans an object.
   *
   * @param begin after its opening brace
   * @param row is set; null when nothing of the object is wanted
   * @return after its closing brace; or {@link #NONE}, and what was set is not to be used
   */
  int scan(byte[] bytes, int begin, Row row) {
    Remembered field = row == null ? beforeFieldsOfObjects : beforeFields;
    int at = begin;
    while (bytes[at] == '"') {
      field = field(bytes, at + 1, field);
      if (field == null) {
        return NONE;
      }
      at += 1 + field.length;
      if (bytes[at] != ':') {
        return NONE;
      }
      at++;
      Column wanted = row != null && row.wants(field.column) ? field.column : null;
      int value = at + 1;
      if (bytes[at] == '"') {
        at = wanted == null ? stringEnd(bytes, value) : plainEnd(bytes, value);
        if (bytes[at] != '"') {
          return NONE;
        }
        if (wanted == Column.UNIQUE_KEY && at - value == USUAL_KEY && bytes[value] != ' ') {
          row.uniqueKey = UniqueKeys.number(bytes, value, at);
        } else if (wanted != null) {
          row.set(wanted, new String(bytes, value, at - value, StandardCharsets.ISO_8859_1));
        }
        at++;
      } else if (bytes[at] == '{'
          && row != null
          && (wanted == null || (wanted == Column.LOCATION && row.hasPlace()))) {
        at = scan(bytes, value, null);
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

  /** The field whose name begins there; null when that is unusual. */
  private Remembered field(byte[] bytes, int name, Remembered before) {
    Remembered field = before.next;
    while (field != null && !field.isAt(bytes, name)) {
      field = field.next;
    }
    if (field == null) {
      int nameEnd = plainEnd(bytes, name);
      if (bytes[nameEnd] != '"' || nameEnd - name >= MAX_REMEMBERED || fields == MAX_FIELDS) {
        return null;
      }
      field = new Remembered(Arrays.copyOfRange(bytes, name, nameEnd + 1), before.next);
      before.next = field;
      fields++;
    }
    return field;
  }

  /** Where the string ends that begins there; or something unusual is. */
  private int stringEnd(byte[] bytes, int begin) {
    int at = plainEnd(bytes, begin);
    if (bytes[at] != '\\') {
      return at;
    }
    // An address without its parts is the same in most rows.
    if (lastEscaped.isAt(bytes, begin)) {
      return begin + lastEscaped.length - 1;
    }
    while (bytes[at] == '\\' && bytes[at + 1] == '"') {
      at = plainEnd(bytes, at + 2);
    }
    if (bytes[at] == '"' && at - begin < MAX_REMEMBERED) {
      lastEscaped = new Remembered(Arrays.copyOfRange(bytes, begin, at + 1), null);
    }
    return at;
  }

  /** Where the first byte is that is a quote, a backslash, a control character or not ASCII. */
  private static int plainEnd(byte[] bytes, int begin) {
    for (int at = begin; ; at += Long.BYTES) {
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
        // gives one to count: at the first compiler level, counting trailing zeros is a slow call.
        long before = (((stops & -stops) >>> 7) - 1) & 0x0101010101010101L;
        return at + (int) ((before * 0x0101010101010101L) >>> 56);
      }
    }
  }

  /** A text in ASCII with the quote after it, and if it is a field's name, those after it. */
  private static final class Remembered {
    private final byte[] text;
    private final int length;
    private final long head;
    private final long headMask;
    private final Column column;
    private Remembered next;

    Remembered(byte[] text, Remembered next) {
      this.text = text;
      this.length = text.length;
      this.head = (long) EIGHT_BYTES.get(Arrays.copyOf(text, Long.BYTES), 0);
      this.headMask = length < Long.BYTES ? (1L << (8 * length)) - 1 : -1;
      this.column = Column.BY_NAME.get(new String(text, 0, length - 1, StandardCharsets.US_ASCII));
      this.next = next;
    }

    boolean isAt(byte[] bytes, int at) {
      if ((((long) EIGHT_BYTES.get(bytes, at) ^ head) & headMask) != 0) {
        return false;
      }
      for (int i = length - Long.BYTES; i > 0; i -= Long.BYTES) {
        if ((long) EIGHT_BYTES.get(bytes, at + i) != (long) EIGHT_BYTES.get(text, i)) {
          return false;
        }
      }
      return true;
    }
  }
}
