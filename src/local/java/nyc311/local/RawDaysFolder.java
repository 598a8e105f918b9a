package nyc311.local;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import nyc311.bucket.FolderBucket;
import nyc311.bucket.Keys;

/**
 * A folder of recorded raw days, {@code YYYY-MM-DD.json} or {@code YYYY-MM-DD.json.gz}, each
 * holding the requests created on that New York day. The files are read anew at each call, row by
 * row, so a day never needs to fit into memory and a file put there later is seen.
 *
 * <p>The days of one folder can have been collected at different times, so the data's instant is
 * asked per day: what the command {@code collect} has noted beside a file, else the latest created
 * or closed timestamp in it that is not in the future. Where these days have no rows, it is the
 * newest earlier day's.
 */
public final class RawDaysFolder implements FeedSource {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final ObjectReader ROW = new ObjectMapper().readerFor(ObjectNode.class);

  private final Path folder;
  private final Clock clock;
  private final Map<Version, Optional<Instant>> truths = new ConcurrentHashMap<>();

  /**
   * @param folder the files' folder; files with other names are ignored
   * @param clock says what is in the future
   * @throws NotDirectoryException when there is no such folder
   * @throws IllegalArgumentException when it has no raw day, or two of one day
   */
  public RawDaysFolder(Path folder, Clock clock) throws NotDirectoryException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    this.folder = folder;
    this.clock = clock;
    if (files().isEmpty()) {
      throw new IllegalArgumentException(
          "no file YYYY-MM-DD.json or YYYY-MM-DD.json.gz in " + folder);
    }
  }

  /** The days that there are files of, ascending. */
  public List<LocalDate> days() {
    return List.copyOf(files().navigableKeySet());
  }

  @Override
  public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
    return files().subMap(first, true, last, true).values().stream().flatMap(RawDaysFolder::read);
  }

  @Override
  public Optional<Instant> truth(LocalDate first, LocalDate last) {
    NavigableMap<LocalDate, Path> files = files();
    return files.subMap(first, true, last, true).entrySet().stream()
        .flatMap(file -> truth(file).stream())
        .max(Instant::compareTo)
        .or(
            () ->
                files.headMap(first, false).descendingMap().entrySet().stream()
                    .flatMap(file -> truth(file).stream())
                    .findFirst());
  }

  /**
   * The files by day.
   *
   * @throws IllegalArgumentException when there are two of one day
   */
  private NavigableMap<LocalDate, Path> files() {
    try (Stream<Path> entries = Files.list(folder)) {
      NavigableMap<LocalDate, Path> files = new TreeMap<>();
      entries
          .sorted()
          .forEach(
              file -> {
                String name = file.getFileName().toString();
                Keys.rawDayOf(Keys.RAW_DAYS + name.replaceFirst("\\.gz$", ""))
                    .map(day -> files.put(day, file))
                    .ifPresent(
                        other -> {
                          throw new IllegalArgumentException(
                              "two files of one day in %s: %s and %s"
                                  .formatted(folder, other.getFileName(), name));
                        });
              });
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Instant> truth(Map.Entry<LocalDate, Path> day) {
    try {
      Path file = day.getValue();
      Version version = new Version(file, Files.getLastModifiedTime(file), Files.size(file));
      return truths.computeIfAbsent(
          version, key -> collectedAt(day.getKey()).or(() -> latestTimestamp(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Instant> collectedAt(LocalDate day) {
    return new FolderBucket(folder, Keys.RAW_DAYS)
        .head(Keys.rawDay(day))
        .map(head -> head.metadata().get(Keys.COLLECTED_AT))
        .map(Instant::parse);
  }

  private Optional<Instant> latestTimestamp(Path file) {
    String now = LocalDateTime.ofInstant(clock.instant(), NEW_YORK).toString();
    try (Stream<ObjectNode> rows = read(file)) {
      // The feed's timestamps have one width, so that their order is the text's order.
      return rows.flatMap(row -> Stream.of(row.get("created_date"), row.get("closed_date")))
          .filter(Objects::nonNull)
          .map(value -> value.asText())
          .filter(text -> text.compareTo(now) <= 0)
          .max(String::compareTo)
          .map(text -> LocalDateTime.parse(text).atZone(NEW_YORK).toInstant());
    }
  }

  private static Stream<ObjectNode> read(Path file) {
    try {
      InputStream bytes = Files.newInputStream(file);
      MappingIterator<ObjectNode> rows =
          ROW.readValues(
              file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes);
      return StreamSupport.stream(
              Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
          .onClose(
              () -> {
                try {
                  rows.close();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Version(Path file, FileTime modified, long size) {}
}
