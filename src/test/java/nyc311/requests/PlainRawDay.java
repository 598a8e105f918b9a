package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import nyc311.bucket.StoredObject;
import nyc311.json.JsonFault;
import nyc311.local.OneSecond;

/**
 * A raw day as plain Jackson reads it, token by token: the plain way that {@link RawDay}'s is held
 * against.
 */
final class PlainRawDay {
  static final LocalDate DAY = LocalDate.of(2019, 7, 1);
  static final Instant BOUND = Instant.parse("2019-08-01T00:00:00Z");

  private static final Set<String> TEXTS =
      Set.of(
          "unique_key",
          "created_date",
          "closed_date",
          "status",
          "complaint_type",
          "descriptor",
          "descriptor_2",
          "agency",
          "borough");

  /** What came of a reading. */
  record Outcome(List<ServiceRequest> accepted, Optional<RawDay> report, Optional<String> problem) {
    /** Whether a text was too long, or objects too deep. */
    private boolean isTooMuch() {
      return problem.orElse("").contains("exceeds the maximum allowed");
    }
  }

  private final JsonParser json;
  private final LocalDate day;
  private final boolean withPlaces;
  private final List<ServiceRequest> accepted = new ArrayList<>();
  private final Map<Rejection, Long> rejected = new EnumMap<>(Rejection.class);
  private long rows;
  private final List<Instant> times = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private final NavigableSet<LocalDate> elsewhere = new TreeSet<>();

  private Map<String, String> texts;
  private boolean overlong;
  private Double latitude;
  private Double longitude;

  private PlainRawDay(JsonParser json, LocalDate day, boolean withPlaces) {
    this.json = json;
    this.day = day;
    this.withPlaces = withPlaces;
  }

  /** Holds the main program against plain Jackson. */
  static void assertReadAlike(byte[] file, LocalDate day) throws IOException {
    for (boolean withPlaces : new boolean[] {true, false}) {
      Outcome ours = OneSecond.of(() -> ours(new ByteArrayInputStream(file), day, withPlaces));
      Outcome plain = plain(file, day, withPlaces);
      if (ours.isTooMuch() || plain.isTooMuch()) {
        // When a reader says so depends on its buffer: it may see another fault before.
        assertThat(ours.problem).isPresent();
        assertThat(plain.problem).isPresent();
        assertThat(ours.accepted).isEqualTo(plain.accepted);
      } else {
        assertThat(ours).as(() -> new String(file, UTF_8)).isEqualTo(plain);
      }
    }
  }

  /** As the main program reads it. */
  static Outcome ours(InputStream file, LocalDate day, boolean withPlaces) throws IOException {
    List<ServiceRequest> accepted = new ArrayList<>();
    try {
      StoredObject raw = Put.byHand(file, BOUND);
      RawDay report =
          withPlaces
              ? RawDay.read(day, raw, accepted::add)
              : RawDay.readWithoutPlaces(day, raw, accepted::add);
      return new Outcome(accepted, Optional.of(report), Optional.empty());
    } catch (MalformedRawDayException e) {
      return new Outcome(accepted, Optional.empty(), Optional.of(e.getMessage()));
    }
  }

