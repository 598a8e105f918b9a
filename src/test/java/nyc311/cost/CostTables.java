package nyc311.cost;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.template.Template;

/** README's tables of what the system costs, in Markdown, one line an element. */
final class CostTables {
  private static final List<Traffic> COLUMNS =
      List.of(Traffic.NONE, Traffic.THOUSAND, Traffic.HUNDRED_THOUSAND, Traffic.TEN_MILLION);
  private static final int FIRST_YEAR = 1;
  private static final int ALL_DAYS_SINCE_2010 = 17;

  private final DecimalFormat price =
      new DecimalFormat("0.00########", DecimalFormatSymbols.getInstance(Locale.ROOT));
  private final MonthlyUsage usage;
  private final SixteenYears history;

  CostTables(Template template) {
    usage = new MonthlyUsage(template);
    history = new SixteenYears(template);
  }

  /** Dollars a month by charge, at the end of the first year. */
  List<String> months() {
    List<Usage> months = COLUMNS.stream().map(traffic -> usage.all(traffic, FIRST_YEAR)).toList();
    List<String> lines =
        head(Stream.concat(Stream.of("dollars a month"), COLUMNS.stream().map(Traffic::label)));
    for (Charge charge : Charge.values()) {
      if (months.stream().anyMatch(month -> month.quantities().containsKey(charge))) {
        lines.add(row(charge.label, months, month -> month.dollars(charge)));
      }
    }
    lines.add(row("**together**", months, Usage::dollars));
    lines.add(row("beyond what is free for every account", months, Usage::dollarsBeyondFree));
    return lines;
  }

  /** Each charge's price, and who says so. */
  List<String> prices() {
    List<String> lines = head(Stream.of("charge", "dollars", "for", "as told by"));
    for (Charge charge : Charge.values()) {
      lines.add(
          line(
              charge.label,
              price.format(charge.price),
              String.format(Locale.ROOT, "%,d", charge.per),
              charge.source));
    }
    return lines;
  }

  List<String> assumptions() {
    List<String> lines = head(Stream.of("assumed", "of what"));
    for (Assumption assumption : Assumption.values()) {
      lines.add(line(number(assumption.value) + " " + assumption.unit, assumption.meaning));
    }
    lines.add(
        line(
            each(traffic -> number(100 * traffic.starts()) + "%"),
            "of predictions restore an instance, at " + each(Traffic::label)));
    lines.add(line(each(traffic -> number(traffic.instances())), "instances in use at a time"));
    return lines;
  }

  /** What the bucket holds after years. */
  List<String> storage() {
    List<String> lines = head(Stream.of("raw days in the bucket", "GB", "dollars a month"));
    for (int years : new int[] {0, FIRST_YEAR, 5, ALL_DAYS_SINCE_2010}) {
      Usage stored = usage.storage(years);
      lines.add(
          line(
              years == 0
                  ? "none but a month's old versions"
                  : years + (years == 1 ? " year" : " years"),
              number(Math.round(10 * stored.quantities().get(Charge.S3_STORAGE)) / 10.0),
              dollars(stored.dollars())));
    }
    return lines;
  }

  /** What visits to the page add. */
  List<String> visits() {
    List<String> lines = head(Stream.of("visits a month", "GB sent", "dollars"));
    for (int visits : new int[] {1_000, 100_000, 1_000_000}) {
      Usage visited = usage.visits(visits);
      lines.add(
          line(
              whole(visits),
              tenths(visited.quantities().get(Charge.TRANSFER)),
              dollars(visited.dollars())));
    }
    return lines;
  }

  /** What else would keep an answer ready; README says what each lacks. */
  List<String> alternatives() {
    List<String> lines = head(Stream.of("instead, or beside it", "dollars a month"));
    lines.add(alternative("a ping every 5 minutes, for one instance", usage.pings(1)));
    lines.add(alternative("ten at once every 5 minutes, each held 100 ms", usage.pings(10)));
    lines.add(
        alternative(
            "t4g.nano with 8 GB of disk and an address", MonthlyUsage.server(Charge.T4G_NANO)));
    lines.add(alternative("t4g.micro with the same", MonthlyUsage.server(Charge.T4G_MICRO)));
    return lines;
  }

  /** What a backfill of all days takes, once. */
  List<String> history() {
    Usage requests = history.requests();
    List<String> lines = head(Stream.of("2010 to 2025", "", "dollars"));
    lines.add(line("days", whole(SixteenYears.DAYS), ""));
    lines.add(line("rows", whole(SixteenYears.ROWS), ""));
    lines.add(
        line(
            "requests to the feed: a count and a page for each day",
            whole((long) SixteenYears.FEED_REQUESTS_A_DAY * SixteenYears.DAYS),
            ""));
    lines.add(
        line(
            "hours: " + history.concurrency() + " days at once, each " + seconds(),
            tenths(history.hours()),
            ""));
    lines.add(once("Lambda GB-seconds, collecting", history.collecting(), Charge.COMPUTE));
    lines.add(
        once(
            "Lambda GB-seconds, recomputing: "
                + Assumption.RECOMPUTE_SECONDS.value
                + " s for each day",
            history.recomputing(),
            Charge.COMPUTE));
    lines.add(once("Lambda requests: two for each day", requests, Charge.INVOCATIONS));
    lines.add(
        once(
            "S3 PUT and LIST requests: " + SixteenYears.S3_WRITES_A_DAY + " for each day",
            requests,
            Charge.S3_WRITES));
    lines.add(
        once(
            "S3 GET and HEAD requests: " + number(history.s3ReadsADay()) + " for each day",
            requests,
            Charge.S3_READS));
    lines.add(
        once(
            "state transitions: two for each day, "
                + SixteenYears.OTHER_TRANSITIONS
                + " others; each retry is one more",
            requests,
            Charge.STATES));
    lines.add(
        line(
            "GB of logs",
            String.format(Locale.ROOT, "%.2f", requests.quantities().get(Charge.LOGS)),
            dollars(requests.dollars(Charge.LOGS))));
    lines.add(line("**together**, once", "", dollars(history.all().dollars())));
    lines.add(
        line(
            "GB in the bucket from then on, each month",
            tenths(history.stored().quantities().get(Charge.S3_STORAGE)),
            dollars(history.stored().dollars())));
    return lines;
  }

  private String seconds() {
    return tenths(history.collectSeconds()) + " s";
  }

  private static String once(String label, Usage usage, Charge charge) {
    return line(
        label, whole(Math.round(usage.quantities().get(charge))), dollars(usage.dollars(charge)));
  }

  private static String tenths(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static String alternative(String label, Usage usage) {
    return line(label, dollars(usage.dollars()));
  }

  private static List<String> head(Stream<String> cells) {
    List<String> names = cells.toList();
    return new ArrayList<>(
        List.of(line(names.toArray(String[]::new)), "|---".repeat(names.size()) + "|"));
  }

  private static String row(String label, List<Usage> months, Function<Usage, Double> dollars) {
    return line(
        Stream.concat(Stream.of(label), months.stream().map(dollars).map(CostTables::dollars))
            .toArray(String[]::new));
  }

  private static String each(Function<Traffic, String> text) {
    return COLUMNS.stream().skip(1).map(text).collect(Collectors.joining(" / "));
  }

  private static String line(String... cells) {
    return Arrays.stream(cells).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String dollars(double dollars) {
    return dollars > 0 && dollars < .005 ? "< 0.01" : String.format(Locale.ROOT, "%.2f", dollars);
  }

  private static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String number(double number) {
    return number == Math.rint(number) ? whole(Math.round(number)) : String.valueOf(number);
  }
}
