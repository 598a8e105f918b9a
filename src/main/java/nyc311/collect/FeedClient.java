package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.json.JsonFault;

/**
 * Asks a Socrata dataset over HTTP. For one run. Faults that pass (202, 408, 429, 5xx, broken
 * connections, bodies cut short) are tried again with capped, jittered back-off, or as {@code
 * Retry-After} says, as long as the deadline allows. The token goes to no other host, and one that
 * is refused is not sent again. Thread-safe.
 */
final class FeedClient {
  private static final int MAX_ATTEMPTS = 6;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);
  private static final int MAX_PROBLEM_LENGTH = 300;
  private static final int MAX_TOKEN = 200;
  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(202, 408, 429);
  private static final Set<Integer> REFUSED_TOKEN = Set.of(401, 403);

  /** How compressed bodies begin (RFC 1952, section 2.3.1). */
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  /** What a wait that the feed asks for leaves of the run, at most a tenth of what there is. */
  private static final Duration LAST_ATTEMPT = Duration.ofSeconds(10);

  /**
   * A page of rows has about 20 MB. More than six times that is no feed of rows, and would fill the
   * 512 MB that Lambda gives for files.
   */
  private static final long MAX_ANSWER_BYTES = 128L << 20;

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private final Optional<String> appToken;
  private final Clock clock;
  private final Instant end;
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private volatile boolean tokenRefused;

  /** Until then the feed wants no request, whichever day it is for. */
  private volatile Instant notBefore = Instant.EPOCH;

  /**
   * @param appToken lifts the throttling that callers without one share
   * @param end of the run: no wait that the feed asks for goes beyond it
   * @throws IllegalArgumentException when the token is none; the message does not have it
   */
  FeedClient(Optional<String> appToken, Clock clock, Instant end) {
    if (appToken.isPresent() && !isToken(appToken.get())) {
      throw new IllegalArgumentException(
          "the application token must be of visible ASCII characters, at most " + MAX_TOKEN);
    }
    this.appToken = appToken;
    this.clock = clock;
    this.end = end;
  }

  /** Whether a text can be a token, and so be sent in a header; an empty one stands for none. */
  static boolean isToken(String text) {
    return text.length() <= MAX_TOKEN && text.chars().allMatch(c -> '!' <= c && c <= '~');
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
        Optional<String> token = tokenRefused ? Optional.empty() : appToken;
        HttpResponse<Path> answer = follow(question.at(dataset, token), body, deadline);
        int status = answer.statusCode();
        unpack(body);
        if (status == 200) {
          return new Answer<>(reading.read(body), dated(answer.headers()));
        }
        problem = "the feed answered " + status + ": " + beginning(body);
        if (REFUSED_TOKEN.contains(status) && hasToken(answer.request())) {
          tokenRefused = true;
          note("collected without the application token, which the feed refuses: " + problem);
          continue;
        }
        if (!PASSING.contains(status) && status < 500) {
          throw new FeedException(problem + " (not tried again)", status, null);
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
      if (attempt >= MAX_ATTEMPTS) {
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

  /** Waits until the feed wants requests again. */
  void awaitTurn() throws InterruptedException {
    Duration wait = Duration.between(clock.instant(), notBefore);
    if (!wait.isNegative()) {
      Thread.sleep(wait.toMillis());
    }
  }

  /** Keeps what a person should know about the run. */
  void note(String text) {
    notes.add(JsonFault.plain(text));
  }

  /** What a person should know about the run; mostly nothing. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Whether the feed has refused the token. */
  boolean tokenRefused() {
    return tokenRefused;
  }

  private void awaitTurn(Instant deadline) throws FeedException, InterruptedException {
    if (!notBefore.isBefore(deadline)) {
      Duration wait = Duration.between(clock.instant(), notBefore);
      throw new FeedException(
          "the feed wants no request for " + seconds(wait) + ", and no time is left then", null);
    }
    awaitTurn();
  }

  /** Follows redirections; not to where others can listen, and to other hosts without the token. */
  private HttpResponse<Path> follow(HttpRequest first, Path body, Instant deadline)
      throws IOException, InterruptedException {
    HttpRequest request = first;
    for (int hops = 0; ; hops++) {
      HttpResponse<Path> answer = send(request, body, deadline);
      URI to = REDIRECTS.contains(answer.statusCode()) ? location(answer) : null;
      if (to == null || hops == MAX_REDIRECTS) {
        return answer;
      }
      boolean sameHost =
          to.getScheme().equals(request.uri().getScheme())
              && to.getRawAuthority().equals(request.uri().getRawAuthority());
      request =
          HttpRequest.newBuilder(
                  request,
                  (name, value) -> sameHost || !name.equalsIgnoreCase(FeedQuery.TOKEN_HEADER))
              .uri(to)
              .build();
    }
  }

  /** Where a redirection leads; null when that is nowhere. */
  private static URI location(HttpResponse<Path> answer) {
    try {
      URI to = answer.uri().resolve(answer.headers().firstValue("Location").orElse(""));
      boolean secure = "https".equals(to.getScheme());
      return to.getHost() != null && (secure || to.getScheme().equals(answer.uri().getScheme()))
          ? to
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean hasToken(HttpRequest request) {
    return request.headers().firstValue(FeedQuery.TOKEN_HEADER).isPresent();
  }

  /** Some proxies compress what nobody wanted compressed. */
  private static void unpack(Path body) throws IOException {
    try (InputStream in = Files.newInputStream(body)) {
      if (!Arrays.equals(in.readNBytes(GZIP.length), GZIP)) {
        return;
      }
    }
    Path plain = Files.createTempFile("plain-", ".json");
    try {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(body));
          OutputStream out = Files.newOutputStream(plain)) {
        byte[] piece = new byte[1 << 16];
        long bytes = 0;
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
          bytes += length;
          if (bytes > MAX_ANSWER_BYTES) {
            throw tooLong(new BoundedBody.TooLongException(MAX_ANSWER_BYTES));
          }
          out.write(piece, 0, length);
        }
      }
      Files.move(plain, body, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(plain);
    }
  }

  private static FeedException tooLong(BoundedBody.TooLongException e) {
    return new FeedException("the feed's answer " + e.getMessage() + " (not tried again)", e);
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
                    BodySubscribers.ofFile(
                        body, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                    MAX_ANSWER_BYTES));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + seconds(limit), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BoundedBody.TooLongException tooLong) {
        throw tooLong(tooLong);
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

  /** As long as the feed wishes, but so that a last attempt fits into the run. */
  private Optional<Duration> retryAfter(HttpHeaders headers) {
    Duration left = Duration.between(clock.instant(), end);
    Duration tenth = left.dividedBy(10);
    Duration longest = left.minus(tenth.compareTo(LAST_ATTEMPT) < 0 ? tenth : LAST_ATTEMPT);
    return headers
        .firstValue("Retry-After")
        .flatMap(
            text ->
                text.matches("\\d{1,9}")
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                    : httpDate(text).map(until -> Duration.between(clock.instant(), until)))
        .map(wait -> wait.compareTo(longest) < 0 ? wait : longest);
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
