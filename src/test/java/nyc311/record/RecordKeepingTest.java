package nyc311.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import nyc311.bucket.Content;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.medians.TypeMedians;
import nyc311.record.RecordKeeping.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that were given, and what became of the requests, with figures that anyone can check. */
class RecordKeepingTest {
  private static final LocalDate DAY = LocalDate.parse("2019-07-10");
  private static final Instant BEGINS = Instant.parse("2019-07-10T04:00:00Z");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2019-07-20T10:00:00Z"), ZoneOffset.UTC);

  /** From the noon of the day, 16:00 UTC, to the instant that the raw day dates from. */
  private static final double AGE_HOURS = 9 * 24 + 14;

  @TempDir private Path folder;
  private FolderBucket bucket;

  @BeforeEach
  void someAnswersWereInForceAndFourRequestsCame() throws IOException {
    bucket = new FolderBucket(folder);
    copy(DAY, medians(10, DAY.minusDays(1), BEGINS.minusSeconds(1)));
    raw(DAY, closed(.5), closed(5), closed(20), open());
  }

  @Test
  void eachAnswerIsHeldAgainstWhatBecame() throws IOException {
    Result result = run();

    // Closed after 1 to 10 hours were those that the medians knew: 1, 5 and 9 were promised.
    Tally medians = result.record().orElseThrow().total().get(Asked.MEDIANS);
    assertThat(result.judged()).containsExactly(DAY);
    assertThat(List.of(medians.requests(), medians.below(), medians.within(), medians.above()))
        .containsExactly(4, 1, 1, 2);
    assertThat(medians.mlogCap())
        .isCloseTo((log(5) - log(.5)) + 0 + (log(20) - log(5)) + (log(24) - log(5)), within(1e-6));
    double open = log(AGE_HOURS);
    assertThat(medians.pinball().get(0))
        .isCloseTo(
            .9 * (log(1) - log(.5)) + .1 * (log(5) + log(20) + open - 3 * log(1)), within(1e-6));
    assertThat(medians.pinball().get(1))
        .isCloseTo(.5 * (log(5) - log(.5) + log(20) + open - 2 * log(5)), within(1e-6));
    assertThat(medians.pinball().get(2))
        .isCloseTo(
            .1 * (2 * log(9) - log(.5) - log(5)) + .9 * (log(20) + open - 2 * log(9)),
            within(1e-6));
    assertThat(medians.closedBy()).containsExactly(1, 1, 2, 2, 2);
    assertThat(medians.followed()).containsExactly(4, 4, 4, 4, 4);
  }

  @Test
  void whoeverWaitedIsJudgedByWhatWasLeftThen() throws IOException {
    Map<Asked, Tally> total = run().record().orElseThrow().total();

    // Of those that were open after six hours, one in four each was closed after 7, 8, 9, 10.
    assertThat(total.get(Asked.AFTER_6_HOURS).requests()).isEqualTo(2);
    assertThat(total.get(Asked.AFTER_6_HOURS).above()).isEqualTo(2);
    // Beyond all that was followed, nothing is promised but that it takes no less than nothing.
    assertThat(total.get(Asked.AFTER_24_HOURS).requests()).isEqualTo(1);
    assertThat(total.get(Asked.AFTER_24_HOURS).followed()).containsOnly(0);
  }

  @Test
  void whatIsPublishedSaysTheSame() throws IOException {
    run();

    JsonNode record = new ObjectMapper().readTree(bucket.read(Keys.RECORD).orElseThrow());
    assertThat(record.at("/total/medians/requests").asInt()).isEqualTo(4);
    assertThat(record.at("/total/served/within").asInt()).isEqualTo(1);
    assertThat(record.at("/total/served/closed_by/2/promised").asDouble()).isEqualTo(.5);
    assertThat(record.at("/total/served/closed_by/2/kept").asDouble()).isEqualTo(.5);
    assertThat(record.at("/days/0/day").asText()).isEqualTo("2019-07-10");
    assertThat(record.at("/complaint_types/0/complaint_type").asText()).isEqualTo("Noise");
    assertThat(record.at("/as_of").asText()).isEqualTo("2019-07-20T06:00:00Z");
  }

  @Test
  void aDayIsJudgedAgainOnlyWhenItHasChanged() throws IOException {
    run();
    assertThat(run().judged()).isEmpty();

    raw(DAY, closed(.5), closed(5), closed(20), closed(30));

    Result again = run();
    assertThat(again.judged()).containsExactly(DAY);
    assertThat(again.record().orElseThrow().total().get(Asked.MEDIANS).requests()).isEqualTo(4);
    assertThat(again.record().orElseThrow().total().get(Asked.AFTER_24_HOURS).requests())
        .isEqualTo(1);
  }

  @Test
  void daysAddUp() throws IOException {
    LocalDate next = DAY.plusDays(1);
    raw(next, closed(next, 5), closed(next, 5));

    TrackRecord record = run().record().orElseThrow();

    assertThat(record.days()).extracting(JudgedDay::day).containsExactly(DAY, next);
    assertThat(record.total().get(Asked.SERVED).requests()).isEqualTo(6);
    assertThat(record.total().get(Asked.SERVED).within()).isEqualTo(3);
    assertThat(record.days().get(1).copied()).isEqualTo(DAY);
  }

