package nyc311.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import nyc311.bucket.StoredObject;
import nyc311.requests.RawDay;
import nyc311.requests.RawDays;

/** How fast raw days are read. */
final class Reading {
  private Reading() {}

  /** Adds the row. Both stay on one core and read the same files from the disk's cache. */
  static void add(Table table, Rounds rounds, RawDayFiles days)
      throws IOException, InterruptedException, SQLException {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    List<Path> files = days.days().stream().map(days::file).toList();
    RawDays folder = RawDays.in(days.folder());
    Cores.takeFirst();
    try (DuckDb duckDb = new DuckDb(1)) {
      while (rounds.next()) {
        long start = System.nanoTime();
        long rows = 0;
        for (LocalDate day : days.days()) {
          rows += rows(folder, day);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double theirSeconds = duckDb.medianMillis(files) / 1e3;
        rounds.add(ours, rows / seconds);
        rounds.add(theirs, rows / theirSeconds);
      }
    } finally {
      Cores.takeAll();
    }
    table.add(
        "reading raw days on one core, rows/s", ours, DuckDb.NAME, theirs, Budget.rate(1, 1.5));
  }

  private static long rows(RawDays days, LocalDate day) throws IOException {
    long[] accepted = {0};
    try (StoredObject raw = days.open(day)) {
      RawDay read = RawDay.readWithoutPlaces(day, raw, request -> accepted[0]++);
      if (accepted[0] != read.accepted() || read.accepted() == 0) {
        throw new IllegalStateException(day + ": " + read);
      }
      return read.rows();
    }
  }
}
