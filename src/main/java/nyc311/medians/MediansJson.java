package nyc311.medians;

import static nyc311.json.DocumentReader.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nyc311.json.DocumentReader;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.Patterns.Group;
import nyc311.requests.Borough;

/**
 * The JSON of {@link Medians}. Equal medians have equal bytes. Written and read token by token,
 * since reading them is part of the API's start.
 */
public final class MediansJson {
  /**
   * {@link nyc311.requests.ComplaintTypes#MAX_PUBLISHED} types take less than 5 MB however long
   * their names and numbers are.
   */
  private static final int MAX_BYTES = 8 << 20;

  private static final JsonFactory JSON = DocumentReader.factory(MAX_BYTES);
  private static final int VERSION = 1;

  /** Ten digits each, and what is between them. */
  private static final int MAX_ENTRY = 40;

  private static final List<Integer> HOURS = Patterns.hours();
  private static final List<DayOfWeek> WEEKDAYS = List.of(DayOfWeek.values());
  private static final List<Borough> BOROUGHS = List.of(Borough.values());

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
    write(json, "hours", HOURS, type.patterns().byHour());
    write(json, "weekdays", WEEKDAYS, type.patterns().byWeekday());
    write(json, "boroughs", BOROUGHS, type.patterns().byBorough());
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

  /** Each group is a list: how many requests, their median, and true if it is at least that. */
  private static <K> void write(
      JsonGenerator json, String field, List<K> keys, Map<K, Group> groups) throws IOException {
    if (groups.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(field);
    for (K key : keys) {
      json.writeStartArray();
      Group group = groups.get(key);
      if (group != null) {
        json.writeNumber(group.requests());
        json.writeNumber(group.p50());
        if (group.atLeast()) {
          json.writeBoolean(true);
        }
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param in the JSON; not closed
   * @throws InvalidDocumentException when it is something else, cut short, or of another version
   * @throws IOException when it cannot be read
   */
  public static Medians read(InputStream in) throws IOException {
    try (DocumentReader json = new DocumentReader(JSON.createParser(in))) {
      return medians(json);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("medians document", e);
    }
  }

  private static Medians medians(DocumentReader json) throws IOException {
    int version = 0;
    Instant asOf = null;
    LocalDate from = null;
    LocalDate to = null;
    List<Double> moments = null;
    List<TypeMedians> types = new ArrayList<>();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "version" -> version = json.integer();
        case "as_of" -> asOf = json.instant();
        case "window" -> {
          for (String side = json.firstField(); side != null; side = json.nextField()) {
            switch (side) {
              case "from" -> from = json.day();
              case "to" -> to = json.day();
              default -> json.skip();
            }
          }
        }
        case "moments" -> moments = json.numbers();
        case "types" -> {
          json.enterArray();
          while (json.nextElement()) {
            types.add(type(json));
          }
        }
        default -> json.skip();
      }
    }
    DocumentReader.requireForm("version", VERSION, version);
    return new Medians(
        require("as_of", asOf),
        require("window.from", from),
        require("window.to", to),
        require("moments", moments),
        types);
  }

  private static TypeMedians type(DocumentReader json) throws IOException {
    String complaintType = null;
    int closed = 0;
    int open = 0;
    double p10 = Double.NaN;
    double p50 = Double.NaN;
    double p90 = Double.NaN;
    boolean atLeast = false;
    boolean p90AtLeast = false;
    List<Double> closedBy = List.of();
    Map<Integer, Group> byHour = Map.of();
    Map<DayOfWeek, Group> byWeekday = Map.of();
    Map<Borough, Group> byBorough = Map.of();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "complaint_type" -> complaintType = json.text();
        case "closed" -> closed = json.integer();
        case "open" -> open = json.integer();
        case "p10" -> p10 = json.number();
        case "p50" -> p50 = json.number();
        case "p90" -> p90 = json.number();
        case "at_least" -> atLeast = json.flag();
        case "p90_at_least" -> p90AtLeast = json.flag();
        case "closed_by" -> closedBy = json.numbers();
        case "hours" -> byHour = groups(json, HOURS);
        case "weekdays" -> byWeekday = groups(json, WEEKDAYS);
        case "boroughs" -> byBorough = groups(json, BOROUGHS);
        case "by_hour" -> byHour = groups(json.text(), HOURS);
        case "by_weekday" -> byWeekday = groups(json.text(), WEEKDAYS);
        case "by_borough" -> byBorough = groups(json.text(), BOROUGHS);
        default -> json.skip();
      }
    }
    return new TypeMedians(
        require("complaint_type", complaintType),
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

  private static <K> Map<K, Group> groups(DocumentReader json, List<K> keys) throws IOException {
    Map<K, Group> groups = new TreeMap<>();
    json.enterArray();
    for (K key : keys) {
      json.nextElement();
      json.enterArray();
      if (json.nextElement()) {
        int requests = json.integer();
        json.nextElement();
        double p50 = json.number();
        boolean flagged = json.nextElement();
        groups.put(key, new Group(p50, flagged && json.flag(), requests));
        if (flagged) {
          requireEnd(json);
        }
      }
    }
    requireEnd(json);
    return groups;
  }

  private static void requireEnd(DocumentReader json) throws IOException {
    if (json.nextElement()) {
      throw new IllegalArgumentException(
          "groups must be as many as there can be, of at most 3 values");
    }
  }

  /**
   * Groups as the version before wrote them, so that nothing is missing until medians are published
   * anew: {@code 0} without a request, otherwise {@code 12:1.5}, with a {@code +} for at least.
   */
  private static <K> Map<K, Group> groups(String text, List<K> keys) {
    String[] entries = text.split(" ", keys.size() + 1);
    if (entries.length != keys.size()) {
      throw new IllegalArgumentException("groups must be " + keys.size() + ": " + entries.length);
    }
    Map<K, Group> groups = new TreeMap<>();
    for (int i = 0; i < entries.length; i++) {
      String entry = entries[i];
      if (!entry.equals("0")) {
        int colon = entry.indexOf(':');
        if (colon < 0 || entry.length() > MAX_ENTRY) {
          throw new IllegalArgumentException("groups must be 0 or such as 12:1.5+");
        }
        boolean atLeast = entry.endsWith("+");
        String p50 = entry.substring(colon + 1, entry.length() - (atLeast ? 1 : 0));
        int requests = Integer.parseInt(entry.substring(0, colon));
        groups.put(keys.get(i), new Group(Double.parseDouble(p50), atLeast, requests));
      }
    }
    return groups;
  }
}
