package nyc311.requests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.NavigableSet;
import java.util.TreeSet;
import nyc311.bucket.Bucket;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;

/** The raw days of a bucket, or of a folder. */
public final class RawDays {
  private final Bucket bucket;

  private RawDays(Bucket bucket) {
    this.bucket = bucket;
  }

  /** The raw days of a bucket. */
  public static RawDays in(Bucket bucket) {
    return new RawDays(bucket);
  }

  /** The files {@code YYYY-MM-DD.json} and {@code YYYY-MM-DD.json.gz} of a folder. */
  public static RawDays in(Path folder) {
    return in(new FolderBucket(folder, Keys.RAW_DAYS));
  }

  /** The days that there are. */
  public NavigableSet<LocalDate> days() {
    NavigableSet<LocalDate> days = new TreeSet<>();
    bucket
        .list(Keys.RAW_DAYS, "")
        .forEach(listed -> Keys.rawDayOf(listed.key()).ifPresent(days::add));
    return days;
  }

  /**
   * Opens a day for reading. The caller closes it.
   *
   * @throws IOException when it is not there (any more)
   */
  public StoredObject open(LocalDate day) throws IOException {
    return bucket
        .get(Keys.rawDay(day))
        .orElseThrow(() -> new IOException("no such raw day: " + Keys.rawDay(day)));
  }
}
