package nyc311.collect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.collect.RawDayWriter.Counts;

/**
 * The city's feed of service requests, a Socrata resource (SODA 2). Thread-safe.
 *
 * <p>Faults that pass (429, 5xx, broken connections, bodies cut short) are tried again with capped,
 * jittered back-off, or as {@code Retry-After} says, as long as the deadline allows.
 */
final class Feed {
  /** The first day of the resource that holds the present; earlier ones are in the archive. */
  private static final LocalDate ARCHIVE_ENDS = LocalDate.of(2020, 1, 1);

  /** What estimates need, and no addresses. */
  private static final String COLUMNS =
      "unique_key,created_date,closed_date,status,agency,complaint_type,descriptor,location_type,"
          + "borough,incident_zip,latitude,longitude,open_data_channel_type";

  private static final int PAGE_ROWS = 50_000;
  private static final int MAX_ATTEMPTS = 6;
  private static final int MAX_PULLS = 3;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long MAX_PAUSE_MILLIS = 30_000;
  private static final int MAX_PROBLEM_LENGTH = 300;
  private static final int MAX_TOKEN = 200;

  /**
   * A page of {@value #PAGE_ROWS} rows has about 20 MB. More than six times that is no feed of
   * rows, and would fill the 512 MB that Lambda gives for files.
   */
  private static final long MAX_ANSWER_BYTES = 128L << 20;

  private static final JsonFactory JSON = new JsonFactory();

  private final URI current;
  private final URI archive;
  private final Optional<String> appToken;
  private final Clock clock;

  /** Until then the feed wants no request, whichever day it is for. */
  private volatile Instant notBefore = Instant.EPOCH;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /**
   * @param current the resource with the days from 2020 on
   * @param archive the resource with the days before
   * @param appToken lifts the throttling that callers without one share
   * @throws IllegalArgumentException when the token is none; the message does not have it
   */
  Feed(URI current, URI archive, Optional<String> appToken, Clock clock) {
    if (appToken.isPresent() && !isToken(appToken.get())) {
      throw new IllegalArgumentException(
          "the application token must be of visible ASCII characters, at most " + MAX_TOKEN);
    }
    this.current = current;
    this.archive = archive;
    this.appToken = appToken;
    this.clock = clock;
  }

  /** Whether a text can be a token, and so be sent in a header; an empty one stands for none. */
  static boolean isToken(String text) {
    return text.length() <= MAX_TOKEN && text.chars().allMatch(c -> '!' <= c && c <= '~');
  }

  /**
   * What a pull brought.
   *
   * @param counts how many rows the feed gave, and what was left out
   * @param asOf the instant that they date from: the pull's, or the feed's own if that is earlier
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
      return wholePull(day, file, deadline);
    } catch (FeedException e) {
      throw new FeedException(e.getMessage() + " at " + resource(day), e);
    }
  }

  private Pull wholePull(LocalDate day, Path file, Instant deadline)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      AsOf asOf = new AsOf(clock.instant());
      long counted = count(day, deadline, asOf);
      if (counted == 0) {
        return new Pull(Counts.NONE, asOf.instant);
      }
      Counts pulled = pages(day, file, counted, deadline, asOf);
      if (pulled.rows() == counted) {
        return new Pull(pulled, asOf.instant);
      }
      String problem = "the feed counts " + counted + " rows but its pages have " + pulled.rows();
      if (attempt == MAX_PULLS) {
        throw new FeedException(problem + " (" + attempt + " pulls)", null);
      }
      pause(attempt, Optional.empty(), deadline, problem + " (" + attempt + " pulls)");
    }
  }

  /** The earliest instant that any answer of a pull dates from. */
  private static final class AsOf {
    private Instant instant;

    AsOf(Instant pulled) {
      this.instant = pulled;
    }

    void note(HttpHeaders headers) {
      Stream.of("X-SODA2-Truth-Last-Modified", "Last-Modified")
          .flatMap(name -> headers.firstValue(name).stream())
          .flatMap(text -> httpDate(text).stream())
          .findFirst()
          .filter(stated -> stated.isBefore(instant))
          .ifPresent(stated -> instant = stated);
    }
  }

  private long count(LocalDate day, Instant deadline, AsOf asOf)
      throws IOException, InterruptedException {
    return ask(
        query(day, "", Map.of("$select", "count(*)")),
        deadline,
        asOf,
        answer -> {
          try (JsonParser json = JSON.createParser(answer.toFile())) {
            expect(json.nextToken() == JsonToken.START_ARRAY, json);
            expect(json.nextToken() == JsonToken.START_OBJECT, json);
            expect(json.nextFieldName() != null, json);
            json.nextToken();
            long count = json.getValueAsLong(-1);
            expect(count >= 0, json);
            return count;
          }
        });
  }

