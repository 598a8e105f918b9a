package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalS3;
import nyc311.local.Patience;
import nyc311.local.WatchedBucket;
import nyc311.medians.Patterns.Group;
import nyc311.medians.Recompute.DayOutcome;
import nyc311.medians.Recompute.Result;
import nyc311.requests.Borough;
import nyc311.requests.MalformedRawDayException;
import nyc311.requests.NewYork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Recomputation against a real S3 server: whatever happens to raw days, and however recomputations
 * meet, the published medians end as a pure function of the raw days.
 */
class RecomputeTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2019-07-21T10:00:00Z"), ZoneOffset.UTC);

  private static final int WINDOW_DAYS = 10;
  private static final String AS_OF = "2019-07-20T16:00:00Z";

  private LocalS3 s3;
  private Bucket bucket;
  private Recompute recompute;

  @BeforeEach
  void start() throws IOException {
    s3 = LocalS3.temporary();
    bucket = new S3Bucket(s3.client(), s3.bucket());
    recompute = new Recompute(bucket, WINDOW_DAYS, CLOCK);
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
  }

  @Test
  void aRawDayBecomesASummaryAndMedians() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 60).closed("Noise", 180).closed("Noise", 120));

    Result result = run("2019-07-10");

    assertThat(result.published()).isTrue();
    assertThat(outcomes(result)).containsEntry(day("2019-07-10"), DayOutcome.SUMMARISED);
    assertThat(keys())
        .containsExactly(
            "311/days/2019-07-10.json", "311/medians.json", "311/raw_data/2019-07-10.json");
    Medians medians = medians();
    assertThat(medians.asOf()).isEqualTo(Instant.parse(AS_OF));
    assertThat(medians.from()).isEqualTo(day("2019-07-01"));
    assertThat(medians.to()).isEqualTo(day("2019-07-10"));
    assertThat(medians.daysWithData()).isEqualTo(1);
    TypeMedians noise = medians.types().get(0);
    assertThat(noise.p10()).isEqualTo(1);
    assertThat(noise.p50()).isEqualTo(2);
    assertThat(noise.p90()).isEqualTo(3);
    assertThat(noise.requests()).isEqualTo(3);
    assertThat(noise.atLeast()).isFalse();
    assertThat(noise.closedBy()).hasSameSizeAs(medians.moments());
    assertThat(noise.closedBy().get(medians.moments().indexOf(2.))).isEqualTo(.6667);
  }

  @Test
  void openRequestsAreCensoredWhenTheirDayWasCollected() throws IOException {
    put(RawRows.of("2019-07-19").closed("Noise", 60).open("Noise", 2));
    run("2019-07-19");

    // Made at noon of the 19th, still open at noon of the 20th.
    TypeMedians noise = medians().types().get(0);
    assertThat(noise.p50()).isEqualTo(24);
    assertThat(noise.atLeast()).isTrue();
    assertThat(noise.p90AtLeast()).isTrue();
    assertThat(noise.p10()).isEqualTo(1);
    assertThat(noise.open()).isEqualTo(2);
    assertThat(noise.closedBy().size()).isEqualTo(medians().moments().indexOf(24.) + 1);
  }

  @Test
  void aDayPutByHandDatesFromItsLatestTimestamp() throws IOException {
    LocalDate day = day("2019-07-01");
    RawRows rows =
        RawRows.of("2019-07-01")
            .closed("Noise", 60)
            .closed("Noise", 48 * 60)
            .row("Noise", "Open", day.atTime(12, 0), LocalDate.of(9999, 1, 1).atTime(0, 0));
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)), RequestBody.fromBytes(rows.json()));
    run("2019-07-01");

    assertThat(medians().asOf()).isEqualTo(Instant.parse("2019-07-03T16:00:00Z"));
    assertThat(medians().types().get(0).p90()).isEqualTo(48);
  }

  @Test
  void spellingsOfOneTypeAreMergedUnderTheMostFrequentOne() throws IOException {
    put(RawRows.of("2019-07-10").closed("UNSANITARY CONDITION", 60));
    put(
        RawRows.of("2019-07-09")
            .closed("Unsanitary Condition", 60)
            .closed("Unsanitary Condition", 60));
    run("2019-07-09", "2019-07-10");

    assertThat(medians().types())
        .singleElement()
        .satisfies(
            type -> {
              assertThat(type.complaintType()).isEqualTo("Unsanitary Condition");
              assertThat(type.requests()).isEqualTo(3);
            });
  }

  @Test
  void aDayPutAgainCountsOnlyAsItIsNow() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 60).closed("Noise", 60).closed("Rats", 60));
    run("2019-07-10");
    put(RawRows.of("2019-07-10").closed("Noise", 120));
    run("2019-07-10");
    assertThat(medians().types()).singleElement().satisfies(t -> assertThat(t.p50()).isEqualTo(2));

    put(RawRows.of("2019-07-10").closed("Noise", 120).closed("Rats", 1).closed("Rats", 2));
    run("2019-07-10");
    assertThat(medians().types()).extracting(TypeMedians::requests).containsExactly(1, 2);
  }

  @Test
  void theSameDayAgainWritesNothing() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-10");
    List<Instant> written = lastModified();

    Result again = run("2019-07-10");

    assertThat(again.published()).isFalse();
    assertThat(outcomes(again)).containsEntry(day("2019-07-10"), DayOutcome.UNCHANGED);
    assertThat(lastModified()).isEqualTo(written);
  }

  @Test
  void daysBeforeTheWindowDoNotChangeTheMedians() throws IOException {
    put(RawRows.of("2019-06-30").closed("Noise", 60));
    run("2019-06-30");
    byte[] june = bytes(Keys.MEDIANS);
    put(RawRows.of("2019-01-15").closed("Noise", 6_000).closed("Snow", 10));

    Result result = run("2019-01-15");

    assertThat(result.published()).isFalse();
    assertThat(outcomes(result)).containsEntry(day("2019-01-15"), DayOutcome.SUMMARISED);
    assertThat(bytes(Keys.MEDIANS)).isEqualTo(june);
  }

  @Test
  void theWindowEndsAtTheNewestDayThatHasRequests() throws IOException {
    put(RawRows.of("2019-07-01").closed("Noise", 60));
    put(RawRows.of("2019-07-02").closed("Noise", 120));
    run("2019-07-01", "2019-07-02");
    byte[] before = bytes(Keys.MEDIANS);

    put(RawRows.of("2019-07-25"));
    putAs("2019-07-24", RawRows.of("2019-07-02").closed("Noise", 1));
    putAs("2099-01-01", RawRows.of("2099-01-01").open("Noise", 1));
    Result result = run("2019-07-24", "2019-07-25", "2099-01-01");

    assertThat(result.failed()).containsOnlyKeys(day("2019-07-24"));
    assertThat(result.failed().get(day("2019-07-24")))
        .hasMessageEndingWith("1 of its 1 rows were created from 2019-07-02 to 2019-07-02");
    assertThat(bytes(Keys.MEDIANS)).isEqualTo(before);
    assertThat(new String(bytes("311/days/2099-01-01.json"), UTF_8))
        .contains("\"rejected\":{\"created_after_collection\":1}");
  }

  @Test
  void theWindowMovesOnWithTheNewestDayAndBackWhenThatIsEmptied() throws IOException {
    put(RawRows.of("2019-06-20").closed("Snow", 60));
    put(RawRows.of("2019-07-01").closed("Noise", 60));
    run("2019-06-20");
    run("2019-07-01");
    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");

    put(RawRows.of("2019-07-01"));
    run("2019-07-01");
    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Snow");
    assertThat(medians().to()).isEqualTo(day("2019-06-20"));
  }

  @Test
  void aWindowThatMovesBackIsStillWhole() throws IOException {
    put(RawRows.of("2019-06-27").closed("Snow", 60));
    put(RawRows.of("2019-07-05").closed("Rats", 60));
    put(RawRows.of("2019-07-09").closed("Noise", 60));
    run("2019-06-27", "2019-07-05", "2019-07-09");

    put(RawRows.of("2019-07-09"));
    Result result = run("2019-07-09");

    // The window of 5 July begins on 26 June, before that of 9 July. Nothing was to be healed.
    assertThat(result.days()).containsOnlyKeys(day("2019-07-09"));
    assertThat(medians().types())
        .extracting(TypeMedians::complaintType)
        .containsExactly("Rats", "Snow");
  }

  @Test
  void aDayWhoseEventWasLostIsHealed() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-12").closed("Snow", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));

    Result result = run("2019-07-10");

    assertThat(result.days())
        .containsOnlyKeys(day("2019-07-09"), day("2019-07-10"), day("2019-07-12"));
    assertThat(medians().types())
        .extracting(TypeMedians::complaintType)
        .containsExactly("Noise", "Rats", "Snow");
  }

  @Test
  void aVanishedRawDayIsNoErrorAndLeavesTheMedians() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    delete(Keys.rawDay(day("2019-07-09")));

    Result result = run("2019-07-09", "2019-07-08");

    assertThat(result.failed()).isEmpty();
    assertThat(outcomes(result))
        .containsEntry(day("2019-07-08"), DayOutcome.VANISHED)
        .containsEntry(day("2019-07-09"), DayOutcome.VANISHED);
    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
    assertThat(keys()).doesNotContain("311/days/2019-07-08.json");
  }

  @Test
  void aRawDayThatVanishedWithoutAnyEventIsNoticed() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    delete(Keys.rawDay(day("2019-07-09")));

    run("2019-07-10");

    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
  }

  @Test
  void aDayThatCannotBeReadDoesNotKeepTheOthersFromBeingPublished() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    putBytes("2019-07-10", "<html>busy</html>".getBytes(UTF_8));
    putBytes("2019-07-11", "[{}".getBytes(UTF_8));

    Result result = run("2019-07-09", "2019-07-10");

    assertThat(result.published()).isTrue();
    assertThat(result.failed()).containsOnlyKeys(day("2019-07-10"));
    assertThat(result.failed().get(day("2019-07-10")))
        .hasMessageStartingWith("311/raw_data/2019-07-10.json at line 1, column 1");
    assertThat(result.skipped()).containsOnlyKeys(day("2019-07-11"));
    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Rats");
  }

  /** A raw day that can never be summarised. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Poison(String day, byte[] content, String collectedAt) {}

  static List<Named<Poison>> poisons() throws IOException {
    byte[] good = RawRows.of("2019-07-08").closed("Rats", 60).json();
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(good);
    }
    RawRows types = RawRows.of("2019-07-08");
    IntStream.range(0, 1_001).forEach(i -> types.open("T" + i, 1));
    return List.of(
        named("a day of 1900", "1900-01-01", RawRows.of("1900-01-01").open("Rats", 1).json(), null),
        named("an as-of of 1900", "2019-07-08", good, "1900-01-01T00:00:00Z"),
        named("an as-of of 9999", "2019-07-08", good, "9999-12-31T00:00:00Z"),
        named("an as-of that is none", "2019-07-08", good, "yesterday"),
        named("no JSON", "2019-07-08", "created_date,status".getBytes(UTF_8), null),
        named("gzip", "2019-07-08", gzip.toByteArray(), null),
        named("NaN", "2019-07-08", "[{\"latitude\":NaN}]".getBytes(UTF_8), AS_OF),
        named("a huge number", "2019-07-08", ("[" + "7".repeat(9 << 20)).getBytes(UTF_8), AS_OF),
        named("too many types", "2019-07-08", types.json(), AS_OF),
        named("another day's rows", "2019-07-07", good, null));
  }

  private static Named<Poison> named(String name, String day, byte[] content, String collectedAt) {
    return Named.of(name, new Poison(day, content, collectedAt));
  }

  @ParameterizedTest
  @MethodSource("poisons")
  void aPoisonDayFailsItsOwnEventAndNoOther(Poison poison) throws IOException {
    LocalDate day = day(poison.day);
    putBytes(poison.day, poison.content, poison.collectedAt);
    put(RawRows.of("2019-07-10").closed("Noise", 60));

    for (int event = 0; event < 2; event++) {
      Result others = run("2019-07-10");
      assertThat(others.failed()).isEmpty();
      assertThat(others.days()).containsOnlyKeys(day("2019-07-10"));
      assertThat(run(poison.day).failed().get(day))
          .isInstanceOf(MalformedRawDayException.class)
          .hasMessageStartingWith(Keys.rawDay(day));
      assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1900-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "NaN"})
  void aSummaryWithAnImpossibleAsOfIsMadeAgain(String asOf) throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    byte[] summary = bytes("311/days/2019-07-09.json");
    String spoilt = new String(summary, UTF_8).replace(AS_OF, asOf);
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key("311/days/2019-07-09.json"),
            RequestBody.fromString(spoilt));

    assertThat(run("2019-07-10").failed()).isEmpty();
    assertThat(bytes("311/days/2019-07-09.json")).isEqualTo(summary);
  }

  @Test
  void spoiltDocumentsAreMadeAgain() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    byte[] published = bytes(Keys.MEDIANS);
    for (String key : List.of("311/days/2019-07-09.json", Keys.MEDIANS)) {
      s3.client()
          .putObject(
              r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString("{\"version\":99}"));
    }

    run("2019-07-10");

    assertThat(bytes(Keys.MEDIANS)).isEqualTo(published);
  }

  @Test
  void summariesThatCannotBeTrueAreMadeAgain() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    byte[] published = bytes(Keys.MEDIANS);
    String summary = new String(bytes("311/days/2019-07-09.json"), UTF_8);
    for (String spoilt :
        List.of(
            summary.replace("\"3600mA\"", "\"-5mA\""),
            summary.replace("\"3600mA\"", "[3600]"),
            summary.replace("\"3600mA\"", "\"\""),
            summary.replace("2019-07-09", "2019-07-08"))) {
      assertThat(spoilt).isNotEqualTo(summary);
      s3.client()
          .putObject(
              r -> r.bucket(s3.bucket()).key("311/days/2019-07-09.json"),
              RequestBody.fromString(spoilt));

      assertThat(run("2019-07-10").failed()).isEmpty();
      assertThat(bytes(Keys.MEDIANS)).isEqualTo(published);
    }
  }

  @Test
  void summariesOfTheVersionBeforeAreMadeAgain() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60).open("Rats", 1));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    String summary = new String(bytes("311/days/2019-07-09.json"), UTF_8);
    byte[] published = bytes(Keys.MEDIANS);
    for (String day : List.of("2019-07-09", "2019-07-10")) {
      String before =
          new String(bytes("311/days/" + day + ".json"), UTF_8)
              .replace("\"version\":4", "\"version\":2")
              .replace("\"closed\"", "\"resolution_times\"")
              .replace("\"open\"", "\"ages\"")
              .replace("mA", "");
      s3.client()
          .putObject(
              r -> r.bucket(s3.bucket()).key("311/days/" + day + ".json"),
              RequestBody.fromString(before));
    }

    WatchedBucket watched = new WatchedBucket(bucket);
    assertThat(new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10"))).failed())
        .isEmpty();

    assertThat(new String(bytes("311/days/2019-07-09.json"), UTF_8))
        .isEqualTo(summary)
        .contains("\"closed\":\"3600mA\"");
    assertThat(bytes(Keys.MEDIANS)).isEqualTo(published);
    assertThat(watched.written())
        .as("no medians without the other day meanwhile")
        .containsExactly("311/days/2019-07-10.json", "311/days/2019-07-09.json");
  }

  @Test
  void aSummaryThatCannotBeMadeAgainDoesNotHoldTheOtherDaysBack() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    run("2019-07-09");
    for (String key : List.of("311/days/2019-07-09.json", "311/raw_data/2019-07-09.json")) {
      s3.client()
          .putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString("{\"version\""));
    }
    put(RawRows.of("2019-07-10").closed("Noise", 60));

    assertThat(run("2019-07-10").skipped()).containsOnlyKeys(day("2019-07-09"));

    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
  }

  @Test
  void theOrderOfRowsDoesNotMatter() throws IOException {
    List<String> boroughs = List.of("QUEENS", "Unspecified", "BRONX", "STATEN ISLAND", "BROOKLYN");
    for (boolean reversed : new boolean[] {false, true}) {
      RawRows rows = RawRows.of("2019-07-10");
      for (int i = 0; i < 10; i++) {
        int number = reversed ? 9 - i : i;
        LocalDateTime created = day("2019-07-10").atTime(number < 5 ? 5 : 0, 0);
        String borough = boroughs.get(number % 5);
        rows.row("Noise", "Open", created, null, borough)
            .row("Noise", "Closed", created, created.plusHours(1), borough);
      }
      // Collected before any of them was made: each has the age 0.
      put(rows, "2019-07-10T04:00:00Z");
      run("2019-07-10");

      assertThat(new String(bytes("311/days/2019-07-10.json"), UTF_8))
          .contains(
              "\"closed\":\"3600aA0aB0aC0aE0aF0fA0fB0fC0fE0fF\","
                  + "\"open\":\"0aA0aB0aC0aE0aF0fA0fB0fC0fE0fF\"");
    }
  }

  @Test
  void mediansChangeWithTheHourTheWeekdayAndTheBorough() throws IOException {
    LocalDateTime tuesday = LocalDateTime.parse("2019-07-09T08:59");
    LocalDateTime wednesday = LocalDateTime.parse("2019-07-10T22:00");
    put(
        RawRows.of("2019-07-09")
            .row("Noise", "Closed", tuesday, tuesday.plusHours(1), "BRONX")
            .row("Noise", "Closed", tuesday, tuesday.plusHours(2), "BRONX")
            .row("Noise", "Closed", tuesday, tuesday.plusHours(3), "Unspecified"));
    put(
        RawRows.of("2019-07-10")
            .row("NOISE", "Closed", wednesday, wednesday.plusHours(5), "STATEN ISLAND")
            .row("NOISE", "Open", wednesday, null, "STATEN ISLAND")
            .row("NOISE", "Open", wednesday, null, "BRONX"));
    run("2019-07-09", "2019-07-10");

    // Wednesday's were collected after ten days less ten hours.
    Patterns patterns = medians().types().get(0).patterns();
    Group morning = group(2, false, 3, 1);
    Group night = group(230, true, 3, 5);
    assertThat(patterns.byHour()).containsExactly(Map.entry(8, morning), Map.entry(22, night));
    assertThat(patterns.byWeekday())
        .containsExactly(
            Map.entry(DayOfWeek.TUESDAY, morning), Map.entry(DayOfWeek.WEDNESDAY, night));
    assertThat(patterns.byBorough())
        .containsExactly(
            Map.entry(Borough.BRONX, group(2, false, 3, 1)),
            Map.entry(Borough.STATEN_ISLAND, group(5, false, 2, 5)));
  }

  private static Group group(double p50, boolean atLeast, int requests, double lower) {
    return new Group(p50, atLeast, requests, new Interval(lower, Double.POSITIVE_INFINITY));
  }

  @Test
  void theHourIsThatOfNewYorksClock() throws IOException {
    // Summer time ends at two in the morning: half past one comes twice, and is one hour.
    LocalDateTime before = LocalDateTime.parse("2019-11-03T00:30");
    put(
        RawRows.of("2019-11-03")
            .row("Noise", "Closed", before, before.plusHours(1))
            .row("Noise", "Closed", before.plusHours(1), before.plusHours(4))
            .row("Noise", "Closed", before.plusHours(9), before.plusHours(11)),
        "2019-11-20T16:00:00Z");
    run("2019-11-03");

    assertThat(medians().types().get(0).patterns().byHour())
        .containsExactly(
            Map.entry(0, group(1, false, 1, 1)),
            Map.entry(1, group(4, false, 1, 4)),
            Map.entry(9, group(2, false, 1, 2)));
  }

  @Test
  void agesAreNeverNegative() throws IOException {
    LocalDate day = day("2019-07-20");
    put(RawRows.of("2019-07-20").row("Noise", "Open", day.atTime(18, 0), null));
    run("2019-07-20");

    // Made at six in the evening of the day that was collected at noon.
    assertThat(medians().types()).singleElement().satisfies(t -> assertThat(t.p50()).isZero());
  }

  @Test
  void aDayWithoutRequestsSaysNothingAboutHowFreshTheMediansAre() throws IOException {
    put(RawRows.of("2019-07-09").closed("Noise", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key("311/raw_data/2019-07-08.json"),
            RequestBody.fromString("[]"));
    run("2019-07-08", "2019-07-09", "2019-07-10");

    assertThat(medians().asOf()).isEqualTo(Instant.parse(AS_OF));
  }

  @Test
  void aDayOfTheFutureThatIsPutByHandDoesNotTakeOver() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    LocalDate tomorrow = NewYork.day(Instant.now()).plusDays(1);
    s3.client()
        .putObject(
            r -> r.bucket(s3.bucket()).key(Keys.rawDay(tomorrow)),
            RequestBody.fromBytes(RawRows.of(tomorrow.toString()).closed("Rats", 60).json()));
    Result result = run("2019-07-10", tomorrow.toString());

    assertThat(result.days().get(tomorrow).summary().rejected())
        .containsEntry("created_after_collection", 1L);
    assertThat(medians().to()).isEqualTo(day("2019-07-10"));
  }

  @Test
  void aSummaryIsNeverReplacedByAnOlderOne() throws IOException {
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    WatchedBucket watched = new WatchedBucket(bucket);
    // While one recomputation holds the raw day as it was, it changes, and another one overtakes.
    watched.afterNextGet(
        Keys.rawDay(day("2019-07-10")),
        () -> {
          put(RawRows.of("2019-07-10").closed("Noise", 120));
          run("2019-07-10");
        });

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10")));

    assertThat(medians().types()).singleElement().satisfies(t -> assertThat(t.p50()).isEqualTo(2));
    assertThat(watched.written()).as("by the one that was overtaken").isEmpty();
  }

  @Test
  void mediansAreNeverReplacedByOlderOnes() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-07-09", "2019-07-10");
    WatchedBucket watched = new WatchedBucket(bucket);
    watched.afterNextGet(
        Keys.daySummary(day("2019-07-09")),
        () -> {
          put(RawRows.of("2019-07-09").closed("Rats", 180));
          run("2019-07-09");
        });
    put(RawRows.of("2019-07-10").closed("Noise", 120));

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10")));

    assertThat(medians().types()).extracting(TypeMedians::p50).containsExactly(2., 3.);
    assertThat(watched.written())
        .as("the overtaken one writes its day, and no medians: the other's are right already")
        .containsExactly("311/days/2019-07-10.json");
  }

  @Test
  void aMalformedDayIsReadOnce() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    putBytes("2019-07-10", "[{}".getBytes(UTF_8));
    WatchedBucket watched = new WatchedBucket(bucket);

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-09")));

    assertThat(watched.read()).containsOnlyOnce("311/raw_data/2019-07-10.json");
  }

  @Test
  void aDayOutOfDateThatCannotBeReachedFailsTheRun() throws IOException {
    put(RawRows.of("2019-07-08").closed("Noise", 60));
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    WatchedBucket watched = new WatchedBucket(bucket);
    watched.afterNextGet(
        Keys.rawDay(day("2019-07-08")),
        () -> {
          throw new IOException("connection reset");
        });

    Result result = new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-09")));

    assertThat(result.failed()).containsOnlyKeys(day("2019-07-08"));
    assertThat(result.skipped()).isEmpty();
    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Rats");
  }

  @Test
  void nothingFromBeforeTheWindowIsRead() throws IOException {
    for (String day : List.of("2012-07-09", "2019-06-29", "2019-06-30", "2019-07-09")) {
      put(RawRows.of(day).closed("Rats", 60));
      run(day);
    }
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    WatchedBucket watched = new WatchedBucket(bucket);

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10")));

    assertThat(watched.read())
        .containsExactly(
            "311/days/2019-07-10.json",
            "311/raw_data/2019-07-10.json",
            "311/medians.json",
            "311/days/2019-07-10.json",
            "311/days/2019-07-09.json");
  }

  @Test
  void daysBeforeTheWindowAreLeftOutAlsoWhereTheMediansAreGone() throws IOException {
    put(RawRows.of("2019-06-30").closed("Rats", 60));
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    run("2019-06-30");
    run("2019-07-10");
    delete(Keys.MEDIANS);
    WatchedBucket watched = new WatchedBucket(bucket);

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-06-30")));

    assertThat(medians().types()).extracting(TypeMedians::complaintType).containsExactly("Noise");
    assertThat(watched.written()).as("right at once, and not healed").containsExactly(Keys.MEDIANS);
  }

  @Test
  void summariesAreReadSideBySide() throws IOException {
    List<String> days = List.of("2019-07-08", "2019-07-09", "2019-07-10");
    for (String day : days) {
      put(RawRows.of(day).closed("Rats", 60));
    }
    run(days.toArray(String[]::new));
    CyclicBarrier both = new CyclicBarrier(2);
    WatchedBucket watched = new WatchedBucket(bucket);
    for (String day : days.subList(0, 2)) {
      watched.afterNextGet(
          Keys.daySummary(day(day)),
          () -> {
            try {
              both.await(Patience.LIMIT.toMinutes(), TimeUnit.MINUTES);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
              throw new IOException("read one after the other", e);
            }
          });
    }

    new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10")));

    assertThat(watched.read()).contains("311/days/2019-07-08.json", "311/days/2019-07-09.json");
  }

  @Test
  void aSummaryThatCannotBeReachedFailsTheRun() throws IOException {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    run("2019-07-09");
    byte[] published = bytes(Keys.MEDIANS);
    put(RawRows.of("2019-07-10").closed("Noise", 60));
    WatchedBucket watched = new WatchedBucket(bucket);
    watched.afterNextGet(
        Keys.daySummary(day("2019-07-09")),
        () -> {
          throw new IOException("connection reset");
        });

    assertThatThrownBy(
            () -> new Recompute(watched, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10"))))
        .hasRootCauseMessage("connection reset");
    assertThat(bytes(Keys.MEDIANS)).isEqualTo(published);
  }

  @Test
  void withoutAnyRequestNothingIsPublished() throws IOException {
    put(RawRows.of("2019-07-10"));

    Result result = run("2019-07-10");

    assertThat(result.window()).isEmpty();
    assertThat(keys()).doesNotContain(Keys.MEDIANS);
  }

  @Test
  void thirtyTwoRecomputationsAtOnceEndAsOneAloneDoes() throws Exception {
    Random random = new Random(311);
    List<String> events = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      String day = "2019-07-0" + i;
      events.addAll(Collections.nCopies(4, day));
      put(
          RawRows.of(day)
              .closed("Noise", random.nextInt(1_000))
              .closed("Type " + i, random.nextInt(1_000))
              .open("Rats", i));
    }
    Collections.shuffle(events, random);
    atOnce(events);

    assertThat(medians().types()).hasSize(10);
    assertConverged(events.toArray(String[]::new));
  }

  @Test
  void aRawDayReplacedWhileItIsRecomputedIsNotLost() throws Exception {
    put(RawRows.of("2019-07-09").closed("Rats", 60));
    List<Callable<Object>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int minutes = 60 * (i + 1);
      writers.add(
          () -> {
            put(RawRows.of("2019-07-10").closed("Noise", minutes));
            return new Recompute(bucket, WINDOW_DAYS, CLOCK).run(List.of(day("2019-07-10")));
          });
    }
    atOnceAll(writers);

    assertConverged("2019-07-09", "2019-07-10");
  }

  /** The bucket must hold what one recomputation alone makes of the same raw days. */
  private void assertConverged(String... days) throws IOException {
    Map<String, String> converged = documents();
    converged.keySet().forEach(this::delete);
    run(days);
    assertThat(converged).isEqualTo(documents());
  }

  private Map<String, String> documents() {
    return keys().stream()
        .filter(key -> !key.startsWith(Keys.RAW_DAYS) && !key.startsWith(Keys.PUBLISHED))
        .collect(Collectors.toMap(key -> key, key -> new String(bytes(key), UTF_8)));
  }

  private void atOnce(List<String> days) throws Exception {
    atOnceAll(
        days.stream()
            .<Callable<Object>>map(
                day -> () -> new Recompute(bucket, WINDOW_DAYS, CLOCK).run(List.of(day(day))))
            .toList());
  }

  private static void atOnceAll(List<Callable<Object>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Object> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Result run(String... days) throws IOException {
    return recompute.run(Arrays.stream(days).map(RecomputeTest::day).toList());
  }

  private static Map<LocalDate, DayOutcome> outcomes(Result result) {
    return result.days().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, day -> day.getValue().outcome()));
  }

  private void put(RawRows rows) {
    put(rows, AS_OF);
  }

  private void put(RawRows rows, String collectedAt) {
    putBytes(rows.day(), rows.json(), collectedAt);
  }

  private void putAs(String day, RawRows rows) {
    putBytes(day, rows.json());
  }

  private void putBytes(String day, byte[] content) {
    putBytes(day, content, AS_OF);
  }

  private void putBytes(String day, byte[] content, String collectedAt) {
    s3.client()
        .putObject(
            r ->
                r.bucket(s3.bucket())
                    .key(Keys.rawDay(day(day)))
                    .metadata(
                        collectedAt == null ? Map.of() : Map.of(Keys.COLLECTED_AT, collectedAt)),
            RequestBody.fromBytes(content));
  }

  private void delete(String key) {
    s3.client().deleteObject(r -> r.bucket(s3.bucket()).key(key));
  }

  private List<String> keys() {
    return s3.client().listObjectsV2(r -> r.bucket(s3.bucket())).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  private List<Instant> lastModified() {
    return keys().stream()
        .map(key -> s3.client().headObject(r -> r.bucket(s3.bucket()).key(key)))
        .map(HeadObjectResponse::lastModified)
        .toList();
  }

  private Medians medians() throws IOException {
    return MediansJson.read(new ByteArrayInputStream(bytes(Keys.MEDIANS)));
  }

  private byte[] bytes(String key) {
    return s3.client().getObjectAsBytes(r -> r.bucket(s3.bucket()).key(key)).asByteArray();
  }

  private static LocalDate day(String day) {
    return LocalDate.parse(day);
  }
}
