package nyc311.local;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.S3Bucket;
import nyc311.medians.MediansHandler;
import nyc311.predict.PredictHandler;
import nyc311.record.Asked;
import nyc311.record.JudgedDay;
import nyc311.record.RecordKeeping;
import nyc311.record.Tally;
import nyc311.record.TrackRecord;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Lives through a folder of recorded days as the deployed system would have: on each morning the
 * real functions run, on a simulated clock, against a feed that knows what was known then.
 */
@Command(
    name = "replay",
    description =
        "Replays recorded days, one morning after another, through the functions; prints a line a"
            + " week.",
    showDefaultValues = true,
    sortOptions = false)
public final class Replay implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WEEK = 7;

  /** Mornings after the last day: a week shows how most of its requests end. */
  private static final int FOLLOW_UP = 7;

  private static final Duration API_LIMIT = Duration.ofSeconds(10);
  static final String ASK_FOR_STATUS =
      """
      {"version":"2.0","rawPath":"/status","rawQueryString":"","headers":{},
       "requestContext":{"http":{"method":"GET","path":"/status"}}}\
      """;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      description = "Raw days, YYYY-MM-DD.json or .json.gz; days that it lacks are empty.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where the bucket is kept, which must have no raw days yet. Default: nowhere.")
  private Path data;

  @Option(names = "--log", paramLabel = "LEVEL", description = "What the functions log.")
  private LogLevel log = LogLevel.WARN;

  /** What may set {@code WINDOW_DAYS} and {@code LOOKBACK_DAYS}. */
  Map<String, String> environment = System.getenv();

  /** Days by what became of them, such as {@code written}, and {@code rows} of those written. */
  private final Map<String, Long> week = new TreeMap<>();

  private final Map<String, Long> all = new TreeMap<>();

  Replay() {}

  /** See {@code --help}. */
  public static void main(String[] arguments) {
    Program.run(new Replay(), arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    Map<String, String> variables = variables();
    RawDaysFolder recorded = recorded();
    List<LocalDate> days = recorded.days();
    LocalDate first = days.get(0).plusDays(1);
    LocalDate last = days.get(days.size() - 1).plusDays(FOLLOW_UP);
    say("Replay     %d days, on the mornings from %s to %s", days.size(), first, last);
    SimulatedFeed source = new SimulatedFeed(recorded, Clock.systemUTC());
    source.wakeOn(first);
    try (LocalS3 s3 =
            data == null ? LocalS3.temporary() : LocalS3.onFolder(data, 0, "nyc311-local");
        FeedServer feed = new FeedServer(source)) {
      variables.put(Setting.FEED_URL.name(), feed.url("erm2-nwe9").toString());
      variables.put(Setting.FEED_ARCHIVE_URL.name(), feed.url("76ig-c548").toString());
      Settings settings = new Settings(variables);
      Bucket bucket = new S3Bucket(s3.client(), s3.bucket());
      if (!bucket.list(Keys.RAW_DAYS, "").isEmpty()) {
        throw refused("--data must be a folder without raw days: " + data);
      }
      Clock clock = source.clock();
      PredictHandler predict = new PredictHandler(settings, bucket, clock);
      try (LocalTrigger trigger =
          new LocalTrigger(
              new MediansHandler(settings, bucket, clock), Keys.RAW_DAYS, ".json", 2, log)) {
        s3.onCreated(trigger);
        Mornings mornings = new Mornings(source, settings, bucket, trigger, log);
        for (LocalDate day : first.datesUntil(last.plusDays(1)).toList()) {
          mornings.run(day).forEach((function, answer) -> count(day, function, answer));
          if (ChronoUnit.DAYS.between(first, day) % WEEK == WEEK - 1 || day.equals(last)) {
            say("%s %s", day, told(week));
            say("           %s", published(predict));
            week.clear();
          }
        }
      }
      sayRecord(new RecordKeeping(bucket, clock).judged());
    }
    say(
        "Done       after %d s: %s",
        Duration.ofNanos(System.nanoTime() - begin).toSeconds(), told(all));
    return 0;
  }

  /** How right the answers were, week by week. */
  private void sayRecord(List<JudgedDay> judged) {
    judged.stream()
        .collect(
            Collectors.groupingBy(
                day -> day.day().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)),
                TreeMap::new,
                Collectors.toList()))
        .forEach(
            (monday, days) -> {
              say("Record     of the week from %s, days: %d", monday, days.size());
              TrackRecord.sum(days.stream().map(JudgedDay::total).toList())
                  .forEach((asked, tally) -> say("           %s", told(asked, tally)));
            });
  }

  private static String told(Asked asked, Tally tally) {
    return "%-14s  %,6d requests, %.3f within, %.3f above, MLog cap %.4f, pinball sum %.4f"
        .formatted(
            asked.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            tally.requests(),
            (double) tally.within() / tally.requests(),
            (double) tally.above() / tally.requests(),
            tally.meanMlogCap(),
            tally.meanPinballSum());
  }

  /** The settings that may be others than the template's. */
  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    for (Setting setting : List.of(Setting.WINDOW_DAYS, Setting.LOOKBACK_DAYS)) {
      Optional.ofNullable(environment.get(setting.name()))
          .ifPresent(value -> variables.put(setting.name(), value));
    }
    Settings settings = new Settings(variables);
    try {
      settings.windowDays();
      settings.lookbackDays();
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
    return variables;
  }

  private RawDaysFolder recorded() {
    try {
      return new RawDaysFolder(folder, Clock.systemUTC());
    } catch (NotDirectoryException e) {
      throw refused("FOLDER must be a folder of raw days: " + folder);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw refused("FOLDER: " + e.getMessage());
    }
  }

  private ParameterException refused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private void count(LocalDate day, String function, JsonNode answer) {
    if (answer.has("problem")) {
      say("%s %s failed: %s", day, function, answer.get("problem").asText());
      count(function + " failed", 1);
    }
    count("days judged", answer.path("judged").size());
    for (JsonNode collected : answer.path("days")) {
      String outcome = collected.get("outcome").asText();
      count("days " + outcome, 1);
      if (outcome.equals("written")) {
        count("rows written", collected.get("rows").asLong());
      }
    }
  }

  private void count(String what, long more) {
    week.merge(what, more, Long::sum);
    all.merge(what, more, Long::sum);
  }

  private static String told(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> "%,d %s".formatted(count.getValue(), count.getKey()))
        .collect(Collectors.joining(", "));
  }

  /** What the API says that it answers from. */
  private String published(PredictHandler predict) throws IOException {
    JsonNode answer =
        JSON.readTree(new LocalContext("predict", API_LIMIT, log).invoke(predict, ASK_FOR_STATUS));
    if (answer.get("statusCode").asInt() != HttpURLConnection.HTTP_OK) {
      return "no medians";
    }
    JsonNode status = JSON.readTree(answer.get("body").asText());
    return "%,d complaint types, %,d requests, %s to %s, as of %s"
        .formatted(
            status.get("complaint_types").asInt(),
            status.get("requests").asLong(),
            status.at("/window/from").asText(),
            status.at("/window/to").asText(),
            status.get("as_of").asText());
  }

  private void say(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(format + "%n", values);
    out.flush();
  }
}
