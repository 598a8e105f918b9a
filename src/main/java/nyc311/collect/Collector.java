package nyc311.collect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.collect.RawDayWriter.Counts;
import nyc311.requests.MalformedRawDayException;
import nyc311.requests.NewYork;
import nyc311.settings.Settings;

/**
 * Brings days of the feed into the bucket, each as one raw day under its own key. A day whose
 * content has not changed is not written again, so that it makes no needless event; a pull without
 * rows writes nothing, so that a feed that lags behind never empties a day, and fails when the feed
 * has lost the day; of two pulls that meet, or come in the wrong order, the one from newer data
 * stays; and a feed that has changed spoils no day. For one run; not thread-safe.
 */
public final class Collector {
  private static final int MAX_ATTEMPTS = 5;

  private final Feed feed;
  private final Bucket bucket;
  private final int windowDays;
  private final boolean force;
  private final boolean dryRun;

  /** What was read or written in this run; without those that are no raw days. */
  private final Map<LocalDate, Optional<CountedDay>> counted = new HashMap<>();

  /**
   * Collects from the feed that settings name, in one run.
   *
   * @param time how long the run may take
   * @param force takes a day also when the feed seems to have changed
   * @param dryRun only finds out what would be written
   * @throws IllegalArgumentException when a setting is wrong
   */
  public Collector(Settings settings, Bucket bucket, Duration time, boolean force, boolean dryRun) {
    this(
        new Feed(
            settings.feedUrl(),
            settings.feedArchiveUrl(),
            settings.feedAppToken(),
            Clock.systemUTC(),
            Clock.systemUTC().instant().plus(time)),
        bucket,
        settings.windowDays(),
        force,
        dryRun);
  }

  /**
   * @param windowDays how many days the medians cover: a new one of them must be like the others
   * @param force takes a day also when the feed seems to have changed
   * @param dryRun only finds out what would be written
   */
  Collector(Feed feed, Bucket bucket, int windowDays, boolean force, boolean dryRun) {
    this.feed = feed;
    this.bucket = bucket;
    this.windowDays = windowDays;
    this.force = force;
    this.dryRun = dryRun;
  }

  /** What a person should know about the run so far; mostly nothing. */
  public List<String> notes() {
    return feed.notes();
  }

  /** What became of a day. */
  public enum Outcome {
    /** The raw day is new, or has changed. */
    WRITTEN,
    /** The raw day already has just these rows, or is from newer data than they are. */
    UNCHANGED,
    /** The feed has no rows for it, yet; the bucket was left as it is. */
    EMPTY,
    /** It could not be collected; the bucket was left as it is. */
    FAILED;

    /** The name in JSON and in logs. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The report on one day.
   *
   * @param counts how many rows the feed gave, and what was left out
   * @param bytes the length of the raw day
   * @param failure why it failed; empty otherwise
   */
  public record DayReport(
      LocalDate day, Outcome outcome, Counts counts, long bytes, Optional<Exception> failure) {
    /** Why it failed; empty otherwise. */
    public Optional<String> problem() {
      return failure.map(e -> String.valueOf(e.getMessage()));
    }

    /** Whether it failed since the feed seems to have changed. */
    boolean feedHasChanged() {
      return failure.filter(FeedChangedException.class::isInstance).isPresent();
    }

    /** How many rows the feed gave. */
    public long rows() {
      return counts.rows();
    }

    /** How many of them were left out, by reason. */
    public Map<String, Long> rejected() {
      return counts.rejected();
    }
  }