  /**
   * Each page begins where the one before it ended, by key and not by number, so that rows that
   * come or go before that place meanwhile neither repeat others nor hide them.
   */
  private Counts pages(LocalDate day, Path file, long counted, Instant deadline, AsOf asOf)
      throws IOException, InterruptedException {
    Path page = Files.createTempFile("page-", ".json");
    try (RawDayWriter rows = new RawDayWriter(file)) {
      Optional<String> from = Optional.empty();
      while (true) {
        // A page is checked as a whole before its first row is kept, so that it can be asked again.
        RawDayWriter.Page checked =
            ask(
                page(day, from),
                deadline,
                asOf,
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

  private static void expect(boolean holds, JsonParser json) throws IOException {
    if (!holds) {
      throw new IOException("answer is not an array of rows, at " + json.currentLocation());
    }
  }

  /** Rows that have one key, which should not be, are told apart by the dataset's own number. */
  private URI page(LocalDate day, Optional<String> from) {
    return query(
        day,
        from.map(key -> " AND unique_key >= '" + key.replace("'", "''") + "'").orElse(""),
        Map.of(
            "$select", COLUMNS, "$order", "unique_key,:id", "$limit", String.valueOf(PAGE_ROWS)));
  }

  private URI query(LocalDate day, String condition, Map<String, String> clauses) {
    String where =
        "created_date >= '%sT00:00:00.000' AND created_date < '%sT00:00:00.000'%s"
            .formatted(day, day.plusDays(1), condition);
    return URI.create(
        resource(day)
            + "?$where="
            + encoded(where)
            + clauses.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(clause -> "&" + clause.getKey() + "=" + encoded(clause.getValue()))
                .collect(Collectors.joining()));
  }

  private URI resource(LocalDate day) {
    return day.isBefore(ARCHIVE_ENDS) ? archive : current;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Makes something of an answer's body. */
  private interface Reading<T> {
    /**
     * @throws IOException when the body is not as it should be, so that it is asked for again
     */
    T read(Path body) throws IOException;
  }

  private <T> T ask(URI url, Instant deadline, AsOf asOf, Reading<T> reading)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String problem;
      Throwable cause = null;
      Optional<Duration> retryAfter = Optional.empty();
      // Each attempt has its own file, so that no answer is mixed with what is left of another.
      Path body = Files.createTempFile("answer-", ".json");
      try {
        awaitTurn(deadline);
        HttpResponse<Path> answer = send(url, body, deadline);
        int status = answer.statusCode();
        if (status == 200) {
          T result = reading.read(body);
          asOf.note(answer.headers());
          return result;
        }
        problem = "the feed answered " + status + ": " + beginning(body);
        if (status != 429 && status < 500) {
          throw new FeedException(problem + " (not tried again)", null);
        }
        retryAfter = retryAfter(answer.headers());
        retryAfter.ifPresent(wait -> notBefore = clock.instant().plus(wait));
      } catch (FeedException e) {
        throw e;
      } catch (JsonProcessingException e) {
        problem = "the feed's answer is not a JSON array of rows: " + e.getMessage();
        cause = e;
      } catch (IOException e) {
        problem = "the feed failed: " + reason(e);
        cause = e;
      } finally {
        Files.deleteIfExists(body);
      }
      problem += " (attempt " + attempt + " of " + MAX_ATTEMPTS + ")";
      if (attempt == MAX_ATTEMPTS) {
        throw new FeedException(problem, cause);
      }
      pause(attempt, retryAfter, deadline, problem);
    }
  }

  /**
   * The whole answer must come within the time limit, however slowly its body trickles.
   *
   * @throws FeedException when no time is left
   */
  private HttpResponse<Path> send(URI url, Path body, Instant deadline)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Accept", "application/json")
            .header("User-Agent", "nyc311");
    appToken.ifPresent(token -> request.header("X-App-Token", token));
    Duration left = Duration.between(clock.instant(), deadline);
    if (left.toMillis() <= 0) {
      throw new FeedException("no time is left to ask the feed", null);
    }
    Duration limit = left.compareTo(REQUEST_TIMEOUT) < 0 ? left : REQUEST_TIMEOUT;
    CompletableFuture<HttpResponse<Path>> answer =
        // Never creates the file: an answer that comes too late must not leave one behind.
        http.sendAsync(
            request.build(),
            head ->
                new BoundedBody<>(
                    BodySubscribers.ofFile(body, StandardOpenOption.WRITE), MAX_ANSWER_BYTES));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + seconds(limit), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BoundedBody.TooLongException tooLong) {
        throw new FeedException(
            "the feed's answer " + tooLong.getMessage() + " (not tried again)", tooLong);
      }
      throw e.getCause() instanceof IOException problem ? problem : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** The JDK says why there is no connection by nothing but the kinds of its exceptions. */
  private static String reason(IOException e) {
    if (e instanceof ConnectException) {
      return e.getCause() instanceof UnresolvedAddressException ? "unknown host" : "no connection";
    }
    return e.toString();
  }

  private void awaitTurn(Instant deadline) throws FeedException, InterruptedException {
    Duration wait = Duration.between(clock.instant(), notBefore);
    if (!wait.isNegative()) {
      if (!notBefore.isBefore(deadline)) {
        throw new FeedException(
            "the feed wants no request for " + seconds(wait) + ", and no time is left then", null);
      }
      Thread.sleep(wait.toMillis());
    }
  }

  private void pause(int attempt, Optional<Duration> retryAfter, Instant deadline, String problem)
      throws FeedException, InterruptedException {
    long bound = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << (attempt - 1));
    Duration backOff = Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound / 2, bound));
    // A Retry-After of 0, or a date that is past by our clock, must not use up all attempts at
    // once.
    Duration pause = retryAfter.filter(wait -> wait.compareTo(backOff) > 0).orElse(backOff);
    if (!clock.instant().plus(pause).isBefore(deadline)) {
      throw new FeedException(
          problem + ", and no time is left to wait " + seconds(pause) + " and ask again", null);
    }
    Thread.sleep(pause.toMillis());
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1e3 + " s";
  }

  private Optional<Duration> retryAfter(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .flatMap(
            text ->
                text.matches("\\d{1,6}")
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                    : httpDate(text).map(until -> Duration.between(clock.instant(), until)));
  }

  private static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String beginning(Path body) throws IOException {
    try (InputStream in = Files.newInputStream(body)) {
      return new String(in.readNBytes(MAX_PROBLEM_LENGTH), StandardCharsets.UTF_8);
    }
  }
}
