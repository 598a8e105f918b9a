package nyc311.medians;

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
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON of {@link Medians}. Equal medians have equal bytes. Written and read token by token,
 * since reading them is part of the API's start. {@link Patterns} that cannot be read are as if
 * there were none.
 */
public final class MediansJson {
  /**
   * {@link nyc311.requests.ComplaintTypes#MAX_PUBLISHED} types take less than 5 MB however long
   * their names and numbers are.
   */
  private static final int MAX_BYTES = 8 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxDocumentLength(MAX_BYTES).build())
          .build();
  private static final String DOCUMENT = "medians";
  private static final int VERSION = 1;

  private MediansJson() {}

  /** Writes medians as UTF-8. */
  public static byte[] write(Medians medians) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeStringField("as_of", medians.asOf().toString());
      json.writeObjectFieldStart("window");
      json.writeStringField("from", medians.from().toString());
      json.writeStringField("to", medians.to().toString());
      json.writeNumberField("days", medians.days());
      json.writeEndObject();
      json.writeNumberField("requests", medians.requests());
      write(json, "moments", medians.moments());
      json.writeArrayFieldStart("types");
      for (TypeMedians type : medians.types()) {
        json.writeRaw('\n');
        write(json, type);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, TypeMedians type) throws IOException {
    json.writeStartObject();
    json.writeStringField("complaint_type", type.complaintType());
    json.writeNumberField("closed", type.closed());
    json.writeNumberField("open", type.open());
    json.writeNumberField("p10", type.p10());
    json.writeNumberField("p50", type.p50());
    json.writeNumberField("p90", type.p90());
    json.writeBooleanField("at_least", type.atLeast());
    json.writeBooleanField("p90_at_least", type.p90AtLeast());
    write(json, "closed_by", type.closedBy());
    writeUnlessEmpty(json, "by_hour", type.patterns().hoursText());
    writeUnlessEmpty(json, "by_weekday", type.patterns().weekdaysText());
    writeUnlessEmpty(json, "by_borough", type.patterns().boroughsText());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String field, List<Double> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (double value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  private static void writeUnlessEmpty(JsonGenerator json, String field, String text)
      throws IOException {
    if (!text.isEmpty()) {
      json.writeStringField(field, text);
    }
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param in the JSON; not closed
   * @throws InvalidDocumentException when it is something else, cut short, or of another version
   * @throws IOException when it cannot be read
   */
  public static Medians read(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(in)) {
      json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      return medians(json);
    } catch (JsonProcessingException
        | CharConversionException
        | DateTimeException
        | IllegalArgumentException e) {
      throw new InvalidDocumentException(DOCUMENT, e);
    }
  }

  private static Medians medians(JsonParser json) throws IOException {
    expect(json, json.nextToken(), JsonToken.START_OBJECT);
    int version = 0;
    Instant asOf = null;
    LocalDate from = null;
    LocalDate to = null;
    List<Double> moments = null;
    List<TypeMedians> types = new ArrayList<>();
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "version" -> version = json.getIntValue();
        case "as_of" -> asOf = Instant.parse(text(json));
        case "window" -> {
          expect(json, json.currentToken(), JsonToken.START_OBJECT);
          String side;
          while ((side = json.nextFieldName()) != null) {
            json.nextToken();
            switch (side) {
              case "from" -> from = LocalDate.parse(text(json));
              case "to" -> to = LocalDate.parse(text(json));
              default -> json.skipChildren();
            }
          }
        }
        case "moments" -> moments = numbers(json);
        case "types" -> {
          expect(json, json.currentToken(), JsonToken.START_ARRAY);
          while (json.nextToken() != JsonToken.END_ARRAY) {
            types.add(type(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    if (version != VERSION) {
      throw new InvalidDocumentException(DOCUMENT, "version must be " + VERSION + ": " + version);
    }
    require("as_of", asOf);
    require("window.from", from);
    require("window.to", to);
    require("moments", moments);
    return new Medians(asOf, from, to, moments, types);
  }

  private static TypeMedians type(JsonParser json) throws IOException {
    expect(json, json.currentToken(), JsonToken.START_OBJECT);
    String complaintType = null;
    int closed = 0;
    int open = 0;
    double p10 = Double.NaN;
    double p50 = Double.NaN;
    double p90 = Double.NaN;
    boolean atLeast = false;
    boolean p90AtLeast = false;
    List<Double> closedBy = List.of();
    String byHour = "";
    String byWeekday = "";
    String byBorough = "";
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "complaint_type" -> complaintType = text(json);
        case "closed" -> closed = json.getIntValue();
        case "open" -> open = json.getIntValue();
        case "p10" -> p10 = json.getDoubleValue();
        case "p50" -> p50 = json.getDoubleValue();
        case "p90" -> p90 = json.getDoubleValue();
        case "at_least" -> atLeast = json.getBooleanValue();
        case "p90_at_least" -> p90AtLeast = json.getBooleanValue();
        case "closed_by" -> closedBy = numbers(json);
        case "by_hour" -> byHour = text(json);
        case "by_weekday" -> byWeekday = text(json);
        case "by_borough" -> byBorough = text(json);
        default -> json.skipChildren();
      }
    }
    require("complaint_type", complaintType);
    return new TypeMedians(
        complaintType,
        closed,
        open,
        p10,
        p50,
        p90,
        atLeast,
        p90AtLeast,
        closedBy,
        new Patterns(byHour, byWeekday, byBorough));
  }

  private static String text(JsonParser json) throws IOException {
    expect(json, json.currentToken(), JsonToken.VALUE_STRING);
    return json.getText();
  }

  private static List<Double> numbers(JsonParser json) throws IOException {
    expect(json, json.currentToken(), JsonToken.START_ARRAY);
    List<Double> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      numbers.add(json.getDoubleValue());
    }
    return numbers;
  }

  private static void expect(JsonParser json, JsonToken token, JsonToken expected)
      throws InvalidDocumentException {
    if (token != expected) {
      throw new InvalidDocumentException(
          DOCUMENT, expected + " expected: " + token + " at " + json.currentTokenLocation());
    }
  }

  private static void require(String field, Object value) throws InvalidDocumentException {
    if (value == null) {
      throw new InvalidDocumentException(DOCUMENT, field + " is missing");
    }
  }
}
