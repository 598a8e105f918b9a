package nyc311.predict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import nyc311.json.DocumentReader;
import nyc311.json.InvalidDocumentException;

/**
 * How right the answers of the last weeks were. It is told as it was published, but for its format.
 *
 * @param answer all of it
 * @param from the first day whose requests were judged
 * @param to the last one
 * @param served what became of the requests, by what the API answered
 */
record PublishedRecord(HttpAnswer answer, LocalDate from, LocalDate to, Counts served) {
  private static final int FORMAT = 1;

  /** Lambda answers at most six million bytes. */
  private static final JsonFactory JSON = DocumentReader.factory(4 << 20);

  /**
   * How many requests, and how many of them were closed before, within and after their range; the
   * rest is open.
   */
  record Counts(int requests, int below, int within, int above) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts {
      if (Math.min(below, Math.min(within, above)) < 0
          || (long) below + within + above > requests) {
        throw new IllegalArgumentException(
            "below, within and above must be parts of all requests: %d, %d, %d of %d"
                .formatted(below, within, above, requests));
      }
    }
  }

  /**
   * Reads the record.
   *
   * @param in the JSON; not closed
   * @param cacheControl for how long the answer may be kept, as in the header of that name
   * @throws InvalidDocumentException when it is something else, cut short, or of another format
   */
  static PublishedRecord read(InputStream in, String cacheControl) throws IOException {
    byte[] content = in.readAllBytes();
    try (DocumentReader json = new DocumentReader(JSON.createParser(content))) {
      return read(json, content, cacheControl);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("record", e);
    }
  }

  private static PublishedRecord read(DocumentReader json, byte[] content, String cacheControl)
      throws IOException {
    int format = 0;
    LocalDate from = null;
    LocalDate to = null;
    Counts served = null;
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "format" -> format = json.integer();
        case "from" -> from = json.day();
        case "to" -> to = json.day();
        case "total" -> served = served(json);
        default -> json.skip();
      }
    }
    DocumentReader.requireForm("format", FORMAT, format);
    return new PublishedRecord(
        HttpAnswer.success(cacheControl, target -> copy(content, target)).compressed(),
        DocumentReader.require("from", from),
        DocumentReader.require("to", to),
        DocumentReader.require("total", served));
  }

  /** None where no request had an answer. */
  private static Counts served(DocumentReader json) throws IOException {
    Counts served = Counts.NONE;
    for (String asked = json.firstField(); asked != null; asked = json.nextField()) {
      if (asked.equals("served")) {
        served = counts(json);
      } else {
        json.skip();
      }
    }
    return served;
  }

  private static Counts counts(DocumentReader json) throws IOException {
    int requests = 0;
    int below = 0;
    int within = 0;
    int above = 0;
    for (String field = json.firstField(); field != null; field = json.nextField()) {
      switch (field) {
        case "requests" -> requests = json.integer();
        case "below" -> below = json.integer();
        case "within" -> within = json.integer();
        case "above" -> above = json.integer();
        default -> json.skip();
      }
    }
    return new Counts(requests, below, within, above);
  }

  private static void copy(byte[] content, JsonGenerator target) throws IOException {
    try (JsonParser json = JSON.createParser(content)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("format")) {
          json.skipChildren();
        } else {
          target.writeFieldName(field);
          target.copyCurrentStructure(json);
        }
      }
    }
  }
}
