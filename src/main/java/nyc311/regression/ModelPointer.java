package nyc311.regression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.json.DocumentReader;
import nyc311.json.InvalidDocumentException;
import nyc311.requests.RawDay;

/**
 * Says which objects make up a model; written after them, it publishes it.
 *
 * @param version the model's name, such as {@code 2019-07-24-1f0c93ab}
 * @param asOf the instant that the model's knowledge dates from
 * @param parts its objects
 * @param backtest how good it is; empty where its trainer did not say so
 */
public record ModelPointer(
    String version, Instant asOf, Map<Part, StoredPart> parts, Optional<BacktestFigures> backtest) {
  /** Changes with the features and with the form of any part: other versions are refused. */
  private static final int FORMAT = 3;

  private static final String BACKTEST = "backtest";

  private static final JsonFactory JSON = DocumentReader.factory(1 << 16);

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

  public ModelPointer {
    parts = Map.copyOf(parts);
    RawDay.requireAsOf(asOf);
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
      json.writeStringField("as_of", asOf.toString());
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
   * @param in the JSON; not closed
   * @throws InvalidDocumentException when it is something else, cut short, or of another format
   */
  public static ModelPointer read(String key, InputStream in) throws IOException {
    try (DocumentReader json = new DocumentReader(JSON.createParser(in))) {
      return pointer(json);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("model, " + key, e);
    }
  }

  private static ModelPointer pointer(DocumentReader json) throws IOException {
    int format = 0;
    String version = "";
    Instant asOf = null;
    Map<Part, StoredPart> parts = new EnumMap<>(Part.class);
    Optional<BacktestFigures> backtest = Optional.empty();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "format" -> format = json.integer();
        case "version" -> version = json.text();
        case "as_of" -> asOf = json.instant();
        case BACKTEST -> backtest = Optional.of(backtest(json));
        default -> {
          Optional<Part> part = Part.named(field);
          if (part.isPresent()) {
            parts.put(part.get(), part(json));
          } else {
            json.skip();
          }
        }
      }
    }
    DocumentReader.requireForm("format", FORMAT, format);
    return new ModelPointer(version, DocumentReader.require("as_of", asOf), parts, backtest);
  }

  private static BacktestFigures backtest(DocumentReader json) throws IOException {
    json.enterArray();
    BacktestFigures figures = json.nextElement() ? BacktestFigures.read(json) : null;
    if (figures == null || json.nextElement()) {
      throw new IllegalArgumentException("backtest must be an array of one object");
    }
    return figures;
  }

  private static StoredPart part(DocumentReader json) throws IOException {
    String key = "";
    String sha256 = "";
    long size = 0;
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "key" -> key = json.text();
        case "sha256" -> sha256 = json.text();
        case "size" -> size = json.longInteger();
        default -> json.skip();
      }
    }
    return new StoredPart(key, sha256, size);
  }
}
