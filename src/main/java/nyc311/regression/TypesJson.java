package nyc311.regression;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nyc311.json.DocumentReader;
import nyc311.regression.LearntType.Drift;
import nyc311.requests.ComplaintTypes;

/** The JSON of a model's complaint types. */
final class TypesJson {
  private static final JsonFactory JSON = new JsonFactory();

  private TypesJson() {}

  static byte[] write(Map<String, LearntType> types) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      for (Map.Entry<String, LearntType> type : new TreeMap<>(types).entrySet()) {
        json.writeRaw('\n');
        json.writeObjectFieldStart(type.getKey());
        LearntType learnt = type.getValue();
        if (learnt.agency().isPresent()) {
          json.writeStringField("agency", learnt.agency().get());
        }
        json.writeNumberField("requests", Math.round(learnt.requests() * 10) / 10.0);
        json.writeFieldName("drift");
        json.writeArray(new double[] {learnt.drift().p10(), learnt.drift().p90()}, 0, 2);
        json.writeFieldName("descriptors");
        json.writeArray(
            learnt.descriptors().toArray(String[]::new), 0, learnt.descriptors().size());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException when something is missing or out of range
   */
  static Map<String, LearntType> read(byte[] bytes) throws IOException {
    Map<String, LearntType> types = new HashMap<>();
    try (DocumentReader json = new DocumentReader(JSON.createParser(bytes))) {
      for (String type = json.firstField(); type != null; type = json.nextField()) {
        ComplaintTypes.requireName(type);
        if (types.size() == ComplaintTypes.MAX_PUBLISHED) {
          throw new IllegalArgumentException(
              "there must be at most " + ComplaintTypes.MAX_PUBLISHED + " complaint types");
        }
        types.put(type, type(json));
      }
    }
    if (types.isEmpty()) {
      throw new IllegalArgumentException("there must be a complaint type");
    }
    return types;
  }

  private static LearntType type(DocumentReader json) throws IOException {
    Optional<String> agency = Optional.empty();
    double requests = Double.NaN;
    Drift drift = Drift.NONE;
    List<String> descriptors = List.of();
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "agency" -> agency = Optional.of(json.text());
        case "requests" -> requests = json.number();
        case "drift" -> drift = drift(json.numbers());
        case "descriptors" -> descriptors = descriptors(json);
        default -> json.skip();
      }
    }
    return new LearntType(agency, requests, drift, descriptors);
  }

  private static Drift drift(List<Double> ends) {
    if (ends.size() != 2) {
      throw new IllegalArgumentException("drift must be two numbers: " + ends);
    }
    return new Drift(ends.get(0), ends.get(1));
  }

  private static List<String> descriptors(DocumentReader json) throws IOException {
    List<String> names = new ArrayList<>();
    json.enterArray();
    while (json.nextElement()) {
      names.add(ComplaintTypes.requireName(json.text()));
      if (names.size() > RegressionModel.MAX_DESCRIPTORS) {
        throw new IllegalArgumentException(
            "descriptors must be at most " + RegressionModel.MAX_DESCRIPTORS + " names");
      }
    }
    return names;
  }
}
