package nyc311.collect;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.collect.RawDayWriter.Counts;
import nyc311.requests.NewYork;
import nyc311.requests.Timestamps;

/** The city's feed of service requests: what a run asks of each day. Not thread-safe. */
final class Feed {
  /** The first day of the resource that holds the present; earlier ones are in the archive. */
  private static final LocalDate ARCHIVE_ENDS = LocalDate.of(2020, 1, 1);

  /** What estimates need, and no addresses. */
  private static final String COLUMNS =
      "unique_key,created_date,closed_date,status,agency,complaint_type,descriptor,borough,"
          + "latitude,longitude";

  /** What a day can do without: left out for the rest of a run when the feed does not know it. */
  private static final List<String> OPTIONAL_COLUMNS = List.of("descriptor_2", "incident_zip");

  private static final Pattern NO_SUCH_COLUMN = Pattern.compile("(?i)no such column\\W+([\\w:@]+)");

  private static final int BAD_REQUEST = 400;
  private static final int PAGE_ROWS = 50_000;
  private static final int MAX_PULLS = 3;

  /** The nightly load has rows of its own night: further back a feed stands still, and says so. */
  private static final int CUT_DAYS = 14;

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

  /** Whether that is an instant or wall-clock time in disguise, one row alone does not tell. */
  private static final Pattern ZONED = Pattern.compile("(?i)(z|[+-]\\d\\d(:?\\d\\d)?)$");

  private final FeedClient client;
  private final URI current;
  private final URI archive;
  private final Clock clock;
  private final Map<URI, Set<String>> absentColumns = new HashMap<>();

  /** The newest row's creation; null until it was asked for. */
  private Optional<Instant> cut;

  /**
   * For one run.
   *
   * @param current the resource with the days from 2020 on
   * @param archive the resource with the days before
   * @param appToken lifts the throttling that callers without one share
   * @param end of the run: no wait that the feed asks for goes beyond it
   * @throws IllegalArgumentException when the token is none, without showing it; or when an address
   *     is of SODA 3, and there is no token
   */
  Feed(URI current, URI archive, Optional<String> appToken, Clock clock, Instant end) {
    FeedQuery.requireAskable(current, appToken);
    FeedQuery.requireAskable(archive, appToken);
    this.client = new FeedClient(appToken, clock, end);
    this.current = current;
    this.archive = archive;
    this.clock = clock;
  }

  /** The New York day at which the run is. */
  LocalDate today() {
    return NewYork.day(clock.instant());
  }

  /** Waits until the feed wants requests again; not beyond the end of the run. */
  void awaitTurn() throws InterruptedException {
    client.awaitTurn();
  }

  /** What a person should know about the run; mostly nothing. */
  List<String> notes() {
    return client.notes();
  }

  /** Whether the feed has refused the token. */
  boolean tokenRefused() {
    return client.tokenRefused();
  }

  /**
   * What a pull brought.
   *
   * @param counts how many rows the feed gave, and what was left out
   * @param asOf the instant that they date from: the earliest of the pull's, of those that the
   *     feed's answers state, and of the newest row that the feed has, if it has recent ones
   */
  record Pull(Counts counts, Instant asOf) {}

  /**
   * Pulls all requests that were created on a New York day into a JSON array, one row a line.
   *
   * @param file is overwritten if there are rows, and holds part of the day when this fails
   * @param deadline no attempt begins after it
   * @throws FeedException when the feed refuses, when it fails for too long, when the rows are not
   *     as many as the feed itself counts, or when a column that no request can do without is in
   *     none of them; names the resource
   * @throws IOException when the file cannot be written
   */
  Pull pull(LocalDate day, Path file, Instant deadline) throws IOException, InterruptedException {
    try {
      for (int attempt = 1; ; attempt++) {
        DayPull pull = new DayPull(day, deadline);
        pull.dateFromTheCut();
        long counted = pull.count();
        Counts pulled = counted == 0 ? Counts.NONE : pull.pages(file, counted);
        if (pulled.rows() == counted) {
          return new Pull(pulled, pull.asOf);
        }
        String problem =
            "the feed counts %d rows but its pages have %d (%d pulls)"
                .formatted(counted, pulled.rows(), attempt);
        if (attempt == MAX_PULLS) {
          throw new FeedException(problem, null);
        }
        client.pause(attempt, Optional.empty(), deadline, problem);
      }
    } catch (FeedException e) {
      throw new FeedException(e.getMessage() + " at " + resource(day), e);
    }
  }

  private URI resource(LocalDate day) {
    return day.isBefore(ARCHIVE_ENDS) ? archive : current;
  }

  /** One that cannot be read leaves the headers to date from; the rows then show what it is. */
  private Optional<Instant> instant(Path answer) throws IOException {
    Optional<String> newest = FeedAnswer.value(answer);
    Optional<Instant> instant =
        newest
            .filter(text -> !ZONED.matcher(text).find())
            .map(text -> Timestamps.instant(text, Instant.MIN));
    if (newest.isPresent() && instant.isEmpty()) {
      client.note("the newest created_date is no time of New York's: " + newest.get());
    }
    return instant;
  }

