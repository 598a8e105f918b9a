package nyc311.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import nyc311.local.SampleFeed;

/**
 * Raw days as uncompressed files: real ones where there are some, or else invented ones.
 *
 * @param folder where they are
 * @param days the days, ascending
 * @param source what they are, for the reader of the figures
 */
record RawDayFiles(Path folder, List<LocalDate> days, String source) {
  /** Days with fewer rows, such as one that the feed had not yet, would flatter us. */
  private static final long LEAST_BYTES = 1 << 20;

  /**
   * Unpacks a folder of raw days, or makes up some.
   *
   * @param packed has {@code YYYY-MM-DD.json.gz}
   * @param folder is made
   */
  static RawDayFiles unpack(Path packed, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> real = Files.isDirectory(packed) ? files(packed, ".json.gz") : List.of();
    if (real.isEmpty()) {
      return sample(packed, folder);
    }
    List<LocalDate> days = new ArrayList<>();
    for (Path file : real) {
      String name = file.getFileName().toString().replace(".gz", "");
      Path target = folder.resolve(name);
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
        Files.copy(in, target);
      }
      if (Files.size(target) < LEAST_BYTES) {
        Files.delete(target);
      } else {
        days.add(LocalDate.parse(name.replace(".json", "")));
      }
    }
    return new RawDayFiles(folder, days, days.size() + " real days of 2019");
  }

  private static RawDayFiles sample(Path missing, Path folder) throws IOException {
    SampleFeed feed = new SampleFeed(LocalDate.of(2019, 7, 10), 14, 8_000, 311);
    List<LocalDate> days = feed.allDays();
    for (LocalDate day : days) {
      try (Writer out = Files.newBufferedWriter(folder.resolve(day + ".json"));
          Stream<ObjectNode> rows = feed.rows(day, day)) {
        String separator = "[";
        for (ObjectNode row : (Iterable<ObjectNode>) rows::iterator) {
          out.append(separator).append(row.toString());
          separator = "\n,";
        }
        out.append("]\n");
      }
    }
    return new RawDayFiles(
        folder,
        days,
        days.size() + " invented days, for there is no YYYY-MM-DD.json.gz in " + missing);
  }

  /** The file of a day. */
  Path file(LocalDate day) {
    return folder.resolve(day + ".json");
  }

  /** The length of all files together. */
  long bytes() throws IOException {
    long bytes = 0;
    for (LocalDate day : days) {
      bytes += Files.size(file(day));
    }
    return bytes;
  }

  /** How many rows all files together have: each is a line. */
  long requests() throws IOException {
    long rows = 0;
    for (LocalDate day : days) {
      try (Stream<String> lines = Files.lines(file(day), ISO_8859_1)) {
        rows += lines.count();
      }
    }
    return rows;
  }

  /**
   * Fills a window by repeating these days, each with its rows moved to its new date.
   *
   * @param target is made
   */
  RawDayFiles repeat(LocalDate first, int count, Path target) throws IOException {
    Files.createDirectories(target);
    List<LocalDate> window = first.datesUntil(first.plusDays(count)).toList();
    for (int i = 0; i < count; i++) {
      LocalDate day = days.get(i % days.size());
      move(
          file(day),
          ChronoUnit.DAYS.between(day, window.get(i)),
          target.resolve(window.get(i) + ".json"));
    }
    return new RawDayFiles(target, window, source + ", repeated");
  }

  /** Each row is a line; its bytes but those of the two dates stay what they are. */
  private static void move(Path from, long days, Path to) throws IOException {
    try (BufferedReader in =
            new BufferedReader(new InputStreamReader(Files.newInputStream(from), ISO_8859_1));
        Writer out = Files.newBufferedWriter(to, ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        StringBuilder row = new StringBuilder(line);
        move(row, "\"created_date\":\"", days);
        move(row, "\"closed_date\":\"", days);
        out.append(row.append('\n'));
      }
    }
  }

  private static void move(StringBuilder row, String field, long days) {
    int start = row.indexOf(field);
    if (start >= 0) {
      int at = start + field.length();
      LocalDate date = LocalDate.parse(row.subSequence(at, at + 10));
      row.replace(at, at + 10, date.plusDays(days).toString());
    }
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }
}
