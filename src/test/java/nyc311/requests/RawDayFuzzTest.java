package nyc311.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nyc311.local.OneSecond;

/**
 * Whatever the file is, the reader of raw days says the same of it as plain readers do: the same
 * rows, or that it is malformed.
 */
class RawDayFuzzTest {
  private static final LocalDate DAY = LocalDate.of(2019, 7, 1);
  private static final Instant BOUND = Instant.parse("2019-08-01T00:00:00Z");
  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(256).build())
          .build();

  /** Reads a whole file as a tree, in which no name comes twice. */
  private static final JsonMapper TREES =
      JsonMapper.builder(JACKSON)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final List<String> WANTED =
      List.of(
          "created_date",
          "closed_date",
          "status",
          "complaint_type",
          "descriptor",
          "agency",
          "borough");

  /** What came of a reading. */
  private record Outcome(
      List<ServiceRequest> accepted, Optional<RawDay.Report> report, Optional<String> problem) {}

  @FuzzTest
  void anyFile(byte[] file) throws IOException {
    Outcome outcome = OneSecond.of(() -> read(new RowParser.Factory(), file, true));

    assertThat(outcome).isEqualTo(read(JACKSON, file, true));
    assertThat(read(new RowParser.Factory(50), file, true)).isEqualTo(outcome);
    assertThat(read(new RowParser.Factory(), file, false)).isEqualTo(read(JACKSON, file, false));
    assertRowsOfTree(file, outcome);
  }

  private static Outcome read(JsonFactory json, byte[] file, boolean withPlaces)
      throws IOException {
    List<ServiceRequest> accepted = new ArrayList<>();
    try {
      RawDay.Report report =
          RawDay.read(
              json, new ByteArrayInputStream(file), "a-key", DAY, BOUND, withPlaces, accepted::add);
      assertThat(report.accepted()).isEqualTo(accepted.size());
      return new Outcome(accepted, Optional.of(report), Optional.empty());
    } catch (MalformedRawDayException e) {
      return new Outcome(accepted, Optional.empty(), Optional.of(problem(e)));
    }
  }

  /** Where in a text that is too long or too deep a reader says so depends on its buffer. */
  private static String problem(MalformedRawDayException e) {
    return e.getMessage().contains("exceeds the maximum allowed") ? "too much" : e.getMessage();
  }

  /** Judged once more, from the whole file as a tree. */
  private static void assertRowsOfTree(byte[] file, Outcome outcome) throws IOException {
    JsonNode rows;
    try {
      rows = TREES.readTree(file);
    } catch (JsonProcessingException | CharConversionException e) {
      // Malformed, or with a name that comes twice, of which a reader may take either.
      return;
    }
    boolean array = rows.isArray() && rows.valueStream().allMatch(JsonNode::isObject);
    assertThat(outcome.report.isPresent()).as(() -> "read: " + outcome.problem).isEqualTo(array);
    // A tree does not keep how a number was written.
    if (array
        && WANTED.stream()
            .noneMatch(name -> rows.findValues(name).stream().anyMatch(JsonNode::isNumber))) {
      assertThat(rows).hasSize((int) outcome.report.orElseThrow().rows());
      assertThat(outcome.accepted)
          .extracting(request -> request.complaintType() + " " + request.created())
          .containsExactlyElementsOf(
              rows.valueStream().flatMap(RawDayFuzzTest::acceptedRow).toList());
    }
  }

  private static Stream<String> acceptedRow(JsonNode row) {
    String type = text(row, "complaint_type");
    String status = text(row, "status");
    Instant created = instant(text(row, "created_date"));
    Instant closed = instant(text(row, "closed_date"));
    boolean isClosed = status.equals("Closed") && !text(row, "closed_date").isEmpty();
    boolean accepted =
        WANTED.stream().allMatch(name -> row.path(name).asText().length() <= 1_000)
            && type.length() <= 200
            && type.codePoints().anyMatch(Character::isLetterOrDigit)
            && !status.isEmpty()
            && created != null
            && created.atZone(NewYork.ZONE).toLocalDate().equals(DAY)
            && (!isClosed
                || (closed != null
                    && !closed.isBefore(created)
                    && !closed.isAfter(BOUND.plus(Duration.ofDays(2)))));
    return accepted ? Stream.of(type + " " + created) : Stream.empty();
  }

  /** Empty when absent or blank. */
  private static String text(JsonNode row, String column) {
    JsonNode value = row.path(column);
    return value.isNull() || value.asText().isBlank() ? "" : wellFormed(value.asText());
  }

  /** Half of a surrogate pair is no character. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(UTF_8), UTF_8);
  }

  private static Instant instant(String text) {
    try {
      return LocalDateTime.parse(text).atZone(NewYork.ZONE).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
