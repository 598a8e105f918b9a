package nyc311.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;

/** Where raw days are read from: a folder, or the bucket itself. */
public interface RawDays {
  /** The days that there are. */
  NavigableSet<LocalDate> days() throws IOException;

  /**
   * Opens a day for reading. The caller closes it.
   *
   * @throws IOException when it is not there (any more), or cannot be opened
   */
  StoredObject open(LocalDate day) throws IOException;

  /** The raw days of a bucket. */
  static RawDays in(Bucket bucket) {
    return new RawDays() {
      @Override
      public NavigableSet<LocalDate> days() {
        NavigableSet<LocalDate> days = new TreeSet<>();
        bucket
            .list(Keys.RAW_DAYS, "")
            .forEach(listed -> Keys.rawDayOf(listed.key()).ifPresent(days::add));
        return days;
      }

      @Override
      public StoredObject open(LocalDate day) throws IOException {
        return bucket
            .get(Keys.rawDay(day))
            .orElseThrow(() -> new IOException("no such raw day: " + Keys.rawDay(day)));
      }
    };
  }

  /** The files {@code YYYY-MM-DD.json} and {@code YYYY-MM-DD.json.gz} of a folder. */
  static RawDays in(Path folder) {
    return new RawDays() {
      @Override
      public NavigableSet<LocalDate> days() throws IOException {
        return new TreeSet<>(files().keySet());
      }

      @Override
      public StoredObject open(LocalDate day) throws IOException {
        Path file = files().get(day);
        if (file == null) {
          throw new IOException("no raw day " + day + " in " + folder);
        }
        ObjectHead head =
            new ObjectHead(
                file.toString(),
                "",
                Files.getLastModifiedTime(file).toInstant(),
                Files.size(file),
                Map.of());
        InputStream content = Files.newInputStream(file);
        return new StoredObject(
            head, file.toString().endsWith(".gz") ? new GZIPInputStream(content) : content);
      }

      private SortedMap<LocalDate, Path> files() throws IOException {
        SortedMap<LocalDate, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
          all.sorted()
              .forEach(
                  file -> {
                    String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
                    // Of a day that is there twice, the file that is not compressed.
                    Keys.rawDayOf(Keys.RAW_DAYS + name)
                        .ifPresent(day -> files.putIfAbsent(day, file));
                  });
        }
        return files;
      }
    };
  }
}
