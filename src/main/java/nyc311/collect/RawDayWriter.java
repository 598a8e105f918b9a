package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a raw day from the feed's pages: a JSON array, one row a line. The rows come in the order
 * of their unique key, so those of one key follow each other, and only the first is kept. Memory
 * does not grow with the day. For one pull; not thread-safe.
 */
final class RawDayWriter implements Closeable {
  private static final String UNIQUE_KEY = "unique_key";

  /**
   * In characters. Rows have about 400, full ones with all columns 1,500. A longer one is left out:
   * what reads raw days refuses a whole day for the sake of an absurd text in it.
   */
  private static final int MAX_ROW_LENGTH = 64 << 10;

  /** Of a field's name in bytes, of a number in digits, and of objects in each other: the same. */
  private static final int MAX_NAME_BYTES = 128;

  private static final int MAX_DIGITS = 500;
  private static final int MAX_DEPTH = 50;

  /** What one row may have without taking its page down with it, before it is left out. */
  private static final StreamReadConstraints LENIENT =
      StreamReadConstraints.builder()
          .maxNameLength(1 << 20)
          .maxNumberLength(1 << 20)
          .maxNestingDepth(100_000)
          .build();

  /** Without these a row is no service request, so a day that has them nowhere is none. */
  private static final Set<String> REQUIRED = Set.of("created_date", "complaint_type", "status");

  /** A number that is none (NaN) is one row's fault, not the page's: it is written as a text. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LENIENT).build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .build();

  private final JsonGenerator out;
  private final Set<String> missing = new TreeSet<>(REQUIRED);
  private Counts counts = Counts.NONE;
  private Counts beforeLastKey = counts;
  private String lastKey;

  /** What was checked of a page: how many rows it has, and which of them are oversized. */
  record Page(int rows, BitSet oversized) {}

  /**
   * How many rows the feed gave, and how many of them were left out.
   *
   * @param duplicates rows with the unique key of another one
   * @param oversized rows of more than {@link #MAX_ROW_LENGTH}, or with a name, a number or a
   *     nesting beyond what readers of raw days take
   */
  record Counts(long rows, long duplicates, long oversized) {
    static final Counts NONE = new Counts(0, 0, 0);

    /** How many rows were left out, by reason; reasons without any are absent. */
    Map<String, Long> rejected() {
      Map<String, Long> rejected =
          new TreeMap<>(Map.of("duplicate", duplicates, "oversized", oversized));
      rejected.values().removeIf(rows -> rows == 0);
      return rejected;
    }
  }

  /** Overwrites the file. */
  RawDayWriter(Path file) throws IOException {
    // What is half a character in the feed becomes a question mark.
    out =
        JSON.getFactory()
            .createGenerator(new OutputStreamWriter(Files.newOutputStream(file), UTF_8));
    out.writeStartArray();
  }

  /**
   * Reads a page to its end, before any of it is kept.
   *
   * @throws IOException when it is not an array of objects, or not whole
   */
  static Page checked(Path page) throws IOException {
    try (JsonParser json = FeedAnswer.rows(page, JSON.getFactory())) {
      BitSet oversized = new BitSet();
      int rows = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        FeedAnswer.expect(json.currentToken() == JsonToken.START_OBJECT, json);
        long begin = json.currentTokenLocation().getCharOffset();
        boolean plain = isPlain(json);
        if (!plain || json.currentLocation().getCharOffset() - begin > MAX_ROW_LENGTH) {
          oversized.set(rows);
        }
        rows++;
      }
      FeedAnswer.requireEnd(json);
      return new Page(rows, oversized);
    }
  }

  /** Goes to the end of a row. Never has a long text in memory. */
  private static boolean isPlain(JsonParser json) throws IOException {
    boolean plain = true;
    for (int depth = 1; depth > 0; ) {
      JsonToken token = json.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME) {
        plain &= json.currentName().getBytes(UTF_8).length <= MAX_NAME_BYTES;
      } else if (token.isNumeric()) {
        plain &= json.getTextLength() <= MAX_DIGITS;
      }
      plain &= depth <= MAX_DEPTH;
    }
    return plain;
  }

  /** Appends a page's rows. A page after another one begins with the other's last key again. */
  void append(Path page, Page checked) throws IOException {
    boolean again = lastKey != null;
    try (JsonParser json = FeedAnswer.rows(page, JSON.getFactory())) {
      for (int i = 0; json.nextToken() == JsonToken.START_OBJECT; i++) {
        if (checked.oversized.get(i)) {
          json.skipChildren();
          counts = new Counts(counts.rows + 1, counts.duplicates, counts.oversized + 1);
          continue;
        }
        ObjectNode row = JSON.readTree(json);
        row.properties().removeIf(column -> FeedAnswer.isSystemColumn(column.getKey()));
        String key = row.path(UNIQUE_KEY).asText(null);
        if (key != null && key.equals(lastKey)) {
          long duplicates = counts.duplicates + (again ? 0 : 1);
          counts = new Counts(counts.rows + 1, duplicates, counts.oversized);
        } else {
          if (key != null) {
            beforeLastKey = counts;
            lastKey = key;
          }
          counts = new Counts(counts.rows + 1, counts.duplicates, counts.oversized);
          missing.removeIf(row::hasNonNull);
          out.writeRaw('\n');
          JSON.writeTree(out, row);
        }
        again = false;
      }
    }
  }

  /**
   * Where the next page must begin, whatever was inserted or deleted before it meanwhile: with all
   * rows of the last key, which are not counted now, since there may be more of them.
   *
   * @return empty when there is no key to begin with
   */
  Optional<String> next() {
    counts = beforeLastKey;
    return Optional.ofNullable(lastKey);
  }

  /** What was appended so far. */
  Counts counts() {
    return counts;
  }

  /** The columns that a request cannot do without and that no row has; sorted. */
  Set<String> missingColumns() {
    return missing;
  }

  /** Ends the array. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
