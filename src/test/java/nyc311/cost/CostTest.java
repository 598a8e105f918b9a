package nyc311.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.settings.Settings;
import nyc311.template.Backfill;
import nyc311.template.Template;
import org.junit.jupiter.api.Test;

/** What docs/cost.md reckons follows from its own prices and assumptions and from template.yaml. */
class CostTest {
  private static final String GET = "S3 GET and HEAD requests";
  private static final String PUT = "S3 PUT and LIST requests";
  private static final String STORAGE = "S3 storage, GB";
  private static final String LOGS = "logs taken in, GB";
  private static final String SENT = "sent to the internet, GB";

  private final String document = Files.readString(Path.of("docs", "cost.md"));
  private final Template template = Template.read();
  private final double days = assumed("a month");
  private final int pulls = settings("CollectFunction").lookbackDays().size();

  CostTest() throws IOException {}

  @Test
  void aMonthOfPredictions() {
    List<Bill> months = Stream.of(1, 2, 3, 4).map(this::month).toList();
    int limit = template.properties("HttpApi").findValue("ThrottlingRateLimit").asInt();

    months.get(0).used.keySet().forEach(c -> months(c, months, bill -> bill.dollars(c)));
    months("**together**", months, Bill::dollars);
    months("after what is free", months, Bill::dollarsBeyondFree);
    months.forEach(bill -> says("$%.2f ($%.2f", bill.dollars(), bill.dollarsBeyondFree()));
    says("`ThrottlingRateLimit`, %d a second, is %.1f million a day", limit, limit * .0864);
  }

  private void months(String label, List<Bill> months, ToDoubleFunction<Bill> dollars) {
    Stream<String> cells = months.stream().map(bill -> cents(dollars.applyAsDouble(bill)));
    says("| %s | %s |", label, cells.collect(Collectors.joining(" | ")));
  }

  /** With the raw days of a year in the bucket. */
  private Bill month(int column) {
    double asked = days * number("traffic", "predictions a day, evenly spread", column);
    double restores = asked * number("traffic", "of them restore an instance", column) / 100;
    double inUse = days * 86_400 * number("traffic", "instances in use at a time", column);
    double refreshes = inUse / settings("PredictFunction").refresh().toSeconds();
    double alarmMetrics =
        template.logicalIds("AWS::CloudWatch::Alarm").stream()
            .mapToInt(id -> Math.max(1, template.properties(id).findValues("MetricStat").size()))
            .sum();
    double probes = 24 * days;
    boolean restored = asked == 0;
    return storage(1)
        .requests(probes, assumed(restored ? "a restore with its request" : "a warm request"))
        .use(GET, restored ? probes * assumed("reads of a restore") : 0)
        .requests(asked - restores, assumed("a warm request"))
        .requests(restores, assumed("a restore with its request"))
        .use("HTTP API requests", Math.min(asked, 300e6))
        .use("HTTP API requests beyond 300 million", Math.max(0, asked - 300e6))
        .use(GET, refreshes * assumed("reads of a refresh"))
        .use(GET, restores * assumed("reads of a restore"))
        .bytes(SENT, asked * assumed("an answer"))
        .use("scheduled calls", 2 * days + probes)
        .runs("TrainFunction", days, 1_000 * assumed("judging past answers"))
        .time("TrainFunction", days, 1_000 * assumed("a cold start"))
        .use(GET, days * assumed("reads of judging"))
        .use(PUT, days * assumed("writes of judging"))
        .runs("CollectFunction", days, 1_000 * assumed("the daily collection"))
        .time("CollectFunction", days, 1_000 * assumed("a cold start"))
        .time("MediansFunction", days, 1_000 * assumed("a cold start"))
        .bytes(LOGS, 2 * days * assumed("log of a run"))
        .recomputations(days * pulls)
        .use(PUT, days * pulls * (1 + assumed("writes of a recomputation")))
        .use("metrics of its own", assumed("metrics of the daily functions") / 24)
        .use("metrics of its own", number("traffic", "metrics told by the API, every hour", column))
        .use("metrics that alarms look at", alarmMetrics)
        .use("dashboards", template.logicalIds("AWS::CloudWatch::Dashboard").size());
  }

  /** Of more than one request a second, Lambda records one in twenty. */
  @Test
  void aMonthOfTraces() {
    double second = 86_400;
    List<String> dollars =
        Stream.of(1, 2, 3, 4)
            .map(column -> number("traffic", "predictions a day, evenly spread", column) / second)
            .map(rate -> Math.min(rate, 1) + Math.max(0, rate - 1) / 20)
            .map(rate -> new Bill().use("traces", days * (second * rate + 24 + 2 + pulls)))
            .map(bill -> String.format(Locale.ROOT, "$%.2f", bill.dollarsBeyondFree()))
            .toList();

    says("cost %s, %s, %s and %s a month", dollars.toArray());
  }

  @Test
  void aMillionVisitsToThePage() {
    double requests = 1e6 * assumed("requests of a visit");
    Bill bill =
        new Bill()
            .requests(requests, assumed("a warm request"))
            .use("HTTP API requests", requests)
            .bytes(SENT, 1e6 * assumed("bytes of a visit"));

    says("take $%.2f (%.1f GB sent)", bill.dollars(), bill.used.get(SENT));
  }

  @Test
  void storageAsYearsGoBy() {
    stored("replaced versions of a month, published files", storage(0));
    stored("the same and 1 year", storage(1));
    stored("the same and 5 years", storage(5));
  }

