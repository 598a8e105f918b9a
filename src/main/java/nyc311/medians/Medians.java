package nyc311.medians;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.RawDay;

/**
 * The published medians: how long requests of each complaint type take, from the days of a window.
 *
 * @param asOf the newest as-of among the window's days
 * @param from the window's first day
 * @param to the window's last day, the newest one with requests
 * @param daysWithData how many of its days have requests; 0 where medians from before do not tell
 * @param moments the hours at which {@link TypeMedians#closedBy} gives the curves, ascending
 * @param types one entry per complaint type, ordered by normalised name
 */
public record Medians(
    Instant asOf,
    LocalDate from,
    LocalDate to,
    int daysWithData,
    List<Double> moments,
    List<TypeMedians> types) {
  /** Five minutes to half a year, denser where most requests close; in hours. */
  public static final List<Double> MOMENTS =
      List.of(
          1 / 12.0, 1 / 6.0, .25, 1 / 3.0, .5, .75, 1., 1.25, 1.5, 1.75, 2., 2.5, 3., 3.5, 4., 5.,
          6., 7., 8., 10., 12., 14., 16., 18., 21., 24., 30., 36., 42., 48., 60., 72., 84., 96.,
          120., 144., 168., 240., 336., 504., 720., 1080., 1440., 1800., 2160., 2880., 3600.,
          4320.);

  private static final LocalDate FIRST = LocalDate.of(-9999, 1, 1);

  private static final LocalDate LAST = LocalDate.of(9999, 12, 31);

  public Medians {
    moments = List.copyOf(moments);
    types = List.copyOf(types);
    if (types.size() > ComplaintTypes.MAX_PUBLISHED) {
      throw new IllegalArgumentException(
          "there must be at most "
              + ComplaintTypes.MAX_PUBLISHED
              + " complaint types: "
              + types.size());
    }
    RawDay.requireAsOf(asOf);
    if (from.isBefore(FIRST) || to.isAfter(LAST)) {
      throw new IllegalArgumentException("window must be within " + FIRST + " and " + LAST);
    }
    double before = 0;
    for (double moment : moments) {
      if (!(before < moment && moment < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("moments must ascend from " + before + ": " + moment);
      }
      before = moment;
    }
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("window must not end before " + from + ": " + to);
    }
    if (daysWithData < 0 || daysWithData > to.toEpochDay() - from.toEpochDay() + 1) {
      throw new IllegalArgumentException(
          "days_with_data must be between 0 and the window's days: " + daysWithData);
    }
    for (TypeMedians type : types) {
      if (type.closedBy().size() > moments.size()) {
        throw new IllegalArgumentException(
            type.complaintType()
                + ": closed_by must have at most "
                + moments.size()
                + " values: "
                + type.closedBy().size());
      }
    }
  }

  /** How many calendar days the window has. */
  public long days() {
    return to.toEpochDay() - from.toEpochDay() + 1;
  }

  /** How many requests the medians rest on, closed and open ones. */
  public long requests() {
    return types.stream().mapToLong(TypeMedians::requests).sum();
  }
}
