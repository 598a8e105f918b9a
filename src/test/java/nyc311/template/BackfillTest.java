package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import nyc311.local.StateMachine;
import nyc311.local.StateMachine.Execution;
import nyc311.local.StateMachine.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The backfill's definition does what docs/deploy.md says of it: any days since 2010 are collected,
 * once each and the newest first; what fails is tried again and then reported; and the report is an
 * input that repeats it.
 */
class BackfillTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final JsonNode definition = Backfill.definition(Template.read());
  private final List<String> asked = new ArrayList<>();

  BackfillTest() throws IOException {}

  /** Answers as the collector does, and notes the days. */
  private StateMachine.Task collecting(StateMachine.Task collector) {
    return (resource, arguments) -> {
      assertThat(resource).isEqualTo("arn:aws:states:::lambda:invoke");
      assertThat(arguments.path("FunctionName").asText()).isEqualTo("CollectFunction.Arn");
      asked.add(arguments.at("/Payload/dates/0").asText());
      return collector.call(resource, arguments);
    };
  }

  private static JsonNode answer(JsonNode arguments, String outcome, int rows) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putObject("Payload")
        .putArray("days")
        .addObject()
        .put("day", arguments.at("/Payload/dates/0").asText())
        .put("outcome", outcome)
        .put("rows", rows)
        .put("bytes", 600L * rows);
    return answer;
  }

  private Execution run(String input, StateMachine.Task collector) throws IOException {
    return new StateMachine(definition, collecting(collector), NOW).run(JSON.readTree(input));
  }

  private Execution run(String input) throws IOException {
    return run(input, (resource, arguments) -> answer(arguments, "written", 7_000));
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "2019-07-01, 2019-07-01",
    "2019-12-30, 2020-01-02",
    "2020-02-27, 2020-03-01",
    "2019-02-27, 2019-03-01",
    // Daylight saving begins and ends in between.
    "2019-03-09, 2019-03-11",
    "2019-11-02, 2019-11-04",
    "2026-11-20, 2026-11-22",
    "2010-01-01, 2012-12-31",
  })
  void eachDayOfARangeIsCollectedOnceTheNewestFirst(LocalDate from, LocalDate to)
      throws IOException {
    Execution execution = run("{\"from\":\"%s\",\"to\":\"%s\"}".formatted(from, to));

    List<String> days = new ArrayList<>();
    for (LocalDate day = to; !day.isBefore(from); day = day.minusDays(1)) {
      days.add(day.toString());
    }
    assertThat(execution.failure()).isEmpty();
    assertThat(asked).isEqualTo(days);
    assertThat(execution.output().path("written").asInt()).isEqualTo(days.size());
    assertThat(execution.output().path("rows").asInt()).isEqualTo(7_000 * days.size());
    assertThat(execution.output().path("years")).hasSize(to.getYear() - from.getYear() + 1);
  }

  @Test
  void listedDaysAreCollectedOnceTheNewestFirst() throws IOException {
    Execution execution =
        run("{\"dates\":[\"2019-07-01\",\"2020-02-29\",\"2019-07-01\",\"2019-12-31\"]}");

    assertThat(execution.failure()).isEmpty();
    assertThat(asked).containsExactly("2020-02-29", "2019-12-31", "2019-07-01");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|the input must have either dates, or from and to",
        "[]|the input must have either dates, or from and to",
        "\"2019\"|the input must have either dates, or from and to",
        "{'from':'2019-01-01','to':'2019-01-02','dates':['2019-01-01']}"
            + "|the input must have either dates, or from and to",
        "{'from':'2019-01-01'}|to must be a day from 2010-01-01 to 2026-11-22:",
        "{'to':'2019-01-01'}|from must be a day from 2010-01-01 to 2026-11-22:",
        "{'from':'2019-01-02','to':'2019-01-01'}|to must not be before 2019-01-02: 2019-01-01",
        "{'from':'2009-12-31','to':'2019-01-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: 2009-12-31",
        "{'from':'2019-01-01','to':'2026-11-23'}"
            + "|to must be a day from 2010-01-01 to 2026-11-22: 2026-11-23",
        "{'from':'2019-02-29','to':'2019-03-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: 2019-02-29",
        "{'from':'2019-04-31','to':'2019-05-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: 2019-04-31",
        "{'from':'2019-1-1','to':'2019-03-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: 2019-1-1",
        "{'from':20190101,'to':'2019-03-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: 20190101",
        "{'from':['2019-01-01'],'to':'2019-03-01'}"
            + "|from must be a day from 2010-01-01 to 2026-11-22: [\"2019-01-01\"]",
        "{'dates':[]}|dates must be a list of days",
        "{'dates':'2019-01-01'}|dates must be a list of days",
        "{'dates':['2019-01-01','x']}"
            + "|each of dates must be a day from 2010-01-01 to 2026-11-22: x",
      })
  void aWrongInputIsNamedAndNothingIsCollected(String input, String problem) throws IOException {
    Execution execution = run(input.replace('\'', '"'));

    assertThat(asked).isEmpty();
    assertThat(execution.failure().map(Failure::error)).contains("InvalidInput");
    assertThat(execution.failure().map(failure -> failure.cause().strip())).contains(problem);
  }

  /** {@link StateMachine} refuses more than 256 KiB, as Step Functions does. */
  @Test
  void sixteenYearsFitIntoWhatAStateMayHandOnEvenWhenThousandsFailAtLength() throws IOException {
    String cause = "{\"errorMessage\":\"" + "\\\"".repeat(500) + "\",\"errorType\":\"x\"}";
    StateMachine.Task failing =
        (resource, arguments) -> {
          // Just few enough that no year stops the backfill.
          if (asked.size() % 3 == 0) {
            throw new Failure("java.lang.Exception", cause);
          }
          return answer(arguments, "written", 7_000);
        };
    Execution execution = run("{\"from\":\"2010-01-01\",\"to\":\"2025-12-31\"}", failing);

    assertThat(asked.size()).isEqualTo(5_844);
    assertThat(execution.children()).isEqualTo(5_844);
    assertThat(execution.output().path("failed").asInt()).isEqualTo(1_948);
    assertThat(execution.output().at("/again/dates").size()).isEqualTo(1_948);
    assertThat(execution.failure().map(Failure::error)).contains("DaysMissing");
    assertThat(execution.failure().map(Failure::cause).orElseThrow())
        .startsWith("1948 of 5844 days failed, 0 were not tried: 2025-12-29, 2025-12-26, ")
        .endsWith(", ...");
  }

  @Test
  void theReportSaysWhatBecameOfTheDaysAndIsAnInputThatRepeatsWhatFailed() throws IOException {
    Map<String, String> outcomes = new TreeMap<>();
    outcomes.put("2019-12-30", "unchanged");
    outcomes.put("2020-01-02", "empty");
    StateMachine.Task collector =
        (resource, arguments) -> {
          String day = arguments.at("/Payload/dates/0").asText();
          if (day.equals("2019-12-31") || day.equals("2020-01-01")) {
            throw new Failure("x.Broken", "{\"errorMessage\":\"for good\",\"errorType\":\"x\"}");
          }
          String outcome = outcomes.getOrDefault(day, "written");
          return answer(arguments, outcome, outcome.equals("empty") ? 0 : 10);
        };
    Execution execution = run("{\"from\":\"2019-12-29\",\"to\":\"2020-01-03\"}", collector);
    JsonNode report = execution.output();

    assertThat(report.path("days").asInt()).isEqualTo(6);
    assertThat(report.path("written").asInt()).isEqualTo(2);
    assertThat(report.path("unchanged").asInt()).isEqualTo(1);
    assertThat(report.path("empty").asInt()).isEqualTo(1);
    assertThat(report.path("failed").asInt()).isEqualTo(2);
    assertThat(report.path("rows").asInt()).isEqualTo(30);
    assertThat(report.at("/years/0/year").asText()).isEqualTo("2020");
    assertThat(report.at("/years/0/problems/0/day").asText()).isEqualTo("2020-01-01");
    assertThat(report.at("/years/0/problems/0/problem").asText()).isEqualTo("x.Broken: for good");
    assertThat(execution.failure().map(Failure::cause))
        .contains("2 of 6 days failed, 0 were not tried: 2020-01-01, 2019-12-31");

    asked.clear();
    Execution again = run(report.path("again").toString());

    assertThat(asked).containsExactly("2020-01-01", "2019-12-31");
    assertThat(again.failure()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nyc311.collect.CollectionFailedException, 4",
    "Sandbox.Timedout, 4",
    "Lambda.TooManyRequestsException, 9",
    // What the collector says of a day that it never will collect.
    "java.lang.IllegalArgumentException, 1",
  })
  void whatPassesIsTriedAgain(String error, int times) throws IOException {
    Execution execution =
        run(
            "{\"dates\":[\"2019-07-01\"]}",
            (resource, arguments) -> {
              throw new Failure(error, "");
            });

    assertThat(asked).hasSize(times);
    assertThat(texts(execution.output().at("/again/dates"))).containsExactly("2019-07-01");
  }

  @Test
  void aFeedThatIsGoneEndsTheBackfillWithinAYearAndTheRestIsReported() throws IOException {
    Execution execution =
        run(
            "{\"from\":\"2010-01-01\",\"to\":\"2019-12-31\"}",
            (resource, arguments) -> {
              throw new Failure("java.lang.IllegalStateException", "gone");
            });

    assertThat(asked.size()).isEqualTo(365);
    assertThat(execution.output().path("failed").asInt()).isEqualTo(365);
    assertThat(execution.output().path("notTried").asInt()).isEqualTo(3_652 - 365);
    assertThat(execution.output().at("/again/dates").size()).isEqualTo(3_652);
  }
}
