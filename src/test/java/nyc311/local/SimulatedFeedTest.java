package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a feed tells of its recording on a morning: what the cut of 02:05 knew. */
class SimulatedFeedTest {
  private static final LocalDate TUESDAY = LocalDate.of(2019, 7, 2);
  private static final Instant REAL = Instant.parse("2026-11-01T12:00:00Z");

  @Test
  void aRowThatIsCreatedAfterTheCutIsNotSeen() {
    ObjectNode before = row("2019-07-02T02:05:00.000");
    ObjectNode after = row("2019-07-02T02:05:01.000");
    SimulatedFeed feed = feed(before, after);

    assertThat(on(TUESDAY, feed)).containsExactly(before);
    assertThat(on(TUESDAY.plusDays(1), feed)).containsExactly(before, after);
  }

  @Test
  void aClosingAfterTheCutIsHiddenAndItsRequestOpen() {
    ObjectNode closed =
        closed("2019-07-01T10:00:00.000", "2019-07-02T02:05:01.000")
            .put("resolution_description", "Done.")
            .put("resolution_action_updated_date", "2019-07-02T06:05:01.000");
    ObjectNode recorded = closed.deepCopy();
    SimulatedFeed feed = feed(closed);

    assertThat(on(TUESDAY, feed))
        .containsExactly(row("2019-07-01T10:00:00.000").put("status", "In Progress"));
    assertThat(on(TUESDAY.plusDays(1), feed)).containsExactly(recorded);
    assertThat(closed).isEqualTo(recorded);
  }

  @ParameterizedTest
  @CsvSource({
    "2019-07-01T10:00:00.000, 2019-07-02T00:00:00.000", // midnight
    "2019-07-02T01:30:00.000, 2019-07-02T01:30:00.000", // the second of its creation
  })
  void aClosingThatTellsOnlyItsDayIsKnownOnceThatDayHasEnded(String created, String closing) {
    SimulatedFeed feed = feed(closed(created, closing));

    assertThat(on(TUESDAY, feed)).containsExactly(row(created).put("status", "In Progress"));
    assertThat(on(TUESDAY.plusDays(1), feed)).containsExactly(closed(created, closing));
  }

  @Test
  void whatIsNoTimeOrOutOfOrderIsToldAsItIs() {
    ObjectNode backwards = closed("2019-07-01T10:00:00.000", "2019-07-01T09:00:00.000");
    ObjectNode timeless = closed("yesterday", "2019-07-09T09:00:00.000");
    ObjectNode undated = row("2019-07-01T10:00:00.000").put("status", "Closed");

    assertThat(on(TUESDAY, feed(backwards, timeless, undated)))
        .containsExactly(backwards, timeless, undated);
  }

  @Test
  void itDatesFromTheCutOrFromWhereTheRecordingEnds() {
    SimulatedFeed feed = feed(row("2019-07-01T10:00:00.000"));

    feed.wakeOn(TUESDAY);
    assertThat(feed.truth(TUESDAY, TUESDAY)).contains(Instant.parse("2019-07-02T06:05:00Z"));
    feed.wakeOn(LocalDate.of(2019, 7, 24));
    assertThat(feed.truth(TUESDAY, TUESDAY)).contains(Instant.parse("2019-07-20T06:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "2019-03-09, 2019-03-09T11:00:00Z",
    "2019-03-10, 2019-03-10T10:00:00Z", // summer time begins
    "2019-11-03, 2019-11-03T11:00:00Z",
  })
  void itsClockStandsAtSixInNewYork(LocalDate day, Instant six) {
    SimulatedFeed feed = feed();
    feed.wakeOn(day);
    assertThat(feed.clock().instant()).isEqualTo(six);
  }

  @Test
  void afterTheLastMorningAllIsToldAndTheClockIsTheRealOne() {
    ObjectNode late = closed("2019-07-19T10:00:00.000", "2119-07-19T10:00:00.000");
    SimulatedFeed feed = feed(late);
    assertThat(on(TUESDAY, feed)).isEmpty();

    feed.tellAll();
    assertThat(told(feed)).containsExactly(late);
    assertThat(feed.truth(TUESDAY, TUESDAY)).contains(Instant.parse("2019-07-20T06:00:00Z"));
    assertThat(feed.clock().instant()).isEqualTo(REAL);
  }

  private static List<ObjectNode> on(LocalDate morning, SimulatedFeed feed) {
    feed.wakeOn(morning);
    List<ObjectNode> day = told(feed);
    try (Stream<ObjectNode> days = feed.rows(TUESDAY, TUESDAY.plusDays(1))) {
      assertThat(days).as("of several days").containsExactlyElementsOf(day);
    }
    return day;
  }

  private static List<ObjectNode> told(SimulatedFeed feed) {
    try (Stream<ObjectNode> rows = feed.rows(TUESDAY, TUESDAY)) {
      return rows.toList();
    }
  }

  private static SimulatedFeed feed(ObjectNode... rows) {
    FeedSource recorded = FeedSource.of(List.of(rows), Instant.parse("2019-07-20T06:00:00Z"));
    return new SimulatedFeed(recorded, Clock.fixed(REAL, ZoneOffset.UTC));
  }

  private static ObjectNode row(String created) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("created_date", created)
        .put("complaint_type", "Noise")
        .put("status", "Open");
  }

  private static ObjectNode closed(String created, String closed) {
    return row(created).put("status", "Closed").put("closed_date", closed);
  }
}