  /** Copied late, by a clock that was wrong, or of medians that a raw day came into too early. */
  @Test
  void noAnswerComesFromAPublicationThatKnewTheRequest() throws IOException {
    copy(DAY, medians(100, DAY, BEGINS.minusSeconds(1)));
    assertThat(run().without()).containsExactly(DAY);

    copy(DAY, medians(100, DAY.minusDays(1), BEGINS.plusSeconds(1)));
    assertThat(run().without()).containsExactly(DAY);

    copy(DAY.minusDays(3), medians(10, DAY.minusDays(4), BEGINS.minusSeconds(300_000)));
    Result result = run();
    assertThat(result.judged()).containsExactly(DAY);
    JudgedDay judged = result.record().orElseThrow().days().get(0);
    assertThat(judged.copied()).isEqualTo(DAY.minusDays(3));
    assertThat(judged.mediansAsOf()).isEqualTo(BEGINS.minusSeconds(300_000));
  }

  @Test
  void aCopyOfALaterDayIsNotLookedAt() throws IOException {
    bucket = new FolderBucket(folder.resolve("other"));
    raw(DAY, closed(5));
    copy(DAY.plusDays(1), medians(10, DAY.minusDays(1), BEGINS.minusSeconds(1)));

    assertThat(run().without()).containsExactly(DAY);
    assertThat(bucket.list(Keys.RECORDS, "")).isEmpty();
    assertThat(bucket.head(Keys.RECORD)).isEmpty();
  }

  @Test
  void aDayThatCannotBeReadDoesNotHoldBackTheOthers() throws IOException {
    put(Keys.rawDay(DAY.plusDays(1)), "[{".getBytes(UTF_8), Map.of());

    Result result = run();

    assertThat(result.judged()).containsExactly(DAY);
    assertThat(result.failed()).containsOnlyKeys(DAY.plusDays(1));
  }

  @Test
  void whatIsYoungerThanTwoDaysOrWasFollowedForLessThanAWeekIsNoPartOfTheRecord()
      throws IOException {
    LocalDate yesterday = LocalDate.parse("2019-07-19");
    LocalDate thisWeek = LocalDate.parse("2019-07-14");
    raw(yesterday, closed(yesterday, 1));
    raw(thisWeek, closed(thisWeek, 5));

    Result result = run();

    assertThat(result.judged()).containsExactly(DAY, thisWeek);
    assertThat(result.record().orElseThrow().days())
        .extracting(JudgedDay::day)
        .containsExactly(DAY);
  }

  @Test
  void requestsOfTypesThatHadNoMediansHadNoAnswer() throws IOException {
    raw(DAY, closed(5), closed(5).replace("Noise", "Rodent"));

    JudgedDay judged = run().record().orElseThrow().days().get(0);

    assertThat(judged.unknown()).isEqualTo(1);
    assertThat(judged.types()).containsOnlyKeys("Noise");
  }

  private static double log(double hours) {
    return Math.log1p(hours);
  }

  private Result run() throws IOException {
    return new RecordKeeping(bucket, CLOCK).run((task, done, all) -> {});
  }

  private void copy(LocalDate day, Medians medians) throws IOException {
    put(Keys.publishedMedians(day), MediansJson.write(medians), Map.of());
  }

  /** Of so many requests that took 1, 2, 3, … hours. */
  static Medians medians(int requests, LocalDate to, Instant asOf) {
    TypeMedians noise =
        TypeMedians.of(
            "Noise",
            LongStream.rangeClosed(1, requests).map(hours -> 3600 * hours).toArray(),
            new long[0]);
    return new Medians(asOf, to.minusDays(9), to, 10, Medians.MOMENTS, List.of(noise));
  }

  private void raw(LocalDate day, String... rows) throws IOException {
    List<String> keyed = new ArrayList<>();
    for (String row : rows) {
      keyed.add(row.replace("KEY", Integer.toString(keyed.size())));
    }
    put(
        Keys.rawDay(day),
        ("[" + String.join(",", keyed) + "]").getBytes(UTF_8),
        Map.of(Keys.COLLECTED_AT, "2019-07-20T06:00:00Z"));
  }

  private static String closed(double hours) {
    return closed(DAY, hours);
  }

  static String closed(LocalDate day, double hours) {
    return open(day)
        .replace(
            "Open\"",
            "Closed\",\"closed_date\":\""
                + day.atTime(12, 0).plusMinutes(Math.round(60 * hours))
                + ":00.000\"");
  }

  private static String open() {
    return open(DAY);
  }

  static String open(LocalDate day) {
    return "{\"unique_key\":\"KEY\",\"created_date\":\"%sT12:00:00.000\",\"complaint_type\":\"Noise\",\"status\":\"Open\"}"
        .formatted(day);
  }

  private void put(String key, byte[] content, Map<String, String> metadata) throws IOException {
    Optional<String> there = bucket.head(key).map(ObjectHead::etag);
    bucket.put(key, Content.of(content), metadata, there);
  }
}
