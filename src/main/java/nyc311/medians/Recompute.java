package nyc311.medians;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;

/**
 * Brings the published medians up to date with the raw days of the bucket.
 *
 * <p>Any number of these may run at once, for the same day or for others, late, twice and out of
 * order: when all have ended, the medians are a pure function of the raw days. What makes it so is
 * the order of steps. Every document is replaced by {@link #update}: first its own entity tag is
 * read, then what it is made from, then it is written if the tag still holds. And after publishing,
 * the raw days are listed once more: a day that is not the one its summary was made from is
 * summarised again, and the medians are published again.
 *
 * <p>What one run costs depends on the window, not on the length of the history.
 */
final class Recompute {
  private static final int MAX_ATTEMPTS = 60;
  private static final int MAX_HEALING_ROUNDS = 10;
  private static final long MAX_PAUSE_MILLIS = 1_000;

  private final Bucket bucket;
  private final int windowDays;

  /**
   * @param windowDays how many created days the medians cover
   */
  Recompute(Bucket bucket, int windowDays) {
    this.bucket = bucket;
    this.windowDays = windowDays;
  }

  /** What became of one day. */
  enum DayOutcome {
    /** Its summary is new or has changed. */
    SUMMARISED,
    /** Its summary already said the same. */
    UNCHANGED,
    /** Its raw file is not there any more, and so its summary is empty or absent. */
    VANISHED;

    /** The name in JSON and in logs. */
    String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a run did.
   *
   * @param days what became of each day that was asked for, or that was found to be out of date
   * @param failed the asked-for days that cannot be read, and why
   * @param skipped other days of the window that are out of date but cannot be read, and why
   * @param published whether the medians have changed
   * @param window the medians' window; empty when there is no request in the bucket at all
   */
  record Result(
      SortedMap<LocalDate, DayOutcome> days,
      SortedMap<LocalDate, Exception> failed,
      SortedMap<LocalDate, Exception> skipped,
      boolean published,
      Optional<Window> window) {}

  /** Created days, both inclusive. */
  record Window(LocalDate from, LocalDate to) {}

  /**
   * Summarises days anew, publishes the medians, and repairs what it finds out of date.
   *
   * @param changed the days whose raw files may have changed
   * @throws IOException when the bucket's documents cannot be written; a single day that cannot be
   *     read is reported in the result instead
   */
  Result run(Collection<LocalDate> changed) throws IOException {
    SortedMap<LocalDate, DayOutcome> days = new TreeMap<>();
    SortedMap<LocalDate, Exception> failed = new TreeMap<>();
    SortedMap<LocalDate, Exception> skipped = new TreeMap<>();
    summarise(new TreeSet<>(changed), days, failed);

    boolean published = false;
    Optional<LocalDate> newest = changed.stream().max(LocalDate::compareTo);
    for (int round = 0; ; round++) {
      Publication publication = publish(newest);
      published |= publication.written;
      SortedSet<LocalDate> stale = staleDays(publication);
      stale.removeAll(failed.keySet());
      stale.removeAll(skipped.keySet());
      if (stale.isEmpty() || round == MAX_HEALING_ROUNDS) {
        return new Result(days, failed, skipped, published, publication.window);
      }
      summarise(stale, days, skipped);
      newest = Optional.of(stale.last());
    }
  }

  private void summarise(
      SortedSet<LocalDate> stale,
      SortedMap<LocalDate, DayOutcome> days,
      SortedMap<LocalDate, Exception> unreadable) {
    for (LocalDate day : stale) {
      try {
        days.put(day, summarise(day));
      } catch (IOException | RuntimeException e) {
        unreadable.put(day, e);
      }
    }
  }

  private DayOutcome summarise(LocalDate day) throws IOException {
    boolean[] vanished = {false};
    boolean written =
        update(
            Keys.daySummary(day),
            current -> {
              Optional<StoredObject> found = bucket.get(Keys.rawDay(day));
              vanished[0] = found.isEmpty();
              if (found.isEmpty()) {
                return current.map(bytes -> DaySummaryJson.write(DaySummary.ofNothing(day)));
              }
              try (StoredObject raw = found.get()) {
                return Optional.of(DaySummaryJson.write(DaySummary.of(day, raw)));
              }
            });
    if (vanished[0]) {
      return DayOutcome.VANISHED;
    }
    return written ? DayOutcome.SUMMARISED : DayOutcome.UNCHANGED;
  }

  /**
   * One attempt to publish.
   *
   * @param written whether the medians were written
   * @param window what they cover; empty when there is nothing to publish
   * @param rawEtags the raw days that they were made from
   */
  private record Publication(
      boolean written, Optional<Window> window, Map<LocalDate, String> rawEtags) {}

