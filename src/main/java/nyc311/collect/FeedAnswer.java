package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The body of an answer: an array of rows, or an object that has it as {@code data}. */
final class FeedAnswer {
  private FeedAnswer() {}

  /**
   * Opens an answer, at the beginning of its array. Bytes that are no characters become replacement
   * characters, so that they cost no row.
   *
   * @throws IOException when there is no array
   */
  static JsonParser rows(Path answer, JsonFactory format) throws IOException {
    JsonParser json = format.createParser(reader(answer));
    try {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          json.nextToken();
          if (name.equals("data")) {
            break;
          }
          json.skipChildren();
        }
      }
      expect(json.currentToken() == JsonToken.START_ARRAY, json);
      return json;
    } catch (IOException e) {
      json.close();
      throw e;
    }
  }

  /** Passes a byte-order mark over. */
  private static Reader reader(Path answer) throws IOException {
    Reader text = new BufferedReader(new InputStreamReader(Files.newInputStream(answer), UTF_8));
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  /** Requires that no other rows follow the array's end, which was read. */
  static void requireEnd(JsonParser json) throws IOException {
    if (json.getParsingContext().inObject()) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        json.nextToken();
        json.skipChildren();
      }
    }
    expect(json.nextToken() == null, json);
  }

  /** Whether a column is the platform's own, which SODA 3 adds to what was asked for. */
  static boolean isSystemColumn(String name) {
    return name.startsWith(":");
  }

  /**
   * The value in an answer that is one row of one value.
   *
   * @return empty when it is null, which the feed leaves out
   */
  static Optional<String> value(Path answer) throws IOException {
    try (JsonParser json = rows(answer, new JsonFactory())) {
      expect(json.nextToken() == JsonToken.START_OBJECT, json);
      String value = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean system = isSystemColumn(json.currentName());
        expect(json.nextToken().isScalarValue(), json);
        value = system ? value : json.getValueAsString();
      }
      expect(json.nextToken() == JsonToken.END_ARRAY, json);
      requireEnd(json);
      return Optional.ofNullable(value);
    }
  }

  /** Requires what the rows of an answer have in common. */
  static void expect(boolean holds, JsonParser json) throws IOException {
    if (!holds) {
      throw new IOException("answer is not an array of rows, at " + json.currentLocation());
    }
  }
}
