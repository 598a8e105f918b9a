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
import java.util.TreeMap;
import nyc311.json.DocumentReader;
import nyc311.requests.ComplaintTypes;

/**
 * The JSON of a model's complaint types: their offsets in log1p(hours), their agencies, and the
 * names of the descriptors that the model knows.
 */
final class TypesJson {
  private static final JsonFactory JSON = new JsonFactory();

  private TypesJson() {}

  static byte[] write(RegressionModel model) {
    Offsets offsets = model.offsets();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      write(json, "overall", offsets.overall());
      json.writeObjectFieldStart("types");
      for (Map.Entry<String, Quantiles> type : new TreeMap<>(offsets.byType()).entrySet()) {
        json.writeRaw('\n');
        json.writeObjectFieldStart(type.getKey());
        write(json, "offsets", type.getValue());
        if (model.agencies().containsKey(type.getKey())) {
          json.writeStringField("agency", model.agencies().get(type.getKey()));
        }
        List<String> descriptors = model.descriptors().getOrDefault(type.getKey(), List.of());
        if (!descriptors.isEmpty()) {
          json.writeFieldName("descriptors");
          json.writeArray(descriptors.toArray(String[]::new), 0, descriptors.size());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String field, Quantiles quantiles)
      throws IOException {
    json.writeFieldName(field);
    json.writeArray(quantiles.toArray(), 0, Quantiles.NAMES.size());
  }

  /** In log1p(hours): fifty thousand years. */
  private static final double MAX_OFFSET = 20;

  /**
   * Reads what {@link #write} has written, or an earlier version without descriptors.
   *
   * @param deviation what the model has beside them
   * @throws IllegalArgumentException when something is missing
   */
  static RegressionModel read(FeatureWeights deviation, byte[] bytes) throws IOException {
    Quantiles overall = null;
    Map<String, Quantiles> offsets = new HashMap<>();
    Map<String, String> agencies = new HashMap<>();
    Map<String, List<String>> descriptors = new HashMap<>();
    try (DocumentReader json = new DocumentReader(JSON.createParser(bytes))) {
      for (String field = json.firstField(); field != null; field = json.nextField()) {
        switch (field) {
          case "overall" -> overall = quantiles(json);
          case "types" -> readTypes(json, offsets, agencies, descriptors);
          default -> json.skip();
        }
      }
    }
    if (overall == null || offsets.isEmpty()) {
      throw new IllegalArgumentException("overall or types are missing");
    }
    return new RegressionModel(deviation, new Offsets(overall, offsets), agencies, descriptors);
  }

  private static void readTypes(
      DocumentReader json,
      Map<String, Quantiles> offsets,
      Map<String, String> agencies,
      Map<String, List<String>> descriptors)
      throws IOException {
    for (String type = json.firstField(); type != null; type = json.nextField()) {
      ComplaintTypes.requireName(type);
      if (offsets.size() == ComplaintTypes.MAX_PUBLISHED) {
        throw new IllegalArgumentException(
            "there must be at most " + ComplaintTypes.MAX_PUBLISHED + " complaint types");
      }
      for (String field = json.firstField(); field != null; field = json.nextField()) {
        switch (field) {
          case "offsets" -> offsets.put(type, quantiles(json));
          case "agency" -> agencies.put(type, json.text());
          case "descriptors" -> descriptors.put(type, descriptors(json));
          default -> json.skip();
        }
      }
    }
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
    return List.copyOf(names);
  }

  private static Quantiles quantiles(DocumentReader json) throws IOException {
    double[] values = new double[Quantiles.NAMES.size()];
    int n = 0;
    json.enterArray();
    for (; json.nextElement(); n++) {
      double value = json.number();
      if (n < values.length) {
        values[n] = value;
      }
    }
    if (n != values.length) {
      throw new IllegalArgumentException("offsets must be " + values.length + ": " + n);
    }
    Quantiles quantiles = new Quantiles(values[0], values[1], values[2]);
    if (quantiles.p10() < 0 || quantiles.p90() > MAX_OFFSET) {
      throw new IllegalArgumentException(
          "offsets must be between 0 and " + MAX_OFFSET + ": " + quantiles);
    }
    return quantiles;
  }
}
