package nyc311.medians;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.ConditionalUpdate.Revised;
import nyc311.bucket.ConditionalUpdate.Updated;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.json.InvalidDocumentException;
import nyc311.requests.MalformedRawDayException;
import nyc311.requests.NewYork;

/**
 * Brings the published medians up to date with the raw days of the bucket.
 *
 * <p>Any number of these may run at once, for the same day or for others, late, twice and out of
 * order: when all have ended, the medians are a pure function of the raw days. What makes it so is
 * the order of steps. Every document is replaced by a {@link ConditionalUpdate}: first its own
 * entity tag is read, then what it is made from, then it is written if the tag still holds. And
 * after publishing, the raw days are listed once more: a day that is not the one its summary was
 * made from is summarised again, and the medians are published again.
 *
 * <p>What one run costs depends on the window, not on the length of the history.
 */
final class Recompute {
  private static final int MAX_ATTEMPTS = 60;
  private static final int MAX_HEALING_ROUNDS = 10;

  /** How many day summaries are read at a time. */
  private static final int READERS = 8;

  private final Bucket bucket;
  private final int windowDays;
  private final Clock clock;
  private final ConditionalUpdate documents;

  /**
   * @param windowDays how many created days the medians cover
   * @param clock says which New York day it is
   */
  Recompute(Bucket bucket, int windowDays, Clock clock) {
    this.bucket = bucket;
    this.windowDays = windowDays;
    this.clock = clock;
    this.documents = new ConditionalUpdate(bucket, MAX_ATTEMPTS);
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
   * The report on one day.
   *
   * @param summary of its raw file as it is now
   */
  record DayReport(DayOutcome outcome, DaySummary summary) {}

  /**
   * What a run did.
   *
   * @param days each day that was asked for, or that was found to be out of date
   * @param failed days that could not be summarised, and why: a run again may help, or the event's
   *     own raw day is malformed
   * @param skipped other days of the window whose raw files are malformed, and why: they keep the
   *     summary that they had, and failed when they arrived
   * @param published whether the medians have changed
   * @param window the medians' window; empty when there is no request in the bucket at all
   */
  record Result(
      SortedMap<LocalDate, DayReport> days,
      SortedMap<LocalDate, Exception> failed,
      SortedMap<LocalDate, Exception> skipped,
      boolean published,
      Optional<Window> window) {}

  record Window(LocalDate from, LocalDate to) {}

  /**
   * Summarises days anew, publishes the medians, and repairs what it finds out of date.
   *
   * @param changed the days whose raw files may have changed
   * @throws IOException when the bucket's documents cannot be written; a single day that cannot be
   *     read is reported in the result instead
   */
  Result run(Collection<LocalDate> changed) throws IOException {
    SortedMap<LocalDate, DayReport> days = new TreeMap<>();
    SortedMap<LocalDate, Exception> failed = new TreeMap<>();
    SortedMap<LocalDate, Exception> skipped = new TreeMap<>();
    summariseEach(new TreeSet<>(changed), days, failed, failed);

    boolean published = false;
    Optional<LocalDate> newest = changed.stream().max(LocalDate::compareTo);
    for (int round = 0; ; round++) {
      Updated<Merged> publication = publish(newest, round > 0);
      published |= publication.changed();
      SortedSet<LocalDate> stale = staleDays(publication.from());
      stale.removeAll(failed.keySet());
      stale.removeAll(skipped.keySet());
      if (round == MAX_HEALING_ROUNDS) {
        Set<LocalDate> read = publication.from().rawEtags().keySet();
        stale.forEach(
            day ->
                failed.put(
                    day,
                    new IOException(
                        read.contains(day)
                            ? "raw day kept changing meanwhile"
                            : Keys.daySummary(day) + " cannot be read as it was written")));
        stale.clear();
      }
      boolean held = round == 0 && !publication.from().whole;
      if (stale.isEmpty() && !held) {
        return new Result(days, failed, skipped, published, publication.from().window());
      }
      summariseEach(stale, days, failed, skipped);
      newest = later(newest, stale.stream().max(LocalDate::compareTo));
    }
  }

  private void summariseEach(
      SortedSet<LocalDate> stale,
      SortedMap<LocalDate, DayReport> days,
      SortedMap<LocalDate, Exception> failed,
      SortedMap<LocalDate, Exception> malformed) {
    for (LocalDate day : stale) {
      try {
        days.put(day, summarise(day));
      } catch (MalformedRawDayException e) {
        malformed.put(day, e);
      } catch (IOException | RuntimeException e) {
        failed.put(day, e);
      }
    }
  }

  private DayReport summarise(LocalDate day) throws IOException {
    Updated<DaySummary> updated =
        documents.update(
            Keys.daySummary(day),
            current -> {
              DaySummary summary = summaryOfRawDay(day);
              // Where nothing is and nothing was, there is nothing to write.
              boolean write = !summary.isOfNothing() || current.isPresent();
              return new Revised<>(
                  write ? Optional.of(DaySummaryJson.write(summary)) : Optional.empty(), summary);
            });
    if (updated.from().isOfNothing()) {
      return new DayReport(DayOutcome.VANISHED, updated.from());
    }
    return new DayReport(
        updated.changed() ? DayOutcome.SUMMARISED : DayOutcome.UNCHANGED, updated.from());
  }

  private DaySummary summaryOfRawDay(LocalDate day) throws IOException {
    Optional<StoredObject> found = bucket.get(Keys.rawDay(day));
    if (found.isEmpty()) {
      return DaySummary.ofNothing(day);
    }
    try (StoredObject raw = found.get()) {
      return DaySummary.of(day, raw);
    }
  }

  /**
   * The newest window's summaries, merged.
   *
   * @param medians empty when there is no request at all
   * @param rawEtags the raw days that they were made from
   * @param whole whether all of its summaries, and any newer ones, could be read
   */
  private record Merged(Optional<Medians> medians, Map<LocalDate, String> rawEtags, boolean whole) {
    Optional<Window> window() {
      return medians.map(published -> new Window(published.from(), published.to()));
    }
  }

  /**
   * Publishes the newest window's medians.
   *
   * @param partly true, once it could not be mended: publish without the days whose summaries
   *     cannot be read, such as those of an older version; false: then do not publish yet
   */
  private Updated<Merged> publish(Optional<LocalDate> newest, boolean partly) throws IOException {
    return documents.update(
        Keys.MEDIANS,
        current -> {
          Merged merged = merge(later(newest, current.flatMap(Recompute::publishedTo)));
          Optional<byte[]> content =
              merged.medians.filter(any -> partly || merged.whole).map(MediansJson::write);
          if (current.isPresent()
              && content.isPresent()
              && !Arrays.equals(content.get(), current.get())) {
            keep(current.get());
          }
          return new Revised<>(content, merged);
        });
  }

  /**
   * Keeps what was in force when the New York day began, unless someone has: the medians that are
   * about to be replaced, and the model's pointer. The medians come last, and say that it is done.
   */
  private void keep(byte[] medians) throws IOException {
    LocalDate today = NewYork.day(clock.instant());
    if (bucket.head(Keys.publishedMedians(today)).isPresent()) {
      return;
    }
    Optional<byte[]> pointer = bucket.read(Keys.MODEL_POINTER);
    if (pointer.isPresent()) {
      keep(Keys.publishedModelPointer(today), pointer.get());
    }
    keep(Keys.publishedMedians(today), medians);
  }

  private void keep(String key, byte[] content) throws IOException {
    documents.putUnless(Optional::isPresent, key, Content.of(content), Map.of());
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

  /**
   * Merges the summaries of the newest window, from its newest day back.
   *
   * @param hint about where the window ends. It saves listing the whole history, and has no
   *     influence on the result: when the window turns out to begin before the listing, a longer
   *     listing is made.
   */
  private Merged merge(Optional<LocalDate> hint) throws IOException {
    String after = hint.map(day -> Keys.daySummary(day.minusDays(windowDays))).orElse("");
    Deque<LocalDate> newestFirst = new ArrayDeque<>();
    for (ListedObject listed : bucket.list(Keys.DAYS, after)) {
      Keys.summarisedDayOf(listed.key()).ifPresent(newestFirst::push);
    }
    Map<LocalDate, String> rawEtags = new HashMap<>();
    boolean whole = true;
    while (!newestFirst.isEmpty()) {
      LocalDate day = newestFirst.pop();
      Optional<DaySummary> summary = readSummary(day);
      whole &= summary.isPresent();
      summary.ifPresent(read -> rawEtags.put(day, read.rawEtag()));
      if (summary.isPresent() && summary.get().accepted() > 0) {
        LocalDate from = day.minusDays(windowDays - 1L);
        if (Keys.daySummary(from).compareTo(after) <= 0) {
          return merge(Optional.of(day));
        }
        MediansWindow window = new MediansWindow(from, day);
        window.add(summary.get());
        newestFirst.removeIf(earlier -> earlier.isBefore(from));
        List<DaySummary> others = readSummaries(newestFirst);
        for (DaySummary earlier : others) {
          rawEtags.put(earlier.day(), earlier.rawEtag());
          window.add(earlier);
        }
        whole &= others.size() == newestFirst.size();
        return new Merged(Optional.of(window.medians()), rawEtags, whole);
      }
    }
    return hint.isPresent()
        ? merge(Optional.empty())
        : new Merged(Optional.empty(), rawEtags, whole);
  }

  /** Reads summaries side by side: on S3 most of the time is spent waiting for each answer. */
  private List<DaySummary> readSummaries(Collection<LocalDate> days) throws IOException {
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try {
      List<Callable<Optional<DaySummary>>> readings = new ArrayList<>();
      days.forEach(day -> readings.add(() -> readSummary(day)));
      List<DaySummary> summaries = new ArrayList<>();
      for (Future<Optional<DaySummary>> reading : readers.invokeAll(readings)) {
        reading.get().ifPresent(summaries::add);
      }
      return summaries;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IOException("cannot read a day summary", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading day summaries", e);
    } finally {
      readers.shutdownNow();
    }
  }

  /** A summary; empty when it is gone or cannot be read, so that it is made again. */
  private Optional<DaySummary> readSummary(LocalDate day) throws IOException {
    Optional<StoredObject> found = bucket.get(Keys.daySummary(day));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (StoredObject summary = found.get()) {
      return Optional.of(DaySummaryJson.read(summary.content()))
          .filter(read -> read.day().equals(day));
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /** The days from the window's start on whose raw file is not the one that was merged. */
  private SortedSet<LocalDate> staleDays(Merged merged) {
    String after = merged.window().map(window -> Keys.rawDay(window.from.minusDays(1))).orElse("");
    Map<LocalDate, String> vanished = new HashMap<>(merged.rawEtags);
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
}
