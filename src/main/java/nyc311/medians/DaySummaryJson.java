package nyc311.medians;

import static nyc311.json.DocumentReader.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nyc311.json.DocumentReader;
import nyc311.json.InvalidDocumentException;
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

  private static final JsonFactory JSON = DocumentReader.factory(MAX_BYTES);
  private static final int VERSION = 4;

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
        json.writeNumberField("day_only", type.dayOnly());
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
   * @param in the JSON; not closed
   * @throws InvalidDocumentException when it is something else, cut short, or of another version
   * @throws IOException when it cannot be read
   */
  static DaySummary read(InputStream in) throws IOException {
    try (DocumentReader json = new DocumentReader(JSON.createParser(in))) {
      return summary(json);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("day summary document", e);
    }
  }

  private static DaySummary summary(DocumentReader json) throws IOException {
    int version = 0;
    LocalDate day = null;
    String rawEtag = null;
    Instant asOf = null;
    long rows = 0;
    TreeMap<String, Long> rejected = new TreeMap<>();
    List<TypeDay> types = null;
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "version" -> version = json.integer();
        case "day" -> day = json.day();
        case "raw_etag" -> rawEtag = json.text();
        case "as_of" -> asOf = json.instant();
        case "rows" -> rows = json.longInteger();
        case "rejected" -> {
          for (String reason = json.firstField(); reason != null; reason = json.nextField()) {
            rejected.put(reason, json.longInteger());
          }
        }
        case "types" -> types = types(json);
        default -> json.skip();
      }
    }
    DocumentReader.requireForm("version", VERSION, version);
    return new DaySummary(
        require("day", day),
        require("raw_etag", rawEtag),
        require("as_of", asOf),
        rows,
        rejected,
        require("types", types));
  }

  private static List<TypeDay> types(DocumentReader json) throws IOException {
    List<TypeDay> types = new ArrayList<>();
    int requests = 0;
    json.enterArray();
    while (json.nextElement()) {
      TypeDay type = type(json);
      types.add(type);
      requests += type.requests();
      if (types.size() > RawDay.MAX_TYPES || requests > RawDay.MAX_ROWS) {
        throw new IllegalArgumentException(
            "there must be at most %d requests of %d types"
                .formatted(RawDay.MAX_ROWS, RawDay.MAX_TYPES));
      }
    }
    return types;
  }

  private static TypeDay type(DocumentReader json) throws IOException {
    String complaintType = null;
    long[] closed = {};
    long[] open = {};
    int dayOnly = 0;
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "complaint_type" -> complaintType = json.text();
        case "closed" -> closed = requests(json.text());
        case "open" -> open = requests(json.text());
        case "day_only" -> dayOnly = json.integer();
        default -> json.skip();
      }
    }
    return new TypeDay(require("complaint_type", complaintType), closed, open, dayOnly);
  }

  private static long[] requests(String text) {
    PackedRequests requests = new PackedRequests();
    int end = text.length();
    long seconds = 0;
    for (int i = 0; i < end; i += 2) {
      long step = 0;
      int digits = 0;
      for (; i < end && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
        step = 10 * step + text.charAt(i) - '0';
        digits++;
      }
      int hour = i < end ? text.charAt(i) - MIDNIGHT : -1;
      int borough = i + 1 < end ? text.charAt(i + 1) - NO_BOROUGH : -1;
      if (digits == 0
          || digits > MAX_DIGITS
          || hour < 0
          || hour >= Patterns.HOURS
          || borough < 0
          || borough > Patterns.BOROUGHS) {
        throw new IllegalArgumentException(
            "requests must be 1 to " + MAX_DIGITS + " digits, a to x and A to F, each");
      }
      seconds += step;
      if (seconds > MAX_SECONDS) {
        throw new IllegalArgumentException(
            "seconds must be at most " + MAX_SECONDS + ": " + seconds);
      }
      requests.add(PackedRequests.pack(seconds, hour, borough));
    }
    return requests.toArray();
  }
}