  private Publication publish(Optional<LocalDate> newest) throws IOException {
    Merge[] last = new Merge[1];
    boolean written =
        update(
            Keys.MEDIANS,
            current -> {
              last[0] = merge(later(newest, current.flatMap(Recompute::publishedTo)));
              return last[0].window.map(window -> MediansJson.write(last[0].merged.medians()));
            });
    return new Publication(written, last[0].window, last[0].rawEtags);
  }

  private static Optional<LocalDate> later(Optional<LocalDate> a, Optional<LocalDate> b) {
    return a.isPresent() && b.isPresent() && a.get().isBefore(b.get()) ? b : a.or(() -> b);
  }

  /** Where the published window ends: only a hint, so medians that cannot be read give none. */
  private static Optional<LocalDate> publishedTo(byte[] medians) {
    try {
      return Optional.of(MediansJson.read(new ByteArrayInputStream(medians)).to());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The window's summaries, merged. */
  private static final class Merge {
    private final Map<LocalDate, String> rawEtags = new HashMap<>();
    private Optional<Window> window = Optional.empty();
    private MediansWindow merged;
  }

  /**
   * Merges the summaries of the newest window.
   *
   * @param hint about where the window ends. It saves listing the whole history, and has no
   *     influence on the result: when the window turns out to begin before the listing, a longer
   *     listing is made.
   */
  private Merge merge(Optional<LocalDate> hint) throws IOException {
    String after = hint.map(day -> Keys.daySummary(day.minusDays(windowDays))).orElse("");
    Merge merge = new Merge();
    List<ListedObject> summaries = bucket.list(Keys.DAYS, after);
    for (int i = summaries.size() - 1; i >= 0; i--) {
      LocalDate day = Keys.summarisedDayOf(summaries.get(i).key()).orElse(null);
      if (day == null) {
        continue;
      }
      if (merge.window.isPresent() && day.isBefore(merge.window.get().from)) {
        break;
      }
      Optional<DaySummary> found = readSummary(day);
      if (found.isEmpty()) {
        continue;
      }
      DaySummary summary = found.get();
      merge.rawEtags.put(day, summary.rawEtag());
      if (merge.window.isEmpty() && summary.accepted() > 0) {
        Window window = new Window(day.minusDays(windowDays - 1L), day);
        if (Keys.daySummary(window.from).compareTo(after) <= 0) {
          return merge(Optional.of(day));
        }
        merge.window = Optional.of(window);
        merge.merged = new MediansWindow(window.from, window.to);
      }
      if (merge.window.isPresent()) {
        merge.merged.add(summary);
      }
    }
    return merge.window.isEmpty() && hint.isPresent() ? merge(Optional.empty()) : merge;
  }

  /** A summary; empty when it is gone or cannot be read, so that it is made again. */
  private Optional<DaySummary> readSummary(LocalDate day) throws IOException {
    Optional<StoredObject> found = bucket.get(Keys.daySummary(day));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (StoredObject summary = found.get()) {
      return Optional.of(DaySummaryJson.read(summary.content()));
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /** The days from the window's start on whose raw file is not the one that was merged. */
  private SortedSet<LocalDate> staleDays(Publication publication) {
    String after =
        publication.window.map(window -> Keys.rawDay(window.from.minusDays(1))).orElse("");
    Map<LocalDate, String> vanished = new HashMap<>(publication.rawEtags);
    vanished.values().removeIf(String::isEmpty);
    SortedSet<LocalDate> stale = new TreeSet<>();
    for (ListedObject raw : bucket.list(Keys.RAW_DAYS, after)) {
      Optional<LocalDate> day = Keys.rawDayOf(raw.key());
      if (day.isPresent() && !raw.etag().equals(vanished.remove(day.get()))) {
        stale.add(day.get());
      }
    }
    stale.addAll(vanished.keySet());
    return stale;
  }

  /** Makes a document's next content from its current one; empty: leave it as it is. */
  private interface Revision {
    Optional<byte[]> next(Optional<byte[]> current) throws IOException;
  }

  /**
   * Replaces a document by a revision of it. The revision reads its sources after the document's
   * entity tag is known, and is made again when someone else has written meanwhile.
   *
   * @return whether the document has changed
   */
  private boolean update(String key, Revision revision) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<byte[]> current = Optional.empty();
      Optional<String> etag = Optional.empty();
      Optional<StoredObject> found = bucket.get(key);
      if (found.isPresent()) {
        try (StoredObject object = found.get()) {
          etag = Optional.of(object.head().etag());
          current = Optional.of(object.content().readAllBytes());
        }
      }
      Optional<byte[]> next = revision.next(current);
      if (next.isEmpty() || (current.isPresent() && Arrays.equals(next.get(), current.get()))) {
        return false;
      }
      try {
        bucket.put(key, Content.of(next.get()), Map.of(), etag);
        return true;
      } catch (WriteConflictException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(
          ThreadLocalRandom.current()
              .nextLong(Math.min(MAX_PAUSE_MILLIS, 10L << Math.min(attempt, 7))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for another recomputation", e);
    }
  }
}
