package nyc311.train;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Raw days of invented requests in a folder, every other file compressed. */
public final class InventedDays {
  /** The first of four weeks. */
  public static final LocalDate FIRST = LocalDate.parse("2019-03-01");

  private InventedDays() {}

  /** From {@link #FIRST} on: requests in the north take two hours, in the south twenty. */
  public static void writeFourWeeks(Path folder) throws IOException {
    for (int day = 0; day < 28; day++) {
      write(folder, FIRST.plusDays(day), 2, 20);
    }
  }

  /** Twenty requests of one day, in place of those that the folder has. */
  public static void write(Path folder, LocalDate day, int northHours, int southHours)
      throws IOException {
    boolean compressed = day.toEpochDay() % 2 == 0;
    String rows =
        IntStream.range(0, 20)
            .mapToObj(i -> row(day.atTime(i, 0), i % 2 == 0, i % 2 == 0 ? northHours : southHours))
            .collect(Collectors.joining(",", "[", "]"));
    Path file = folder.resolve(day + (compressed ? ".json.gz" : ".json"));
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream stream = compressed ? new GZIPOutputStream(plain) : plain) {
      stream.write(rows.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String row(LocalDateTime created, boolean north, int hours) {
    return """
    {"created_date":"%s:00","closed_date":"%s:00","status":"Closed","complaint_type":"Rodent",
     "agency":"DOHMH","latitude":"%s","longitude":"-73.9"}\
    """
        .formatted(created, created.plusHours(hours), north ? "40.85" : "40.65");
  }
}
