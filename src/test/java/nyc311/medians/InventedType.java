package nyc311.medians;

import java.util.List;

/** Medians of a complaint type that no requests are behind. */
public final class InventedType {
  private InventedType() {}

  /** Of 90 closed requests and 10 open ones, which were followed until p90. */
  public static TypeMedians of(
      String complaintType,
      double p10,
      double p50,
      double p90,
      boolean atLeast,
      boolean p90AtLeast,
      List<Double> closedBy,
      Patterns patterns) {
    return of(complaintType, 90, 10, p10, p50, p90, atLeast, p90AtLeast, p90, closedBy, patterns);
  }

  /** Of any number of requests. */
  public static TypeMedians of(
      String complaintType,
      int closed,
      int open,
      double p10,
      double p50,
      double p90,
      boolean atLeast,
      boolean p90AtLeast,
      double followUp,
      List<Double> closedBy,
      Patterns patterns) {
    return new TypeMedians(
        complaintType,
        closed,
        open,
        p10,
        p50,
        p90,
        atLeast,
        p90AtLeast,
        new Interval(p10, atLeast ? Double.POSITIVE_INFINITY : p90),
        0,
        followUp,
        closedBy,
        List.of(),
        patterns);
  }
}