  private void stored(String what, Bill bill) {
    says("| %s | %.1f | %.2f |", what, bill.used.get(STORAGE), bill.dollars());
  }

  private Bill storage(int years) {
    int month = template.properties("DataBucket").findValue("NoncurrentDays").asInt();
    int kept = 365 * years + month * (pulls - 1);
    double day = assumed("a raw day") + assumed("a day's summary") + assumed("a judged day");
    double published = assumed("published files, kept for a month");
    return new Bill().bytes(STORAGE, 1e6 * (kept * day + published));
  }

  @Test
  void aBackfill() {
    int all = 16 * 365 + 4;
    int atOnce = Backfill.concurrency(template);
    double seconds = assumed("the daily collection") / pulls;
    double megabytes = assumed("raw days of 2010 to 2025") + all * assumed("a day's summary");
    double transitions = all * assumed("transitions of a backfilled day");
    Bill bill =
        new Bill()
            .runs("CollectFunction", all, 1_000 * seconds)
            .bytes(LOGS, all * assumed("log of a run"))
            .recomputations(all)
            // The raw day is put, and the medians are not: it is before their window.
            .use(PUT, all * assumed("writes of a recomputation"))
            .use("state transitions", transitions + assumed("other transitions of the backfill"));

    double hours = all * seconds / atOnce / 3_600;
    says("about %.1f hours: %,d days, %d at once, %.1f s each", hours, all, atOnce, seconds);
    says("%.1f recomputations run at once", atOnce * assumed("a recomputation") / seconds);
    bill.used.forEach(
        (charge, amount) ->
            says(
                amount < 1 ? "| %s | %.2f | %s |" : "| %s | %,.0f | %s |",
                charge,
                amount,
                cents(bill.dollars(charge))));
    says("| **together** | | %.2f |", bill.dollars());
    stored("2010 to 2025 alone, backfilled", new Bill().bytes(STORAGE, 1e6 * megabytes));
  }

  @Test
  void pingsOrAServer() {
    double hours = 24 * days;
    double pings = 12 * hours;
    double warm = assumed("a warm request");
    Bill one = new Bill().use("scheduled calls", pings).requests(pings, warm);
    Bill ten = new Bill().use("scheduled calls", 10 * pings).requests(10 * pings, 100);
    Bill server =
        new Bill()
            .use("t4g.nano, hours", hours)
            .use("a public IPv4 address, hours", hours)
            .use("disk (gp3), GB", 8);

    says("a ping every 5 minutes, for one instance | %.2f |", one.dollars());
    says("ten at once every 5 minutes, each held 100 ms | %.2f |", ten.dollars());
    says("t4g.nano with 8 GB of disk and an address | %.2f |", server.dollars());
  }

  private double assumed(String what) {
    return number("assumption", what, 1);
  }

  /** A cell's number, without its unit, in the table whose first column has this head. */
  private double number(String head, String row, int column) {
    String table = document.substring(document.indexOf("\n| " + head + " |"));
    int begin = table.indexOf("\n| " + row + " |");
    assertThat(begin).as("%s in the table of each %s", row, head).isPositive();
    String cell = table.substring(begin).split("\\|", -1)[column + 1].strip();
    return Double.parseDouble(cell.replace(",", "").replaceFirst("[ %].*", ""));
  }

  private void says(String format, Object... values) {
    assertThat(document.replaceAll("\\s+", " "))
        .contains(String.format(Locale.ROOT, format, values));
  }

  private static String cents(double dollars) {
    return dollars > 0 && dollars < .005 ? "< 0.01" : String.format(Locale.ROOT, "%.2f", dollars);
  }

  private Settings settings(String function) {
    return new Settings(template.environment(function));
  }

  /** How much is used of each charge. */
  private final class Bill {
    final Map<String, Double> used = new TreeMap<>();

    Bill use(String charge, double amount) {
      used.merge(charge, amount, Double::sum);
      return this;
    }

    Bill bytes(String charge, double bytes) {
      return use(charge, bytes / (1 << 30));
    }

    Bill time(String function, double count, double millis) {
      double gigabytes = template.properties(function).path("MemorySize").asInt() / 1_024.0;
      return use("Lambda GB-seconds, arm64", count * Math.ceil(millis) / 1_000 * gigabytes);
    }

    Bill runs(String function, double count, double millis) {
      return use("Lambda requests", count).time(function, count, millis);
    }

    Bill requests(double count, double millis) {
      return runs("PredictFunction", count, millis)
          .bytes(LOGS, count * assumed("log of a request"));
    }

    /** Each after a HEAD of the collector. */
    Bill recomputations(double count) {
      double reads = settings("MediansFunction").windowDays() + assumed("reads of a recomputation");
      return runs("MediansFunction", count, 1_000 * assumed("a recomputation"))
          .use(GET, count * (1 + reads))
          .bytes(LOGS, count * assumed("log of a run"));
    }

    double dollars(String charge) {
      return price(charge, used.get(charge));
    }

    double dollars() {
      return used.keySet().stream().mapToDouble(this::dollars).sum();
    }

    double dollarsBeyondFree() {
      return used.keySet().stream()
          .mapToDouble(c -> price(c, Math.max(0, used.get(c) - number("charge", c, 3))))
          .sum();
    }

    private double price(String charge, double amount) {
      return amount * number("charge", charge, 1) / number("charge", charge, 2);
    }
  }
}