  /**
   * Collects one day.
   *
   * @param deadline by which to give up
   * @return never throws for what can go wrong with one day: that is {@link Outcome#FAILED}
   */
  public DayReport collect(LocalDate day, Instant deadline) throws InterruptedException {
    try {
      Path file = Files.createTempFile(day + "-", ".json");
      try {
        Feed.Pull pull = feed.pull(day, file, deadline);
        Instant asOf = pull.asOf().truncatedTo(ChronoUnit.SECONDS);
        if (pull.counts().rows() == 0) {
          requireNotLost(day, asOf);
          return new DayReport(day, Outcome.EMPTY, pull.counts(), 0, Optional.empty());
        }
        Outcome outcome = store(day, file, asOf);
        return new DayReport(day, outcome, pull.counts(), Files.size(file), Optional.empty());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException | RuntimeException e) {
      return new DayReport(day, Outcome.FAILED, Counts.NONE, 0, Optional.of(e));
    }
  }

  /** A feed without a day may be behind what is known of it; one that dates from later is not. */
  private void requireNotLost(LocalDate day, Instant asOf) throws IOException {
    boolean older =
        bucket.head(Keys.rawDay(day)).flatMap(Collector::dated).filter(asOf::isAfter).isPresent();
    if (older && !force) {
      long known = counted(day).map(CountedDay::accepted).orElse(0L);
      if (known > 0) {
        throw new FeedChangedException("no rows, but there were " + known + " that count", null);
      }
    }
  }

  private Outcome store(LocalDate day, Path file, Instant asOf) throws IOException {
    Content content = Content.of(file);
    String digest = content.sha256();
    Map<String, String> metadata =
        Map.of(Keys.COLLECTED_AT, asOf.toString(), Keys.CONTENT_SHA256, digest);
    ConditionalUpdate.Check check =
        known -> {
          boolean stays =
              known
                  .filter(
                      head ->
                          digest.equals(head.metadata().get(Keys.CONTENT_SHA256))
                              || isNewer(head, asOf))
                  .isPresent();
          if (!stays && !force) {
            requireUnchangedFeed(day, file, metadata, known.isPresent());
          }
          return stays;
        };
    String key = Keys.rawDay(day);
    boolean written =
        dryRun
            ? !check.stays(bucket.head(key))
            : new ConditionalUpdate(bucket, MAX_ATTEMPTS).putUnless(check, key, content, metadata);
    return written ? Outcome.WRITTEN : Outcome.UNCHANGED;
  }

  private void requireUnchangedFeed(
      LocalDate day, Path file, Map<String, String> metadata, boolean isKnown) throws IOException {
    Instant now = Files.getLastModifiedTime(file).toInstant();
    ObjectHead head = new ObjectHead(Keys.rawDay(day), "", now, Files.size(file), metadata);
    CountedDay pulled;
    try (StoredObject raw = new StoredObject(head, Files.newInputStream(file))) {
      pulled = CountedDay.read(day, raw);
    } catch (MalformedRawDayException e) {
      throw new FeedChangedException(e.getMessage(), e);
    }
    Optional<CountedDay> known = isKnown ? counted(day) : Optional.empty();
    if (known.isPresent()) {
      pulled.requireNoWorseThan(known.get());
    }
    // Most days are pulled first when the feed has two hours of them, which say little of the rest.
    if (known.filter(CountedDay::isOfAWholeDay).isEmpty()) {
      pulled.requireLike(neighbours(day));
    }
    counted.put(day, Optional.of(pulled));
  }

  /** The bucket's day; empty when there is none, or none that could be read. */
  private Optional<CountedDay> counted(LocalDate day) throws IOException {
    try (StoredObject raw = bucket.get(Keys.rawDay(day)).orElse(null)) {
      return raw == null ? Optional.empty() : Optional.of(CountedDay.read(day, raw));
    } catch (MalformedRawDayException e) {
      return Optional.empty();
    }
  }

  /** The window's days around one of its own; of a day before the window, none. */
  private List<CountedDay> neighbours(LocalDate day) throws IOException {
    if (day.isBefore(feed.today().minusDays(windowDays))) {
      return List.of();
    }
    List<LocalDate> nearest =
        bucket.list(Keys.RAW_DAYS, Keys.rawDay(day.minusDays(windowDays))).stream()
            .flatMap(object -> Keys.rawDayOf(object.key()).stream())
            .filter(other -> !other.equals(day))
            .sorted(Comparator.comparing(other -> Math.abs(ChronoUnit.DAYS.between(day, other))))
            .limit(CountedDay.WEEK)
            .toList();
    List<CountedDay> neighbours = new ArrayList<>();
    for (LocalDate other : nearest) {
      if (!counted.containsKey(other)) {
        counted.put(other, counted(other));
      }
      counted.get(other).ifPresent(neighbours::add);
    }
    return neighbours;
  }

  /**
   * Whether another pull, which may have begun later, has brought newer data than these. What
   * claims to date from a day to come was put by hand, and is refused by what reads it.
   */
  private boolean isNewer(ObjectHead known, Instant asOf) {
    return dated(known)
        .filter(dated -> dated.isAfter(asOf) && !NewYork.day(dated).isAfter(feed.today()))
        .isPresent();
  }

  private static Optional<Instant> dated(ObjectHead known) {
    try {
      return Optional.of(Instant.parse(known.metadata().getOrDefault(Keys.COLLECTED_AT, "")));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
