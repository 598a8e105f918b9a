package nyc311.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a JSON document field by field. What is not as expected is refused with an {@link
 * IllegalArgumentException} that names field and place; {@link InvalidDocumentException#of} adds
 * the document. Token by token and without a lambda, since reading documents is part of the API's
 * start. Not thread-safe.
 */
public final class DocumentReader implements Closeable {
  private final JsonParser json;

  /**
   * @param json at its beginning; is closed with this
   */
  public DocumentReader(JsonParser json) {
    this.json = json;
  }

  /** For documents of at most so many bytes, read from streams that stay open. */
  public static JsonFactory factory(long maxBytes) {
    return JsonFactory.builder()
        .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
        .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(maxBytes).build())
        .build();
  }

  /** Enters an object, at first the document; the name of its first field, or null. */
  public String firstField() throws IOException {
    if (json.currentToken() == null) {
      json.nextToken();
    }
    expect(json.currentToken() == JsonToken.START_OBJECT, "an object");
    return nextField();
  }

  /** The name of the next field, whose value is to be read or skipped; null after the last. */
  public String nextField() throws IOException {
    String field = json.nextFieldName();
    if (field != null) {
      json.nextToken();
    }
    return field;
  }

  public void enterArray() {
    expect(json.currentToken() == JsonToken.START_ARRAY, "an array");
  }

  /** Whether there is another element, which is to be read or skipped. */
  public boolean nextElement() throws IOException {
    return json.nextToken() != JsonToken.END_ARRAY;
  }

  /** Passes over a value of any kind. */
  public void skip() throws IOException {
    json.skipChildren();
  }

  public String text() throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_STRING, "a text");
    return json.getText();
  }

  public int integer() throws IOException {
    expect(json.currentToken().isNumeric(), "a number");
    return json.getIntValue();
  }

  public long longInteger() throws IOException {
    expect(json.currentToken().isNumeric(), "a number");
    return json.getLongValue();
  }

  public double number() throws IOException {
    expect(json.currentToken().isNumeric(), "a number");
    return json.getDoubleValue();
  }

  public boolean flag() throws IOException {
    expect(json.currentToken().isBoolean(), "true or false");
    return json.getBooleanValue();
  }

  public Instant instant() throws IOException {
    String text = text();
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(place() + ": " + e.getMessage(), e);
    }
  }

  public LocalDate day() throws IOException {
    String text = text();
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(place() + ": " + e.getMessage(), e);
    }
  }

  public List<Double> numbers() throws IOException {
    enterArray();
    List<Double> numbers = new ArrayList<>();
    while (nextElement()) {
      numbers.add(number());
    }
    return numbers;
  }

  /** A value that the document must have. */
  public static <T> T require(String field, T value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value;
  }

  /** Checks a number that says which form a document has. */
  public static void requireForm(String field, int expected, int form) {
    if (form != expected) {
      throw new IllegalArgumentException(field + " must be " + expected + ": " + form);
    }
  }

  private void expect(boolean holds, String kind) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s must be %s: %s at %s"
              .formatted(place(), kind, json.currentToken(), json.currentTokenLocation()));
    }
  }

  /** A JSON pointer to the value, such as {@code /types/3/p50}. */
  private String place() {
    String pointer = json.getParsingContext().pathAsPointer().toString();
    return pointer.isEmpty() ? "it" : pointer;
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
