package nyc311.regression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nyc311.bucket.Keys;

/**
 * Says which objects make up a model; written after them, it publishes it.
 *
 * @param version the model's name, such as {@code 2019-07-24-1f0c93ab}
 * @param parts its objects
 * @param backtest how good it is; empty where its trainer did not say so
 */
public record ModelPointer(
    String version, Map<Part, StoredPart> parts, Optional<BacktestFigures> backtest) {
  /** Changes with the features and with the form of any part: other versions are refused. */
  private static final int FORMAT = 2;

  private static final String BACKTEST = "backtest";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(1 << 16).build())
          .build();

  /** What a model consists of. */
  public enum Part {
    /** The linear model, as Tribuo writes it: for people, the API does not read it. */
    WEIGHTS(".tribuo"),
    /** All that the API needs, derived from it. */
    SERVING(".bin"),
    /** What a person wants to know of it. */
    CARD(".json");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }

    String field() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for one of another format. */
    static Optional<Part> named(String field) {
      return Stream.of(values()).filter(part -> part.field().equals(field)).findFirst();
    }

    /** The end of its key. */
    String suffix() {
      return suffix;
    }
  }

  /**
   * One object.
   *
   * @param key where it is
   * @param sha256 of its bytes, in hexadecimal
   * @param size in bytes
   */
  public record StoredPart(String key, String sha256, long size) {
    private static final long MAX_SIZE = 64 << 20;
    private static final Pattern KEY = Pattern.compile(Keys.MODELS + "[A-Za-z0-9._-]{1,128}");

    /** Checks that it is a model's, and of a size that can be held in memory. */
    public StoredPart {
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException("key must be one below " + Keys.MODELS + ": " + key);
      }
      if (size < 0 || size > MAX_SIZE) {
        throw new IllegalArgumentException("size must be between 0 and " + MAX_SIZE + ": " + size);
      }
    }
  }

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9.-]{1,64}");

  /** Copies the map, and checks the version and that no part is missing. */
  public ModelPointer {
    parts = Map.copyOf(parts);
    if (!isVersion(version)) {
      throw new IllegalArgumentException(
          "version must be 1 to 64 letters, digits, - or .: " + version);
    }
    for (Part part : Part.values()) {
      if (!parts.containsKey(part)) {
        throw new IllegalArgumentException(part.field() + " is missing");
      }
    }
  }

  /** Whether a text can be a model's name. */
  public static boolean isVersion(String text) {
    return VERSION.matcher(text).matches();
  }

  /** Writes it as UTF-8. Equal pointers have equal bytes. */
  byte[] toJson() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("version", version);
      for (Part part : Part.values()) {
        json.writeRaw('\n');
        json.writeObjectFieldStart(part.field());
        json.writeStringField("key", parts.get(part).key);
        json.writeStringField("sha256", parts.get(part).sha256);
        json.writeNumberField("size", parts.get(part).size);
        json.writeEndObject();
      }
      if (backtest.isPresent()) {
        json.writeRaw('\n');
        // In an array: earlier versions take each object for a part.
        json.writeArrayFieldStart(BACKTEST);
        backtest.get().writeTo(json);
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toJson} has written.
   *
   * @param key where it comes from, for messages
   * @param in the JSON; is closed
   * @throws InvalidModelException when it is something else, cut short, or of another format
   */
  public static ModelPointer read(String key, InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(in)) {
      int format = 0;
      String version = "";
      Map<Part, StoredPart> parts = new EnumMap<>(Part.class);
      Optional<BacktestFigures> backtest = Optional.empty();
      json.nextToken();
      String field;
      while ((field = json.nextFieldName()) != null) {
        JsonToken value = json.nextToken();
        if (field.equals("format")) {
          format = json.getIntValue();
        } else if (field.equals("version")) {
          version = value == JsonToken.VALUE_STRING ? json.getText() : "";
        } else if (field.equals(BACKTEST)) {
          backtest = Optional.of(backtest(json));
        } else if (value == JsonToken.START_OBJECT) {
          StoredPart part = part(json);
          Part.named(field).ifPresent(known -> parts.put(known, part));
        } else {
          json.skipChildren();
        }
      }
      if (format != FORMAT) {
        throw new InvalidModelException(key, "format must be " + FORMAT + ": " + format, null);
      }
      return new ModelPointer(version, parts, backtest);
    } catch (JsonProcessingException
        | CharConversionException
        | DateTimeException
        | IllegalArgumentException e) {
      throw new InvalidModelException(key, e.getMessage(), e);
    }
  }

  private static BacktestFigures backtest(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_ARRAY
        && json.nextToken() == JsonToken.START_OBJECT) {
      BacktestFigures figures = BacktestFigures.read(json);
      if (json.nextToken() == JsonToken.END_ARRAY) {
        return figures;
      }
    }
    throw new IllegalArgumentException("backtest must be an array of one object");
  }

  private static StoredPart part(JsonParser json) throws IOException {
    String key = "";
    String sha256 = "";
    long size = 0;
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "key" -> key = json.getText();
        case "sha256" -> sha256 = json.getText();
        case "size" -> size = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return new StoredPart(key, sha256, size);
  }
}
