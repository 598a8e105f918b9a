package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The columns of one row that are wanted; each is null when absent or blank. */
final class Row {
  /** A column that may be wanted. */
  enum Column {
    CREATED_DATE,
    CLOSED_DATE,
    STATUS,
    COMPLAINT_TYPE,
    DESCRIPTOR,
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

  /** What timestamps nearly always look like: with a digit for each 0 up to the fraction. */
  private static final byte[] USUAL_TIMESTAMP =
      "0000-00-00T00:00:00.000".getBytes(StandardCharsets.ISO_8859_1);

  private static final int FRACTION = 19;

  /** In characters: the longest that is wanted in the city's rows has a hundred. */
  static final int MAX_TEXT = 1_000;

  /** Stands for any text that is longer, which is not held. */
  static final String OVERLONG = "?".repeat(MAX_TEXT + 1);

  private final boolean withPlace;
  private boolean overlongText;
  String createdDate;
  String closedDate;
  String status;
  String complaintType;
  String descriptor;
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
      case CREATED_DATE -> createdDate = text;
      case CLOSED_DATE -> closedDate = text;
      case STATUS -> status = text;
      case COMPLAINT_TYPE -> complaintType = text;
      case DESCRIPTOR -> descriptor = text;
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

  /** A floating timestamp; null when it is none, or null. */
  static LocalDateTime timestamp(String text) {
    if (text == null) {
      return null;
    }
    try {
      // Twenty times as fast as the formatter, which would take most of the time of a reading; as
      // bytes, since at the first compiler level a string's characters are slow one by one.
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return isUsualTimestamp(bytes)
          ? LocalDateTime.of(
              number(bytes, 0, 4),
              number(bytes, 5, 7),
              number(bytes, 8, 10),
              number(bytes, 11, 13),
              number(bytes, 14, 16),
              number(bytes, 17, 19))
          : LocalDateTime.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean isUsualTimestamp(byte[] text) {
    if (text.length != USUAL_TIMESTAMP.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      byte usual = USUAL_TIMESTAMP[i];
      boolean digit = usual == '0' && i < FRACTION;
      if (digit ? text[i] < '0' || text[i] > '9' : text[i] != usual) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] digits, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + digits[i] - '0';
    }
    return number;
  }
}