  /** Which of the asked columns a refusal is about: what it names, or else repeats. */
  private static Optional<String> unknownColumn(FeedException refusal, List<String> asked) {
    String said = refusal.getMessage();
    Matcher named = NO_SUCH_COLUMN.matcher(said);
    String about = named.find() ? named.group(1) : said;
    return asked.stream()
        .filter(column -> refusal.status() == BAD_REQUEST && about.contains(column))
        .findFirst();
  }

  /** One attempt at a day, and the earliest instant that any of its answers dates from. */
  private final class DayPull {
    private final LocalDate day;
    private final Instant deadline;
    private Instant asOf = clock.instant();

    DayPull(LocalDate day, Instant deadline) {
      this.day = day;
      this.deadline = deadline;
    }

    /**
     * The city loads its rows at night, and stamps them as modified some twenty hours later: what
     * they date from is the newest of them. Asked once a run; the archive has no new rows.
     */
    void dateFromTheCut() throws IOException, InterruptedException {
      if (!day.isBefore(ARCHIVE_ENDS)) {
        if (cut == null) {
          LocalDateTime now = LocalDateTime.ofInstant(asOf, NewYork.ZONE);
          String recent =
              "created_date >= '%s' AND created_date <= '%s'"
                  .formatted(TIMESTAMP.format(now.minusDays(CUT_DAYS)), TIMESTAMP.format(now));
          cut = ask(new FeedQuery("max(created_date)", recent, "", 1), Feed.this::instant);
        }
        date(cut);
      }
    }

    long count() throws IOException, InterruptedException {
      return ask(
          new FeedQuery("count(*)", createdOnDay(), "", 1),
          answer ->
              FeedAnswer.value(answer)
                  .filter(count -> count.matches("\\d{1,18}"))
                  .map(Long::valueOf)
                  .orElseThrow(() -> new IOException("answer is no count")));
    }

    /**
     * Each page begins where the one before it ended, by key and not by number, so that rows that
     * come or go before that place meanwhile neither repeat others nor hide them.
     */
    Counts pages(Path file, long counted) throws IOException, InterruptedException {
      Path page = Files.createTempFile("page-", ".json");
      try (RawDayWriter rows = new RawDayWriter(file)) {
        Optional<String> from = Optional.empty();
        while (true) {
          // A page is checked as a whole before its first row is kept, so that it can be asked
          // again.
          RawDayWriter.Page checked =
              askForRows(
                  from,
                  answer -> {
                    RawDayWriter.Page whole = RawDayWriter.checked(answer);
                    Files.move(answer, page, StandardCopyOption.REPLACE_EXISTING);
                    return whole;
                  });
          rows.append(page, checked);
          if (checked.rows() < PAGE_ROWS || rows.counts().rows() > counted) {
            if (!rows.missingColumns().isEmpty()) {
              throw new FeedException(
                  "no row has " + String.join(", ", rows.missingColumns()) + " (not tried again)",
                  null);
            }
            return rows.counts();
          }
          Optional<String> next = rows.next();
          if (next.equals(from)) {
            throw new FeedException(
                "all of a page's " + PAGE_ROWS + " rows have unique_key " + from.orElse("null"),
                null);
          }
          from = next;
        }
      } finally {
        Files.deleteIfExists(page);
      }
    }

    private <T> T askForRows(Optional<String> from, FeedClient.Reading<T> reading)
        throws IOException, InterruptedException {
      Set<String> absent = absentColumns.computeIfAbsent(resource(day), none -> new HashSet<>());
      while (true) {
        List<String> optional =
            OPTIONAL_COLUMNS.stream().filter(column -> !absent.contains(column)).toList();
        try {
          return ask(page(from, optional), reading);
        } catch (FeedException e) {
          String column = unknownColumn(e, optional).orElseThrow(() -> e);
          absent.add(column);
          client.note("collected without " + column + ": " + e.getMessage());
        }
      }
    }

    /** Rows that have one key, which should not be, are told apart by the dataset's own number. */
    private FeedQuery page(Optional<String> from, List<String> optionalColumns) {
      String after =
          from.map(key -> " AND unique_key >= '" + key.replace("'", "''") + "'").orElse("");
      String columns =
          Stream.concat(Stream.of(COLUMNS), optionalColumns.stream())
              .collect(Collectors.joining(","));
      return new FeedQuery(columns, createdOnDay() + after, "unique_key,:id", PAGE_ROWS);
    }

    private String createdOnDay() {
      return "created_date >= '%sT00:00:00.000' AND created_date < '%sT00:00:00.000'"
          .formatted(day, day.plusDays(1));
    }

    private <T> T ask(FeedQuery question, FeedClient.Reading<T> reading)
        throws IOException, InterruptedException {
      FeedClient.Answer<T> answer = client.ask(resource(day), question, deadline, reading);
      date(answer.dated());
      return answer.content();
    }

    private void date(Optional<Instant> stated) {
      stated.filter(asOf::isAfter).ifPresent(earlier -> asOf = earlier);
    }
  }
}
