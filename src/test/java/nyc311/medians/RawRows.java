package nyc311.medians;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** Builds the JSON of a raw day. */
final class RawRows {
  private final LocalDate day;
  private final List<String> rows = new ArrayList<>();

  private RawRows(LocalDate day) {
    this.day = day;
  }

  static RawRows of(String day) {
    return new RawRows(LocalDate.parse(day));
  }

  /** A request made at noon and closed so many minutes later. */
  RawRows closed(String complaintType, long minutes) {
    LocalDateTime noon = day.atTime(12, 0);
    return row(complaintType, "Closed", noon, noon.plusMinutes(minutes));
  }

  /** So many requests made at noon and open. */
  RawRows open(String complaintType, int count) {
    for (int i = 0; i < count; i++) {
      row(complaintType, "Open", day.atTime(12, 0), null);
    }
    return this;
  }

  RawRows row(String complaintType, String status, LocalDateTime created, LocalDateTime closed) {
    return row(complaintType, status, created, closed, "");
  }

  RawRows row(
      String complaintType,
      String status,
      LocalDateTime created,
      LocalDateTime closed,
      String borough) {
    rows.add(
        """
        {"created_date":"%s:00.000","complaint_type":"%s","status":"%s","borough":"%s"%s}\
        """
            .formatted(
                created,
                complaintType,
                status,
                borough,
                closed == null ? "" : ",\"closed_date\":\"" + closed + ":00.000\""));
    return this;
  }

  String day() {
    return day.toString();
  }

  byte[] json() {
    return ("[" + String.join("\n,", rows) + "]").getBytes(StandardCharsets.UTF_8);
  }
}
