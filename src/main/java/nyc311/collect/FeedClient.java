package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Asks a Socrata dataset over HTTP. Faults that pass (429, 5xx, broken connections, bodies cut
 * short) are tried again with capped, jittered back-off, or as {@code Retry-After} says, as long as
 * the deadline allows. Thread-safe.
 */
final class FeedClient {
  private static final int MAX_ATTEMPTS = 6;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);
  private static final int MAX_PROBLEM_LENGTH = 300;
  private static final int MAX_TOKEN = 200;

  /**
   * A page of rows has about 20 MB. More than six times that is no feed of rows, and would fill the
   * 512 MB that Lambda gives for files.
   */
  private static final long MAX_ANSWER_BYTES = 128L << 20;

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private final Optional<String> appToken;
  private final Clock clock;

  /** Until then the feed wants no request, whichever day it is for. */
  private volatile Instant notBefore = Instant.EPOCH;

  /**
   * @param appToken lifts the throttling that callers without one share
   * @throws IllegalArgumentException when the token is none; the message does not have it
   */
  FeedClient(Optional<String> appToken, Clock clock) {
    if (appToken.isPresent() && !isToken(appToken.get())) {
      throw new IllegalArgumentException(
          "the application token must be of visible ASCII characters, at most " + MAX_TOKEN);
    }
    this.appToken = appToken;
    this.clock = clock;
  }

  /** Whether a text can be a token, and so be sent in a header; an empty one stands for none. */
  static boolean isToken(String text) {
    return text.length() <= MAX_TOKEN && text.chars().allMatch(c -> '!' <= c && c <= '~');
  }

  /**
   * Requires that questions can be put to a dataset.
   *
   * @throws IllegalArgumentException as {@link FeedQuery#requireAskable} says
   */
  void requireAskable(URI dataset) {
    FeedQuery.requireAskable(dataset, appToken);
  }

  /** Makes something of an answer's body; one that throws an IOException is asked for again. */
  interface Reading<T> {
    T read(Path body) throws IOException;
  }

  /**
   * An answer.
   *
   * @param dated the instant that it says its data dates from
   */
  record Answer<T>(T content, Optional<Instant> dated) {}

  /**
   * Puts a question until it is answered.
   *
   * @param deadline no attempt begins after it
   * @throws FeedException when the feed refuses, or fails for too long
   */
  <T> Answer<T> ask(URI dataset, FeedQuery question, Instant deadline, Reading<T> reading)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String problem;
      Throwable cause = null;
      Optional<Duration> retryAfter = Optional.empty();
      // Each attempt has its own file, so that no answer is mixed with what is left of another.
      Path body = Files.createTempFile("answer-", ".json");
      try {
        awaitTurn(deadline);
        HttpResponse<Path> answer = send(question.at(dataset, appToken), body, deadline);
        int status = answer.statusCode();
        if (status == 200) {
          return new Answer<>(reading.read(body), dated(answer.headers()));
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
   * Waits before another attempt, ever longer.
   *
   * @throws FeedException with the problem, when no time is left for it
   */
  void pause(int attempt, Optional<Duration> retryAfter, Instant deadline, String problem)
      throws FeedException, InterruptedException {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
    long bound = Math.min(MAX_PAUSE.toMillis(), doubled.toMillis());
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

  /**
   * The whole answer must come within the time limit, however slowly its body trickles.
   *
   * @throws FeedException when no time is left
   */
  private HttpResponse<Path> send(HttpRequest request, Path body, Instant deadline)
      throws IOException, InterruptedException {
    Duration left = Duration.between(clock.instant(), deadline);
    if (left.toMillis() <= 0) {
      throw new FeedException("no time is left to ask the feed", null);
    }
    Duration limit = left.compareTo(REQUEST_TIMEOUT) < 0 ? left : REQUEST_TIMEOUT;
    CompletableFuture<HttpResponse<Path>> answer =
        // Never creates the file: an answer that comes too late must not leave one behind.
        HTTP.sendAsync(
            request,
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

  /** A copy that lags behind the truth tells its own time as well. */
  private static Optional<Instant> dated(HttpHeaders headers) {
    String truth = "X-SODA2-Truth-Last-Modified";
    boolean lags =
        headers
            .firstValue("X-SODA2-Data-Out-Of-Date")
            .filter(text -> text.strip().equalsIgnoreCase("true"))
            .isPresent();
    return Stream.of(lags ? "X-SODA2-Secondary-Last-Modified" : truth, "Last-Modified", truth)
        .flatMap(name -> headers.firstValue(name).stream())
        .flatMap(text -> httpDate(text).stream())
        .findFirst();
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
      return new String(in.readNBytes(MAX_PROBLEM_LENGTH), UTF_8);
    }
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1e3 + " s";
  }
}
