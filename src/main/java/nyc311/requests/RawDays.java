package nyc311.requests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;

/** The raw days of a bucket, or of a folder. */
public final class RawDays {
  private final Supplier<List<String>> keys;
  private final Function<String, Optional<StoredObject>> opener;

  private RawDays(Supplier<List<String>> keys, Function<String, Optional<StoredObject>> opener) {
    this.keys = keys;
    this.opener = opener;
  }

  /** The raw days of a bucket. */
  public static RawDays in(Bucket bucket) {
    return new RawDays(
        () -> bucket.list(Keys.RAW_DAYS, "").stream().map(ListedObject::key).toList(), bucket::get);
  }

  /** The files {@code YYYY-MM-DD.json} and {@code YYYY-MM-DD.json.gz} of a folder. */
  public static RawDays in(Path folder) {
    FolderBucket files = new FolderBucket(folder, Keys.RAW_DAYS);
    return new RawDays(() -> files.keys(Keys.RAW_DAYS), files::getUntagged);
  }

  /** The days that there are. */
  public NavigableSet<LocalDate> days() {
    NavigableSet<LocalDate> days = new TreeSet<>();
    keys.get().forEach(key -> Keys.rawDayOf(key).ifPresent(days::add));
    return days;
  }

  /**
   * Opens a day for reading. The caller closes it.
   *
   * @throws IOException when it is not there (any more)
   */
  public StoredObject open(LocalDate day) throws IOException {
    return opener
        .apply(Keys.rawDay(day))
        .orElseThrow(() -> new IOException("no such raw day: " + Keys.rawDay(day)));
  }
}
