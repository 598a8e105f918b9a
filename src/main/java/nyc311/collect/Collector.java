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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import nyc311.bucket.Bucket;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.collect.RawDayWriter.Counts;
import nyc311.settings.Settings;

/**
 * Brings days of the feed into the bucket, each as one raw day under its own key. A day whose
 * content has not changed is not written again, so that it makes no needless event; a pull without
 * rows writes nothing, so that a feed that lags behind never empties a day; and of two pulls that
 * meet, or come in the wrong order, the one from newer data stays.
 */
public final class Collector {
  private static final int MAX_ATTEMPTS = 5;

  private final Feed feed;
  private final Bucket bucket;
  private final boolean dryRun;

  Collector(Feed feed, Bucket bucket) {
    this(feed, bucket, false);
  }

  /**
   * Collects from the feed that settings name, in one run.
   *
   * @param time how long the run may take
   * @param dryRun only finds out what would be written
   * @throws IllegalArgumentException when a setting is wrong
   */
  public Collector(Settings settings, Bucket bucket, Duration time, boolean dryRun) {
    this(
        new Feed(
            settings.feedUrl(),
            settings.feedArchiveUrl(),
            settings.feedAppToken(),
            Clock.systemUTC(),
            Clock.systemUTC().instant().plus(time)),
        bucket,
        dryRun);
  }

  /**
   * @param dryRun only finds out what would be written
   */
  Collector(Feed feed, Bucket bucket, boolean dryRun) {
    this.feed = feed;
    this.bucket = bucket;
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
   * @param problem why it failed; empty otherwise
   */
  public record DayReport(
      LocalDate day, Outcome outcome, Counts counts, long bytes, Optional<String> problem) {
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
        if (pull.counts().rows() == 0) {
          return new DayReport(day, Outcome.EMPTY, pull.counts(), 0, Optional.empty());
        }
        Outcome outcome = store(day, file, pull.asOf().truncatedTo(ChronoUnit.SECONDS));
        return new DayReport(day, outcome, pull.counts(), Files.size(file), Optional.empty());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException | RuntimeException e) {
      return new DayReport(
          day, Outcome.FAILED, Counts.NONE, 0, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private Outcome store(LocalDate day, Path file, Instant asOf) throws IOException {
    Content content = Content.of(file);
    String digest = content.sha256();
    Map<String, String> metadata =
        Map.of(Keys.COLLECTED_AT, asOf.toString(), Keys.CONTENT_SHA256, digest);
    Predicate<ObjectHead> stays =
        known -> digest.equals(known.metadata().get(Keys.CONTENT_SHA256)) || isNewer(known, asOf);
    String key = Keys.rawDay(day);
    boolean written =
        dryRun
            ? bucket.head(key).filter(stays).isEmpty()
            : new ConditionalUpdate(bucket, MAX_ATTEMPTS).putUnless(stays, key, content, metadata);
    return written ? Outcome.WRITTEN : Outcome.UNCHANGED;
  }

  /** Whether another pull, which may have begun later, has brought newer data than these. */
  private static boolean isNewer(ObjectHead known, Instant asOf) {
    try {
      return Instant.parse(known.metadata().getOrDefault(Keys.COLLECTED_AT, "")).isAfter(asOf);
    } catch (DateTimeException e) {
      return false;
    }
  }
}
