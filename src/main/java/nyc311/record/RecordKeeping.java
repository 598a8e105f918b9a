package nyc311.record;

import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.ConditionalUpdate.Revised;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.json.InvalidDocumentException;
import nyc311.requests.MalformedRawDayException;
import nyc311.requests.NewYork;
import nyc311.requests.Progress;

/**
 * Judges the days that are known by now, and publishes the record. Any number of these may run at
 * once and be killed at any instant: each judged day is a pure function of its raw day and of what
 * was in force when it began, and the record one of the judged days.
 */
public final class RecordKeeping {
  /** Of a younger one too many requests are open. */
  private static final int MIN_AGE_DAYS = 2;

  /** An older one is not collected again. */
  private static final int MAX_AGE_DAYS = 60;

  /** As long as what was in force is kept. */
  private static final int KEPT_DAYS = 100;

  private static final int MAX_ATTEMPTS = 20;

  private final Bucket bucket;
  private final Clock clock;
  private final ConditionalUpdate documents;

  public RecordKeeping(Bucket bucket, Clock clock) {
    this.bucket = bucket;
    this.clock = clock;
    this.documents = new ConditionalUpdate(bucket, MAX_ATTEMPTS);
  }

  /**
   * What was done.
   *
   * @param judged the days that were judged now, since they are new or have changed
   * @param without the days for which nothing was in force that did not know them
   * @param failed the days that cannot be read, and why
   * @param record what is published; empty while no day was followed for long enough
   */
  public record Result(
      List<LocalDate> judged,
      List<LocalDate> without,
      SortedMap<LocalDate, Exception> failed,
      Optional<TrackRecord> record) {}

  /**
   * Judges each day between 2 and 60 days old whose raw day has changed since, and publishes.
   *
   * @throws IOException when the bucket's documents cannot be written; a single day that cannot be
   *     read is reported in the result instead
   */
  public Result run(Progress progress) throws IOException {
    List<LocalDate> judged = new ArrayList<>();
    List<LocalDate> without = new ArrayList<>();
    SortedMap<LocalDate, Exception> failed = new TreeMap<>();
    LocalDate today = NewYork.day(clock.instant());
    List<ListedObject> due =
        bucket.list(Keys.RAW_DAYS, Keys.rawDay(today.minusDays(MAX_AGE_DAYS + 1L))).stream()
            .filter(raw -> isDue(raw, today))
            .toList();
    int done = 0;
    for (ListedObject raw : due) {
      LocalDate day = Keys.rawDayOf(raw.key()).orElseThrow();
      try {
        if (read(day).filter(before -> before.rawEtag().equals(raw.etag())).isEmpty()) {
          (judge(day).isPresent() ? judged : without).add(day);
        }
      } catch (MalformedRawDayException e) {
        failed.put(day, e);
      }
      progress.show("judged days", ++done, due.size());
    }
    return new Result(judged, without, failed, publish(today));
  }

  /** All days that were judged and can be read, ascending. */
  public List<JudgedDay> judged() throws IOException {
    return readSince(LocalDate.EPOCH);
  }

  private static boolean isDue(ListedObject raw, LocalDate today) {
    return Keys.rawDayOf(raw.key())
        .filter(day -> !day.isAfter(today.minusDays(MIN_AGE_DAYS)))
        .isPresent();
  }

  /** Empty when nothing was in force, or the raw day is gone. */
  private Optional<JudgedDay> judge(LocalDate day) throws IOException {
    Optional<InForce> inForce = InForce.at(day, bucket);
    if (inForce.isEmpty()) {
      return Optional.empty();
    }
    return documents
        .update(
            Keys.record(day),
            current -> {
              try (StoredObject raw = bucket.get(Keys.rawDay(day)).orElse(null)) {
                Optional<JudgedDay> judged =
                    raw == null
                        ? Optional.empty()
                        : Optional.of(JudgedDay.of(day, raw, inForce.get()));
                return new Revised<>(judged.map(RecordJson::write), judged);
              }
            })
        .from();
  }

  /** A judged day; empty when it is gone or cannot be read, so that it is judged again. */
  private Optional<JudgedDay> read(LocalDate day) throws IOException {
    try (StoredObject record = bucket.get(Keys.record(day)).orElse(null)) {
      return record == null
          ? Optional.empty()
          : Optional.of(RecordJson.read(record.content())).filter(read -> read.day().equals(day));
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /** From what is in the bucket by then, whoever has put it there. */
  private Optional<TrackRecord> publish(LocalDate today) throws IOException {
    return documents
        .update(
            Keys.RECORD,
            current -> {
              Optional<TrackRecord> record = TrackRecord.of(readSince(today.minusDays(KEPT_DAYS)));
              return new Revised<>(record.map(RecordJson::write), record);
            })
        .from();
  }

  private List<JudgedDay> readSince(LocalDate first) throws IOException {
    List<JudgedDay> days = new ArrayList<>();
    for (ListedObject listed : bucket.list(Keys.RECORDS, Keys.record(first.minusDays(1)))) {
      Optional<LocalDate> day = Keys.judgedDayOf(listed.key());
      if (day.isPresent()) {
        read(day.get()).ifPresent(days::add);
      }
    }
    return days;
  }
}
