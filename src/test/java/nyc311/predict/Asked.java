package nyc311.predict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.medians.Medians;
import nyc311.medians.TypeMedians;

/** The API over some estimates, asked as the gateway asks; each answer is checked. */
record Asked(Optional<Estimates> published) {
  static final Instant NOW = Instant.parse("2019-07-14T12:30:00Z");
  static final Instant AS_OF = Instant.parse("2019-07-12T10:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  /** Medians and model that come with the jar. */
  static Asked ofTheJar() {
    return new Asked(Priming.publication().current());
  }

  /** Medians of nine days in ten, and no model. */
  static Asked ofMedians(List<Double> moments, TypeMedians... types) {
    Medians medians =
        new Medians(
            AS_OF, LocalDate.of(2019, 7, 1), LocalDate.of(2019, 7, 10), 9, moments, List.of(types));
    return new Asked(Optional.of(new Estimates(new KnownTypes(medians), Optional.empty())));
  }

  /** The body of the answer. */
  JsonNode get(String path, String... namesAndValues) throws IOException {
    Map<String, String> query = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      query.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    HttpRequest request = new HttpRequest("GET", path, query, Set.of(), "", "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Api(() -> published, Optional::empty, answered -> {}, Duration.ofMinutes(5), CLOCK)
        .answer(request)
        .writeTo(out, request);
    CheckedAnswer.check(out.toByteArray(), "GET", path);
    ObjectMapper json = new ObjectMapper();
    return json.readTree(json.readTree(out.toByteArray()).get("body").asText());
  }
}
