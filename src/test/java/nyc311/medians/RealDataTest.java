package nyc311.medians;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.local.LocalS3;
import nyc311.local.RealDays;
import nyc311.requests.Borough;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The medians of real raw days, against a computation that follows the definitions row by row. See
 * {@link RealDays}.
 */
class RealDataTest {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final Map<String, Borough> BOROUGHS =
      Map.of(
          "BRONX", Borough.BRONX,
          "BROOKLYN", Borough.BROOKLYN,
          "MANHATTAN", Borough.MANHATTAN,
          "QUEENS", Borough.QUEENS,
          "STATEN ISLAND", Borough.STATEN_ISLAND);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SortedMap<LocalDate, byte[]> DAYS = new TreeMap<>();
  private static LocalS3 s3;

  @BeforeEach
  void putEveryDayIntoTheBucketOnce() throws IOException {
    Path folder = RealDays.folder();
    if (s3 != null) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
        LocalDate day = LocalDate.parse(file.getFileName().toString().substring(0, 10));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          DAYS.put(day, in.readAllBytes());
        }
      }
    }
    s3 = LocalS3.temporary();
    DAYS.forEach(
        (day, content) ->
            s3.client()
                .putObject(
                    r -> r.bucket(s3.bucket()).key(Keys.rawDay(day)),
                    RequestBody.fromBytes(content)));
  }

  @AfterAll
  static void stop() throws IOException {
    if (s3 != null) {
      s3.close();
    }
  }

  @Test
  void theMediansOfAllDaysFollowTheDefinitions() throws IOException {
    assertFollowsTheDefinitions(400);
  }

  @Test
  void theMediansOfTheNewestWindowFollowTheDefinitions() throws IOException {
    assertFollowsTheDefinitions(60);
  }

  private static void assertFollowsTheDefinitions(int windowDays) throws IOException {
    new Recompute(new S3Bucket(s3.client(), s3.bucket()), windowDays, Clock.systemUTC())
        .run(DAYS.keySet());
    Medians published =
        MediansJson.read(
            new ByteArrayInputStream(
                s3.client()
                    .getObjectAsBytes(r -> r.bucket(s3.bucket()).key(Keys.MEDIANS))
                    .asByteArray()));

    LocalDate newest = LocalDate.MIN;
    for (Map.Entry<LocalDate, byte[]> day : DAYS.entrySet()) {
      newest = JSON.readTree(day.getValue()).isEmpty() ? newest : day.getKey();
    }
    assertThat(published.to()).isEqualTo(newest);
    Map<String, List<Observation>> byType = new TreeMap<>();
    for (Map.Entry<LocalDate, byte[]> day :
        DAYS.tailMap(newest.minusDays(windowDays - 1L)).entrySet()) {
      observe(JSON.readTree(day.getValue()), byType);
    }

    assertThat(published.types()).hasSameSizeAs(byType.keySet());
    for (TypeMedians type : published.types()) {
      List<Observation> observations = byType.remove(plain(type.complaintType()));
      assertThat(observations).as(type.complaintType()).isNotNull();
      observations.sort(Comparator.comparingLong(Observation::seconds));
      assertThat(type.requests()).isEqualTo(observations.size());
      Patterns patterns = type.patterns();
      assertGroups(observations, Observation::hour, patterns.byHour());
      assertGroups(observations, Observation::weekday, patterns.byWeekday());
      assertGroups(observations, Observation::borough, patterns.byBorough());
      assertThat(requests(patterns.byHour())).isEqualTo(type.requests());
      assertThat(requests(patterns.byWeekday())).isEqualTo(type.requests());
      long longest = observations.get(observations.size() - 1).seconds;
      double[] quantiles = {.1, .5, .9};
      double[] values = {type.p10(), type.p50(), type.p90()};
      boolean[] lowerBounds = {false, type.atLeast(), type.p90AtLeast()};
      for (int i = 0; i < quantiles.length; i++) {
        long reached = firstTimeWithShareClosed(observations, quantiles[i]);
        assertThat(values[i])
            .as(type.complaintType() + " p" + quantiles[i])
            .isCloseTo((reached < 0 ? longest : reached) / 3600.0, within(5.1e-5));
        assertThat(i > 0 && reached < 0).isEqualTo(lowerBounds[i]);
      }
    }
    assertThat(byType).isEmpty();
  }

  /** All groups that there are, and the median of each. */
  private static <K> void assertGroups(
      List<Observation> sorted,
      Function<Observation, K> key,
      Map<? super K, Patterns.Group> published) {
    Map<K, List<Observation>> groups =
        sorted.stream()
            .filter(observation -> key.apply(observation) != null)
            .collect(Collectors.groupingBy(key));
    assertThat(published).hasSameSizeAs(groups);
    groups.forEach(
        (name, group) -> {
          long reached = firstTimeWithShareClosed(group, .5);
          long longest = group.get(group.size() - 1).seconds;
          Patterns.Group median = published.get(name);
          assertThat(median.requests()).isEqualTo(group.size());
          assertThat(median.atLeast()).isEqualTo(reached < 0);
          assertThat(median.p50())
              .as(name.toString())
              .isCloseTo((reached < 0 ? longest : reached) / 3600.0, within(5.1e-5));
        });
  }

  private static int requests(Map<?, Patterns.Group> groups) {
    return groups.values().stream().mapToInt(Patterns.Group::requests).sum();
  }

  /**
   * @param borough null when it is not known
   */
  private record Observation(
      long seconds, boolean closed, int hour, DayOfWeek weekday, Borough borough) {}

  private static void observe(JsonNode rows, Map<String, List<Observation>> byType) {
    long asOf = asOf(rows);
    for (JsonNode row : rows) {
      long created = epochSecond(row, "created_date");
      boolean closed = row.get("status").asText().equals("Closed") && row.has("closed_date");
      long closing = closed ? epochSecond(row, "closed_date") : asOf;
      if (closing >= created) {
        String stamp = closed ? row.get("closed_date").asText() : "";
        boolean dayOnly = stamp.endsWith("T00:00:00.000") || (closed && closing == created);
        long seconds = Math.max(0, (dayOnly ? Math.min(asOf, endOfDay(stamp)) : closing) - created);
        byType
            .computeIfAbsent(plain(row.get("complaint_type").asText()), t -> new ArrayList<>())
            .add(
                new Observation(
                    seconds,
                    closed,
                    Integer.parseInt(row.get("created_date").asText().substring(11, 13)),
                    LocalDate.parse(row.get("created_date").asText().substring(0, 10))
                        .getDayOfWeek(),
                    BOROUGHS.get(row.path("borough").asText())));
      }
    }
  }

  /** The latest time, but for a few stragglers while the day is less than three days old. */
  private static long asOf(JsonNode rows) {
    List<Long> times = new ArrayList<>();
    for (JsonNode row : rows) {
      times.add(epochSecond(row, "created_date"));
      if (row.has("closed_date")) {
        times.add(epochSecond(row, "closed_date"));
      }
    }
    times.sort(Comparator.reverseOrder());
    boolean young =
        !times.isEmpty()
            && times.get(0) < endOfDay(rows.get(0).get("created_date").asText()) + 3 * 86_400;
    int stragglers = young ? Math.min(10, times.size() / 2_000) : 0;
    return times.isEmpty() ? 0 : times.get(stragglers);
  }

  private static long endOfDay(String timestamp) {
    LocalDate day = LocalDate.parse(timestamp.substring(0, 10));
    return day.plusDays(1).atStartOfDay(NEW_YORK).toEpochSecond();
  }

  private static long epochSecond(JsonNode row, String field) {
    return LocalDateTime.parse(row.get(field).asText()).atZone(NEW_YORK).toEpochSecond();
  }

  /**
   * The product-limit definition, one distinct time after the other; -1 when it is never reached.
   */
  private static long firstTimeWithShareClosed(List<Observation> sorted, double q) {
    double stillOpen = 1;
    int i = 0;
    while (i < sorted.size()) {
      long time = sorted.get(i).seconds;
      int atRisk = sorted.size() - i;
      int closedNow = 0;
      for (; i < sorted.size() && sorted.get(i).seconds == time; i++) {
        closedNow += sorted.get(i).closed ? 1 : 0;
      }
      stillOpen *= (double) (atRisk - closedNow) / atRisk;
      if (closedNow > 0 && stillOpen <= 1 - q + 1e-12) {
        return time;
      }
    }
    return -1;
  }

  private static String plain(String complaintType) {
    return complaintType.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ").strip();
  }
}
