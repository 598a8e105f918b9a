package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The columns of one row that are wanted; each is null when absent or blank. */
final class Row {
  /** A column that may be wanted. */
  enum Column {
    UNIQUE_KEY,
    CREATED_DATE,
    CLOSED_DATE,
    STATUS,
    COMPLAINT_TYPE,
    DESCRIPTOR,
    DESCRIPTOR_2,
    AGENCY,
    BOROUGH,
    LATITUDE,
    LONGITUDE,
    LOCATION;

    static final Map<String, Column> BY_NAME =
        Arrays.stream(values()).collect(Collectors.toMap(Column::jsonName, Function.identity()));

    private String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }

    private boolean isOfPlace() {
      return this == LATITUDE || this == LONGITUDE || this == LOCATION;
    }
  }

  /** In characters: the longest that is wanted in the city's rows has a hundred. */
  static final int MAX_TEXT = 1_000;

  /** Stands for any text that is longer, which is not held. */
  static final String OVERLONG = "?".repeat(MAX_TEXT + 1);

  private final boolean withPlace;
  private boolean overlongText;

  /** By {@link UniqueKeys#number}; 0 when absent or blank. */
  long uniqueKey;

  String createdDate;
  String closedDate;
  String status;
  String complaintType;
  String descriptor;
  String descriptor2;
  String agency;
  String borough;
  Double latitude;
  Double longitude;

  /**
   * @param withPlace whether latitude and longitude are wanted
   */
  Row(boolean withPlace) {
    this.withPlace = withPlace;
  }

  /** Reads the object that has just begun. */
  void read(JsonParser parser) throws IOException {
    String field;
    while ((field = parser.nextFieldName()) != null) {
      parser.nextToken();
      Column column = Column.BY_NAME.get(field);
      if (!wants(column)) {
        parser.skipChildren();
      } else if (column == Column.LOCATION) {
        readLocation(parser);
      } else {
        set(column, text(parser));
      }
    }
  }

  boolean wants(Column column) {
    return column != null && (withPlace || !column.isOfPlace());
  }

  boolean hasPlace() {
    return latitude != null && longitude != null;
  }

  /** The descriptor, completed where the city tells it in two parts; null when there is none. */
  String wholeDescriptor() {
    if (descriptor == null || descriptor2 == null) {
      return descriptor == null ? descriptor2 : descriptor;
    }
    return descriptor + ": " + descriptor2;
  }

  /** Whether a column that is not a place has a text longer than any of the city's. */
  boolean hasOverlongText() {
    return overlongText;
  }

  /**
   * Sets a column.
   *
   * @param given null when there is no text; no text is a location
   */
  void set(Column column, String given) {
    if (given != null && given.length() > MAX_TEXT && !column.isOfPlace()) {
      overlongText = true;
      return;
    }
    String text = given == null || given.isBlank() ? null : given;
    switch (column) {
      case UNIQUE_KEY -> {
        byte[] key = text == null ? null : text.getBytes(UTF_8);
        uniqueKey = key == null ? 0 : UniqueKeys.number(key, 0, key.length);
      }
      case CREATED_DATE -> createdDate = text;
      case CLOSED_DATE -> closedDate = text;
      case STATUS -> status = text;
      case COMPLAINT_TYPE -> complaintType = text;
      case DESCRIPTOR -> descriptor = text;
      case DESCRIPTOR_2 -> descriptor2 = text;
      case AGENCY -> agency = text;
      case BOROUGH -> borough = text;
      case LATITUDE -> latitude = degrees(text);
      case LONGITUDE -> longitude = degrees(text);
      case LOCATION -> {}
    }
  }

  /** Either {"latitude":…,"longitude":…} or GeoJSON; the row's own columns take precedence. */
  private void readLocation(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    Double north = null;
    Double east = null;
    String field;
    while ((field = parser.nextFieldName()) != null) {
      parser.nextToken();
      switch (field) {
        case "latitude" -> north = degrees(text(parser));
        case "longitude" -> east = degrees(text(parser));
        case "coordinates" -> {
          if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            break;
          }
          for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            Double value = degrees(text(parser));
            east = i == 0 ? value : east;
            north = i == 1 ? value : north;
          }
        }
        default -> parser.skipChildren();
      }
    }
    if (!hasPlace()) {
      latitude = north;
      longitude = east;
    }
  }

  private static String text(JsonParser parser) throws IOException {
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
      return null;
    }
    String text = parser.getValueAsString();
    // Half of a surrogate pair is no character, and not every reader would take what repeats it.
    return text == null ? null : new String(text.getBytes(UTF_8), UTF_8);
  }

  private static Double degrees(String text) {
    if (text == null || text.length() > MAX_TEXT) {
      return null;
    }
    try {
      double degrees = Double.parseDouble(text);
      return Double.isFinite(degrees) ? degrees : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
