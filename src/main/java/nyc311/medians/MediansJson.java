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
   * {@link nyc311.requests.ComplaintTypes#MAX_PUBLISHED} types take less than 10 MB however long
   * their names and numbers are.
   */
  private static final int MAX_BYTES = 16 << 20;

  private static final JsonFactory JSON = DocumentReader.factory(MAX_BYTES);
  private static final int VERSION = 1;

  private static final String INTERVALS = "_intervals";
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
      json.writeNumberField("days_with_data", medians.daysWithData());
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
    json.writeFieldName("interval");
    write(json, type.interval());
    json.writeNumberField("day_only", type.dayOnly());
    json.writeNumberField("follow_up", type.followUp());
    write(json, "closed_by", type.closedBy());
    json.writeArrayFieldStart("followed");
    for (int requests : type.followed()) {
      json.writeNumber(requests);
    }
    json.writeEndArray();
    write(json, "hours", HOURS, type.patterns().byHour());
    write(json, "weekdays", WEEKDAYS, type.patterns().byWeekday());
    write(json, "boroughs", BOROUGHS, type.patterns().byBorough());
    json.writeEndObject();
  }

  /** Its two ends; the lower one alone where the other is not known. */
  private static void write(JsonGenerator json, Interval interval) throws IOException {
    json.writeStartArray();
    json.writeNumber(interval.lower());
    if (interval.upper() < Double.POSITIVE_INFINITY) {
      json.writeNumber(interval.upper());
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, String field, List<Double> values)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (double value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  /**
   * Each group is a list: how many requests, their median, and true if it is at least that. The
   * intervals are beside them, in a list of their own, which the version before does not read.
   */
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
    json.writeArrayFieldStart(field + INTERVALS);
    for (K key : keys) {
      if (groups.containsKey(key)) {
        write(json, groups.get(key).interval());
      }
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
    int daysWithData = 0;
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
              case "days_with_data" -> daysWithData = json.integer();
              default -> json.skip();
            }
          }
        }
        case "moments" -> moments = json.numbers();
        case "types" -> {
          json.enterArray();
          while (json.nextElement()) {
            types.add(type(json, moments));
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
        daysWithData,
        require("moments", moments),
        types);
  }

  /**
   * @param moments null where they have not come yet
   */
  private static TypeMedians type(DocumentReader json, List<Double> moments) throws IOException {
    String complaintType = null;
    int closed = 0;
    int open = 0;
    double p10 = Double.NaN;
    double p50 = Double.NaN;
    double p90 = Double.NaN;
    boolean atLeast = false;
    boolean p90AtLeast = false;
    Interval interval = Interval.UNTOLD;
    double dayOnly = 0;
    double followUp = Double.NaN;
    List<Double> closedBy = List.of();
    List<Integer> followed = List.of();
    Groups<Integer> hours = new Groups<>(HOURS);
    Groups<DayOfWeek> weekdays = new Groups<>(WEEKDAYS);
    Groups<Borough> boroughs = new Groups<>(BOROUGHS);
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
        case "interval" -> interval = interval(json);
        case "day_only" -> dayOnly = json.number();
        case "follow_up" -> followUp = json.number();
        case "closed_by" -> closedBy = json.numbers();
        case "followed" -> followed = integers(json);
        case "hours" -> hours.read(json);
        case "weekdays" -> weekdays.read(json);
        case "boroughs" -> boroughs.read(json);
        case "hours_intervals" -> hours.readIntervals(json);
        case "weekdays_intervals" -> weekdays.readIntervals(json);
        case "boroughs_intervals" -> boroughs.readIntervals(json);
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
        interval,
        dayOnly,
        Double.isNaN(followUp) ? followUp(p90, p90AtLeast, closedBy, moments) : followUp,
        closedBy,
        followed,
        new Patterns(hours.groups(), weekdays.groups(), boroughs.groups()));
  }

  /** As far as medians show that were written before it was told. */
  private static double followUp(
      double p90, boolean p90AtLeast, List<Double> closedBy, List<Double> moments) {
    boolean curveEndsBefore =
        p90AtLeast || moments == null || closedBy.isEmpty() || closedBy.size() > moments.size();
    return curveEndsBefore ? p90 : Math.max(p90, moments.get(closedBy.size() - 1));
  }

  private static List<Integer> integers(DocumentReader json) throws IOException {
    List<Integer> integers = new ArrayList<>();
    json.enterArray();
    while (json.nextElement()) {
      integers.add(json.integer());
    }
    return integers;
  }

  private static Interval interval(DocumentReader json) throws IOException {
    List<Double> ends = json.numbers();
    if (ends.isEmpty() || ends.size() > 2) {
      throw new IllegalArgumentException("intervals must be of 1 or 2 values: " + ends.size());
    }
    return new Interval(ends.get(0), ends.size() == 2 ? ends.get(1) : Double.POSITIVE_INFINITY);
  }

  /** Groups as they are read: first these, then the intervals of their medians. */
  private static final class Groups<K> {
    private final List<K> keys;
    private final Map<K, Group> groups = new TreeMap<>();

    Groups(List<K> keys) {
      this.keys = keys;
    }

    void read(DocumentReader json) throws IOException {
      json.enterArray();
      for (K key : keys) {
        json.nextElement();
        json.enterArray();
        if (json.nextElement()) {
          int requests = json.integer();
          json.nextElement();
          double p50 = json.number();
          boolean flagged = json.nextElement();
          groups.put(key, new Group(p50, flagged && json.flag(), requests, Interval.UNTOLD));
          if (flagged) {
            requireEnd(json);
          }
        }
      }
      requireEnd(json);
    }

    void readIntervals(DocumentReader json) throws IOException {
      json.enterArray();
      for (Map.Entry<K, Group> entry : groups.entrySet()) {
        json.nextElement();
        Group group = entry.getValue();
        entry.setValue(new Group(group.p50(), group.atLeast(), group.requests(), interval(json)));
      }
      requireEnd(json);
    }

    Map<K, Group> groups() {
      return groups;
    }

    private static void requireEnd(DocumentReader json) throws IOException {
      if (json.nextElement()) {
        throw new IllegalArgumentException(
            "groups must be as many as there can be, of at most 3 values");
      }
    }
  }
}
