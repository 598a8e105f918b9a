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
import java.util.Map;
import java.util.TreeMap;
import nyc311.medians.DaySummary.TypeDay;
import nyc311.requests.RawDay;

/**
 * The JSON of {@link DaySummary}. Equal summaries have equal bytes.
 *
 * <p>Ascending requests are one string. Each is a number, a small letter and a capital: the step of
 * its seconds from those before it, the hour of its creation ({@code a} is midnight) and its
 * borough ({@code A} when it is not known, and {@code B} to {@code F} by name). That is short, and
 * quick to read, which is most of what a window costs.
 */
final class DaySummaryJson {
  /** What {@link RawDay#MAX_ROWS} rows can take, each with {@link #MAX_DIGITS} and two letters. */
  private static final int MAX_BYTES = 16 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxDocumentLength(MAX_BYTES).build())
          .build();
  private static final String DOCUMENT = "day summary";
  private static final int VERSION = 3;

  /** Thirty thousand years, and so many digits. */
  private static final long MAX_SECONDS = 999_999_999_999L;

  private static final int MAX_DIGITS = 12;
  private static final char MIDNIGHT = 'a';
  private static final char NO_BOROUGH = 'A';

  private DaySummaryJson() {}

  static byte[] write(DaySummary summary) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeStringField("day", summary.day().toString());
      json.writeStringField("raw_etag", summary.rawEtag());
      json.writeStringField("as_of", summary.asOf().toString());
      json.writeNumberField("rows", summary.rows());
      json.writeObjectFieldStart("rejected");
      for (Map.Entry<String, Long> reason : summary.rejected().entrySet()) {
        json.writeNumberField(reason.getKey(), reason.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("types");
      for (TypeDay type : summary.types()) {
        json.writeRaw('\n');
        json.writeStartObject();
        json.writeStringField("complaint_type", type.complaintType());
        write(json, "closed", type.closed());
        write(json, "open", type.open());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String field, long[] requests) throws IOException {
    StringBuilder text = new StringBuilder();
    long before = 0;
    for (long request : requests) {
      long seconds = PackedRequests.seconds(request);
      text.append(seconds - before)
          .append((char) (MIDNIGHT + PackedRequests.hour(request)))
          .append((char) (NO_BOROUGH + PackedRequests.borough(request)));
      before = seconds;
    }
    json.writeStringField(field, text.toString());
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws InvalidDocumentException when it is something else, cut short, or of another version
   * @throws IOException when it cannot be read
   */
  static DaySummary read(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(in)) {
      return summary(json);
    } catch (JsonProcessingException
        | CharConversionException
        | DateTimeException
        | IllegalArgumentException e) {
      throw new InvalidDocumentException(DOCUMENT, e);
    }
  }

  private static DaySummary summary(JsonParser json) throws IOException {
    int version = 0;
    LocalDate day = null;
    String rawEtag = null;
    Instant asOf = null;
    long rows = 0;
    TreeMap<String, Long> rejected = new TreeMap<>();
    List<TypeDay> types = null;
    expect(json.nextToken(), JsonToken.START_OBJECT);
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "version" -> version = json.getIntValue();
        case "day" -> day = LocalDate.parse(text(json));
        case "raw_etag" -> rawEtag = text(json);
        case "as_of" -> asOf = Instant.parse(text(json));
        case "rows" -> rows = json.getLongValue();
        case "rejected" -> {
          expect(json.currentToken(), JsonToken.START_OBJECT);
          String reason;
          while ((reason = json.nextFieldName()) != null) {
            json.nextToken();
            rejected.put(reason, json.getLongValue());
          }
        }
        case "types" -> types = types(json);
        default -> json.skipChildren();
      }
    }
    if (version != VERSION) {
      throw new InvalidDocumentException(DOCUMENT, "version must be " + VERSION + ": " + version);
    }
    if (day == null || rawEtag == null || asOf == null || types == null) {
      throw new InvalidDocumentException(DOCUMENT, "day, raw_etag, as_of or types is missing");
    }
    return new DaySummary(day, rawEtag, asOf, rows, rejected, types);
  }

  private static List<TypeDay> types(JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY);
    List<TypeDay> types = new ArrayList<>();
    int requests = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.START_OBJECT);
      String complaintType = null;
      long[] closed = {};
      long[] open = {};
      String field;
      while ((field = json.nextFieldName()) != null) {
        json.nextToken();
        switch (field) {
          case "complaint_type" -> complaintType = text(json);
          case "closed" -> closed = requests(json);
          case "open" -> open = requests(json);
          default -> json.skipChildren();
        }
      }
      if (complaintType == null) {
        throw new InvalidDocumentException(DOCUMENT, "complaint_type is missing");
      }
      types.add(new TypeDay(complaintType, closed, open));
      requests += closed.length + open.length;
      if (types.size() > RawDay.MAX_TYPES || requests > RawDay.MAX_ROWS) {
        throw new InvalidDocumentException(
            DOCUMENT,
            "there must be at most %d requests of %d types"
                .formatted(RawDay.MAX_ROWS, RawDay.MAX_TYPES));
      }
    }
    return types;
  }

  private static String text(JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.VALUE_STRING);
    return json.getText();
  }

  private static long[] requests(JsonParser json) throws IOException {
    expect(json.currentToken(), JsonToken.VALUE_STRING);
    char[] text = json.getTextCharacters();
    int begin = json.getTextOffset();
    int end = begin + json.getTextLength();
    PackedRequests requests = new PackedRequests();
    long seconds = 0;
    for (int i = begin; i < end; i += 2) {
      long step = 0;
      int digits = 0;
      for (; i < end && text[i] >= '0' && text[i] <= '9'; i++) {
        step = 10 * step + text[i] - '0';
        digits++;
      }
      int hour = i < end ? text[i] - MIDNIGHT : -1;
      int borough = i + 1 < end ? text[i + 1] - NO_BOROUGH : -1;
      if (digits == 0
          || digits > MAX_DIGITS
          || hour < 0
          || hour >= Patterns.HOURS
          || borough < 0
          || borough > Patterns.BOROUGHS) {
        throw new InvalidDocumentException(
            DOCUMENT, "requests must be 1 to " + MAX_DIGITS + " digits, a to x and A to F, each");
      }
      seconds += step;
      if (seconds > MAX_SECONDS) {
        throw new InvalidDocumentException(
            DOCUMENT, "seconds must be at most " + MAX_SECONDS + ": " + seconds);
      }
      requests.add(PackedRequests.pack(seconds, hour, borough));
    }
    return requests.toArray();
  }

  private static void expect(JsonToken token, JsonToken expected) throws InvalidDocumentException {
    if (token != expected) {
      throw new InvalidDocumentException(DOCUMENT, expected + " expected: " + token);
    }
  }
}