  /** As plain Jackson reads it; never with a factory that knows names of other files. */
  private static Outcome plain(byte[] file, LocalDate day, boolean withPlaces) throws IOException {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(256).build())
            .build();
    try (JsonParser json = factory.createParser(new ByteArrayInputStream(file))) {
      return new PlainRawDay(json, day, withPlaces).read();
    } catch (CharConversionException e) {
      return refused(List.of(), null, e.getMessage());
    }
  }

  private static Outcome refused(List<ServiceRequest> accepted, JsonLocation at, String problem) {
    int line = at == null ? 1 : at.getLineNr();
    int column = at == null ? 1 : Math.max(1, at.getColumnNr());
    return new Outcome(
        accepted,
        Optional.empty(),
        Optional.of("a-key at line %d, column %d: %s".formatted(line, column, problem)));
  }

  private Outcome read() throws IOException {
    try {
      require(json.nextToken() == JsonToken.START_ARRAY, "not a JSON array of objects");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        require(json.currentToken() == JsonToken.START_OBJECT, "not a JSON object");
        readRow();
        judgeRow();
      }
      require(json.nextToken() == null, "more after the array");
      if (accepted.isEmpty() && !elsewhere.isEmpty()) {
        String problem =
            "a-key: must have rows of its day: %d of its %d rows were created from %s to %s"
                .formatted(
                    rejected.get(Rejection.CREATED_ON_ANOTHER_DAY),
                    rows,
                    elsewhere.first(),
                    elsewhere.last());
        return new Outcome(accepted, Optional.empty(), Optional.of(problem));
      }
      return new Outcome(
          accepted, Optional.of(new RawDay(day, asOf(), rows, rejected)), Optional.empty());
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? json.currentLocation() : e.getLocation();
      return refused(accepted, at, JsonFault.plain(e.getOriginalMessage()));
    } catch (CharConversionException e) {
      return refused(accepted, null, e.getMessage());
    }
  }

  private void require(boolean holds, String problem) throws JsonParseException {
    if (!holds) {
      throw new JsonParseException(json, problem, json.currentTokenLocation());
    }
  }

  private void readRow() throws IOException {
    texts = new HashMap<>();
    overlong = false;
    latitude = null;
    longitude = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      if (TEXTS.contains(name)) {
        String text = text();
        if (text != null && text.length() > 1_000) {
          overlong = true;
        } else {
          texts.put(name, text == null || text.isBlank() ? null : text);
        }
      } else if (name.equals("latitude")) {
        latitude = degrees();
      } else if (name.equals("longitude")) {
        longitude = degrees();
      } else if (name.equals("location") && json.currentToken() == JsonToken.START_OBJECT) {
        readLocation();
      } else {
        json.skipChildren();
      }
    }
  }

  private void readLocation() throws IOException {
    Double north = null;
    Double east = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("latitude")) {
        north = degrees();
      } else if (name.equals("longitude")) {
        east = degrees();
      } else if (name.equals("coordinates") && json.currentToken() == JsonToken.START_ARRAY) {
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
          Double degrees = degrees();
          east = i == 0 ? degrees : east;
          north = i == 1 ? degrees : north;
        }
      } else {
        json.skipChildren();
      }
    }
    if (latitude == null || longitude == null) {
      latitude = north;
      longitude = east;
    }
  }

  private void judgeRow() {
    rows++;
    String type = texts.get("complaint_type");
    String status = texts.get("status");
    Instant created = PlainTimestamp.instant(texts.get("created_date"), Instant.MIN);
    Instant closed =
        created == null ? null : PlainTimestamp.instant(texts.get("closed_date"), created);
    String plainStatus = status == null ? "" : status.strip().toLowerCase(Locale.ROOT);
    boolean isClosed =
        List.of("closed", "unspecified").contains(plainStatus) && texts.get("closed_date") != null;

    // The first that holds.
    Map<Rejection, Boolean> reasons = new LinkedHashMap<>();
    reasons.put(Rejection.OVERLONG_TEXT, overlong);
    reasons.put(Rejection.MISSING_CREATED_DATE, texts.get("created_date") == null);
    reasons.put(Rejection.INVALID_CREATED_DATE, created == null);
    reasons.put(
        Rejection.MISSING_COMPLAINT_TYPE,
        type == null || type.codePoints().noneMatch(Character::isLetterOrDigit));
    reasons.put(Rejection.OVERLONG_COMPLAINT_TYPE, type != null && type.length() > 200);
    reasons.put(Rejection.MISSING_STATUS, status == null);
    reasons.put(
        Rejection.CANCELLED, List.of("cancel", "canceled", "cancelled").contains(plainStatus));
    reasons.put(
        Rejection.CREATED_ON_ANOTHER_DAY, created != null && !NewYork.day(created).equals(day));
    reasons.put(Rejection.INVALID_CLOSED_DATE, isClosed && closed == null);
    reasons.put(
        Rejection.CLOSED_BEFORE_CREATED,
        isClosed && created != null && closed != null && closed.isBefore(created));
    reasons.put(
        Rejection.CLOSED_IN_THE_FUTURE,
        isClosed && closed != null && closed.isAfter(BOUND.plus(Duration.ofDays(2))));
    reasons.put(Rejection.CREATED_AFTER_COLLECTION, day.isAfter(NewYork.day(BOUND)));
    String key = texts.get("unique_key");
    reasons.put(Rejection.DUPLICATE, key != null && keys.contains(key));
    Optional<Rejection> reason =
        reasons.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).findFirst();
    if (reason.isPresent()) {
      rejected.merge(reason.get(), 1L, Long::sum);
      if (reason.get() == Rejection.CREATED_ON_ANOTHER_DAY) {
        elsewhere.add(NewYork.day(created));
      }
      return;
    }
    if (key != null) {
      keys.add(key);
    }
    Stream.of(Optional.of(created), Optional.ofNullable(closed))
        .flatMap(Optional::stream)
        .filter(time -> !time.isAfter(BOUND))
        .forEach(times::add);
    List<String> parts =
        Stream.of("descriptor", "descriptor_2").map(texts::get).filter(Objects::nonNull).toList();
    String descriptor = parts.isEmpty() ? null : String.join(": ", parts);
    boolean hasPlace = withPlaces && latitude != null && longitude != null;
    accepted.add(
        new ServiceRequest(
            created,
            isClosed ? closed : null,
            type,
            descriptor,
            texts.get("agency"),
            texts.get("borough"),
            hasPlace ? latitude : null,
            hasPlace ? longitude : null));
  }

  private String text() throws IOException {
    if (json.currentToken().isStructStart()) {
      json.skipChildren();
      return null;
    }
    String text = json.getValueAsString();
    // Half of a surrogate pair is no character.
    return text == null ? null : new String(text.getBytes(UTF_8), UTF_8);
  }

  private Double degrees() throws IOException {
    String text = text();
    try {
      Double degrees = text == null || text.length() > 1_000 ? null : Double.valueOf(text);
      return degrees == null || !Double.isFinite(degrees) ? null : degrees;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** All but one in two thousand of the times are not after it. */
  private Instant asOf() {
    Collections.sort(times);
    int newest = times.size() - 1;
    int stragglers = Math.min(10, times.size() / 2_000);
    boolean isYoung =
        newest >= 0 && times.get(newest).isBefore(NewYork.instant(day.plusDays(4).atStartOfDay()));
    Instant asOf = newest < 0 ? BOUND : times.get(isYoung ? newest - stragglers : newest);
    return asOf.truncatedTo(ChronoUnit.SECONDS);
  }
}
