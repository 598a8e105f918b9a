package nyc311.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has to mend a document is told which, where in it, and what should be there. */
class DocumentReaderTest {
  @Test
  void fieldsThatAreNotKnownArePassedOver() throws IOException {
    assertThat(day("{\"new\":{\"day\":[{}]},\"other\":null,\"days\":[{\"day\":\"2019-07-01\"}]}"))
        .isEqualTo("2019-07-01");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[]; it must be an object: START_ARRAY at line 1, column 1",
        "{\"days\":7}; /days must be an array: VALUE_NUMBER_INT at line 1, column 9",
        "{\"days\":[{},null]}; /days/1 must be an object: VALUE_NULL at line 1, column 13",
        "{\"days\":[{\"day\":{}}]}; /days/0/day must be a text: START_OBJECT at line 1, column 17",
        "{\"days\":[{\"day\":\"1 July\"}]}; /days/0/day: Text '1 July' could not be parsed",
        "{}; day is missing",
      })
  void aRefusalNamesTheDocumentTheFieldAndThePlace(String json, String problem) {
    assertThatThrownBy(() -> day(json))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageStartingWith("not a valid list of days: " + problem);
  }

  @Test
  void aDocumentThatCouldNotBeFetchedIsNotInvalid() {
    IOException timeout = new SocketTimeoutException("Read timed out");

    assertThat(InvalidDocumentException.of("list of days", timeout)).isSameAs(timeout);
  }

  private static LocalDate day(String document) throws IOException {
    try (DocumentReader json = new DocumentReader(new JsonFactory().createParser(document))) {
      LocalDate day = null;
      for (String field = json.firstField(); field != null; field = json.nextField()) {
        if (field.equals("days")) {
          json.enterArray();
          while (json.nextElement()) {
            for (String in = json.firstField(); in != null; in = json.nextField()) {
              day = json.day();
            }
          }
        } else {
          json.skip();
        }
      }
      return DocumentReader.require("day", day);
    } catch (IOException | IllegalArgumentException e) {
      throw InvalidDocumentException.of("list of days", e);
    }
  }
}
