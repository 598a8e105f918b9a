package nyc311.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.json.DocumentReader;
import nyc311.json.InvalidDocumentException;

/**
 * The JSON of judged days, which have sums, and of the record, which has means and shares of them.
 */
final class RecordJson {
  private static final int FORMAT = 1;
  private static final JsonFactory JSON = DocumentReader.factory(16 << 20);

  private RecordJson() {}

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] document(Fields fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      fields.writeTo(json);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes a day. Equal days have equal bytes. */
  static byte[] write(JudgedDay judged) {
    return document(
        json -> {
          json.writeStringField("day", judged.day().toString());
          json.writeStringField("raw_etag", judged.rawEtag());
          json.writeStringField("as_of", judged.asOf().toString());
          json.writeStringField("copied", judged.copied().toString());
          json.writeStringField("medians_as_of", judged.mediansAsOf().toString());
          if (judged.model().isPresent()) {
            json.writeStringField("model", judged.model().get());
          }
          json.writeNumberField("unknown", judged.unknown());
          json.writeNumberField("unlearnt", judged.unlearnt());
          json.writeObjectFieldStart("types");
          for (Map.Entry<String, Map<Asked, Tally>> type : judged.types().entrySet()) {
            json.writeRaw('\n');
            json.writeObjectFieldStart(type.getKey());
            for (Map.Entry<Asked, Tally> asked : type.getValue().entrySet()) {
              json.writeFieldName(name(asked.getKey()));
              writeSums(json, asked.getValue());
            }
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }

  private static String name(Asked asked) {
    return asked.name().toLowerCase(Locale.ROOT);
  }

  private static void writeSums(JsonGenerator json, Tally tally) throws IOException {
    json.writeStartObject();
    writeCounts(json, tally);
    json.writeNumberField("mlog_cap", rounded(tally.mlogCap(), 1e6));
    json.writeArrayFieldStart("pinball");
    for (double sum : tally.pinball()) {
      json.writeNumber(rounded(sum, 1e6));
    }
    json.writeEndArray();
    writeIntegers(json, "closed_by", tally.closedBy());
    writeIntegers(json, "followed", tally.followed());
    json.writeEndObject();
  }

  private static void writeCounts(JsonGenerator json, Tally tally) throws IOException {
    json.writeNumberField("requests", tally.requests());
    json.writeNumberField("below", tally.below());
    json.writeNumberField("within", tally.within());
    json.writeNumberField("above", tally.above());
  }

  private static void writeIntegers(JsonGenerator json, String field, List<Integer> integers)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (int integer : integers) {
      json.writeNumber(integer);
    }
    json.writeEndArray();
  }

  private static double rounded(double value, double parts) {
    return Math.round(value * parts) / parts;
  }

  /**
   * Writes the record: so it is published, and so the API tells it. Equal ones have equal bytes.
   */
  static byte[] write(TrackRecord record) {
    return document(
        json -> {
          List<JudgedDay> days = record.days();
          json.writeStringField("as_of", record.asOf().toString());
          json.writeStringField("from", days.get(0).day().toString());
          json.writeStringField("to", days.get(days.size() - 1).day().toString());
          json.writeObjectFieldStart("total");
          writeScores(json, record.total());
          json.writeEndObject();
          json.writeArrayFieldStart("days");
          for (JudgedDay day : days) {
            json.writeRaw('\n');
            json.writeStartObject();
            json.writeStringField("day", day.day().toString());
            if (day.model().isPresent()) {
              json.writeStringField("model", day.model().get());
            }
            json.writeNumberField("unknown", day.unknown());
            json.writeNumberField("unlearnt", day.unlearnt());
            writeScores(json, day.total());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeArrayFieldStart("complaint_types");
          for (Map.Entry<String, Map<Asked, Tally>> type : record.types().entrySet()) {
            json.writeRaw('\n');
            json.writeStartObject();
            json.writeStringField("complaint_type", type.getKey());
            writeScores(json, type.getValue());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void writeScores(JsonGenerator json, Map<Asked, Tally> scores) throws IOException {
    for (Map.Entry<Asked, Tally> asked : scores.entrySet()) {
      Tally tally = asked.getValue();
      json.writeObjectFieldStart(name(asked.getKey()));
      writeCounts(json, tally);
      json.writeNumberField("mlog_cap", rounded(tally.meanMlogCap(), 1e4));
      json.writeNumberField("pinball_sum", rounded(tally.meanPinballSum(), 1e4));
      json.writeArrayFieldStart("closed_by");
      for (int i = 0; i < Tally.LEVELS.size(); i++) {
        int followed = tally.followed().get(i);
        if (followed > 0) {
          json.writeStartObject();
          json.writeNumberField("promised", Tally.LEVELS.get(i));
          json.writeNumberField("kept", rounded((double) tally.closedBy().get(i) / followed, 1e4));
          json.writeNumberField("requests", followed);
          json.writeEndObject();
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /**
   * Reads a judged day.
   *
   * @param in the JSON; not closed
   * @throws InvalidDocumentException when it is something else, cut short, or of another format
   */
  static JudgedDay read(InputStream in) throws IOException {
    try (DocumentReader json = new DocumentReader(JSON.createParser(in))) {
      return judgedDay(json);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("judged day", e);
    }
  }

  private static JudgedDay judgedDay(DocumentReader json) throws IOException {
    int format = 0;
    LocalDate day = null;
    String rawEtag = null;
    Instant asOf = null;
    LocalDate copied = null;
    Instant mediansAsOf = null;
    Optional<String> model = Optional.empty();
    int unknown = 0;
    int unlearnt = 0;
    SortedMap<String, Map<Asked, Tally>> types = new TreeMap<>();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "format" -> format = json.integer();
        case "day" -> day = json.day();
        case "raw_etag" -> rawEtag = json.text();
        case "as_of" -> asOf = json.instant();
        case "copied" -> copied = json.day();
        case "medians_as_of" -> mediansAsOf = json.instant();
        case "model" -> model = Optional.of(json.text());
        case "unknown" -> unknown = json.integer();
        case "unlearnt" -> unlearnt = json.integer();
        case "types" -> {
          for (String type = json.firstField(); type != null; type = json.nextField()) {
            types.put(type, sumsByAsked(json));
          }
        }
        default -> json.skip();
      }
    }
    DocumentReader.requireForm("format", FORMAT, format);
    return new JudgedDay(
        DocumentReader.require("day", day),
        DocumentReader.require("raw_etag", rawEtag),
        DocumentReader.require("as_of", asOf),
        DocumentReader.require("copied", copied),
        DocumentReader.require("medians_as_of", mediansAsOf),
        model,
        unknown,
        unlearnt,
        types);
  }

  private static Map<Asked, Tally> sumsByAsked(DocumentReader json) throws IOException {
    Map<Asked, Tally> sums = new EnumMap<>(Asked.class);
    for (String asked = json.firstField(); asked != null; asked = json.nextField()) {
      sums.put(Asked.valueOf(asked.toUpperCase(Locale.ROOT)), sums(json));
    }
    return sums;
  }

  private static Tally sums(DocumentReader json) throws IOException {
    int requests = 0;
    int below = 0;
    int within = 0;
    int above = 0;
    double mlogCap = 0;
    List<Double> pinball = List.of();
    List<Integer> closedBy = List.of();
    List<Integer> followed = List.of();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "requests" -> requests = json.integer();
        case "below" -> below = json.integer();
        case "within" -> within = json.integer();
        case "above" -> above = json.integer();
        case "mlog_cap" -> mlogCap = json.number();
        case "pinball" -> pinball = json.numbers();
        case "closed_by" -> closedBy = integers(json);
        case "followed" -> followed = integers(json);
        default -> json.skip();
      }
    }
    return new Tally(requests, below, within, above, mlogCap, pinball, closedBy, followed);
  }

  private static List<Integer> integers(DocumentReader json) throws IOException {
    List<Integer> integers = new ArrayList<>();
    json.enterArray();
    while (json.nextElement()) {
      integers.add(json.integer());
    }
    return integers;
  }
}
