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

  /** The same, of which the median is so unsure that a model may say whatever it likes. */
  public static TypeMedians roughly(TypeMedians type) {
    return new TypeMedians(
        type.complaintType(),
        type.closed(),
        type.open(),
        type.p10(),
        type.p50(),
        type.p90(),
        type.atLeast(),
        type.p90AtLeast(),
        new Interval(type.p10(), Double.POSITIVE_INFINITY),
        type.dayOnly(),
        type.followUp(),
        type.closedBy(),
        type.followed(),
        type.patterns());
  }
}
