package nyc311.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days an event asks for. */
class CollectionPlanTest {
  private static final Instant NOW = Instant.parse("2019-07-24T10:00:00Z");
  private static final List<Integer> LOOKBACK_DAYS = List.of(1, 2, 3, 7, 14, 30, 60);

  @Test
  void aScheduledRunLooksBackFromItsNewYorkDayTheNewestFirst() throws JsonProcessingException {
    assertThat(plan("{'time':'2019-07-24T10:00:00Z'}"))
        .containsExactly(
            days(
                "2019-07-23",
                "2019-07-22",
                "2019-07-21",
                "2019-07-17",
                "2019-07-10",
                "2019-06-24",
                "2019-05-25"));
  }

  @ParameterizedTest
  @CsvSource({
    // In summer New York is four hours behind, in winter five.
    "2019-07-24T02:00:00Z, 2019-07-22",
    "2019-07-24T03:59:59Z, 2019-07-22",
    "2019-07-24T04:00:00Z, 2019-07-23",
    "2019-01-24T04:59:59Z, 2019-01-22",
    "2019-01-24T05:00:00Z, 2019-01-23",
    "2019-07-23T22:00:00-04:00, 2019-07-22",
  })
  void yesterdayIsNewYorks(String time, LocalDate yesterday) throws JsonProcessingException {
    assertThat(CollectionPlan.days(json("{'time':'" + time + "'}"), List.of(1), NOW))
        .containsExactly(yesterday);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"aws.events|{}", "aws.scheduler|'{}'"})
  void eventBridgesAndItsSchedulersOwnEventsAreUnderstoodAndAReplayOfThemGivesTheSameDays(
      String source, String detail) throws JsonProcessingException {
    String event =
        """
        {'version':'0','id':'53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
         'detail-type':'Scheduled Event','source':'%s','account':'123456789012',
         'time':'2019-07-24T10:00:00Z','region':'us-east-1',
         'resources':['arn:aws:events:us-east-1:123456789012:rule/daily'],'detail':%s}
        """
            .formatted(source, detail);

    assertThat(plan(event))
        .isEqualTo(plan("{'time':'2019-07-24T10:00:00Z'}"))
        .isEqualTo(plan(event));
    assertThat(CollectionPlan.isScheduled(json(event))).isTrue();
  }

  @Test
  void anEmptyEventIsTheSchedulesNow() throws JsonProcessingException {
    assertThat(plan("{}")).isEqualTo(plan("{'time':'2019-07-24T10:00:00Z'}"));
    assertThat(CollectionPlan.isScheduled(json("{}"))).isTrue();
  }

  @Test
  void namedDaysAreCollectedOnceEach() throws JsonProcessingException {
    assertThat(plan("{'dates':['2019-07-01','2024-02-29','2019-07-01','2010-01-01']}"))
        .containsExactly(days("2024-02-29", "2019-07-01", "2010-01-01"));
  }

  @Test
  void aRangeIncludesBothItsEnds() throws JsonProcessingException {
    assertThat(plan("{'from':'2019-12-31','to':'2020-01-02'}"))
        .containsExactly(days("2020-01-02", "2020-01-01", "2019-12-31"));
    assertThat(plan("{'from':'2019-07-01','to':'2019-07-01'}")).containsExactly(days("2019-07-01"));
  }

  @Test
  void aRunHasAtMost400Days() throws JsonProcessingException {
    assertThat(plan("{'from':'2019-01-01','to':'2020-02-04'}")).hasSize(400);
    assertRefused(
        "{'from':'2019-01-01','to':'2020-02-05'}", "from and to must name at most 400 days: 401");
    assertRefused(
        "{'from':'2019-01-01','to':'+999999999-12-31'}",
        "from and to must name at most 400 days: 365241762575");
    String day = "'2019-01-01'";
    assertThat(plan(dates(day, 400))).hasSize(1);
    assertRefused(dates(day, 401), "dates must name at most 400 days: 401");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|[]",
        "null|null",
        "'2019-07-01'|'2019-07-01'",
        "[{'dates':['2019-07-01']}]|a list of an object with dates",
        "{'date':'2019-07-01'}|an object with date",
        "{'time':'2019-07-24T10:00:00Z','dates':[]}|an object with time, dates",
        "{'dates':['2019-07-01'],'to':'2019-07-02'}|an object with dates, to",
        "{'from':'2019-07-01'}|an object with from",
        "{'detail-type':'Object Created','source':'aws.s3','time':'2019-07-24T10:00:00Z'}"
            + "|an event 'Object Created' of 'aws.s3'",
        "{'Records':[{'eventSource':'aws:sqs','body':'{}'}]}|an event of 'aws:sqs'",
        "{'version':'2.0','requestContext':{'http':{'method':'GET'}}}|an HTTP request",
        "{'a':0,'b':0,'c':0,'d':0,'e':0,'f':0,'g':0,'h':0,'i':0}"
            + "|an object with a, b, c, d, e, f, g, h, …",
      })
  void whatNamesNoDaysIsRefusedAsWhatItIs(String event, String kind)
      throws JsonProcessingException {
    assertRefused(
        event,
        "the event must be a schedule's or have either time, or dates, or from and to: ",
        kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'time':'yesterday'}|time must be an ISO instant: 'yesterday'",
        "{'time':'2019-07-24'}|time must be an ISO instant: '2019-07-24'",
        "{'time':null}|time must be an ISO instant: null",
        "{'dates':'2019-07-01'}|dates must be a list of days: '2019-07-01'",
        "{'dates':[]}|dates must be a list of days: []",
        "{'dates':['2019-07-01','1.7.2019']}|dates must be a day from 2010-01-01 on: '1.7.2019'",
        "{'dates':['2019-02-29']}|dates must be a day from 2010-01-01 on: '2019-02-29'",
        "{'dates':['2009-12-31']}|dates must be a day from 2010-01-01 on: '2009-12-31'",
        "{'from':null,'to':'2019-07-01'}|from must be a day from 2010-01-01 on: null",
        "{'from':'2019-07-02','to':'2019-07-01'}|to must not be before 2019-07-02: 2019-07-01",
      })
  void whatIsNotAPlanIsRefused(String event, String problem) throws JsonProcessingException {
    assertRefused(event, problem);
  }

  private static void assertRefused(String event, String rule, String kind) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(event))
        .withMessage(rule + kind.replace('\'', '"'));
  }

  private static void assertRefused(String event, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(event))
        .withMessage(problem.replace('\'', '"'));
  }

  private static NavigableSet<LocalDate> plan(String event) throws JsonProcessingException {
    return CollectionPlan.days(json(event), LOOKBACK_DAYS, NOW);
  }

  private static JsonNode json(String event) throws JsonProcessingException {
    return new ObjectMapper().readTree(event.replace('\'', '"'));
  }

  private static String dates(String day, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> day)
        .collect(Collectors.joining(",", "{'dates':[", "]}"));
  }

  private static LocalDate[] days(String... days) {
    return Arrays.stream(days).map(LocalDate::parse).toArray(LocalDate[]::new);
  }
}
