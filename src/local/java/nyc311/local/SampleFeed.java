package nyc311.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Invented service requests that are like New York's: complaint types, hours of the day, resolution
 * times and every oddity of the feed come as often as they do in the real one, but no row is real.
 *
 * <p>The figures were measured on the 71,894 real requests of 2019-06-28 to 2019-07-10, as known
 * two weeks later. A resolution time is drawn from a two-sided log-logistic distribution through
 * its type's p10, p50 and p90; a request whose closing would come after its day's {@link #asOf} is
 * open. On the first Wednesday the table's types each come once, and the first rows carry the
 * oddities that are too rare to wait for.
 *
 * <p>Whichever day is the last one, all estimates are the same. What a day has depends on its
 * weekday and on how many weeks before the last one it is, and so does how long its requests were
 * followed. New York's clocks are changed on Sundays at two: so that no hour, duration or age tells
 * whether they were, no request is made on a Sunday before three, and closings keep away from times
 * that a change would move or make ambiguous, see {@link ComplaintType#closing}.
 *
 * <p>Rows depend on nothing but these components, on any JDK. They are made as they are read, so
 * any number of days takes no memory.
 *
 * @param lastDay the last New York day with requests
 * @param days how many days have requests; for equal estimates, whole weeks
 * @param rowsPerDay rows on an average day: weekends and nights of noise make some longer than
 *     others; at most 50,000. With fewer than a hundred, not every oddity is there
 * @param seed two seeds give two samples
 */
public record SampleFeed(LocalDate lastDay, int days, int rowsPerDay, long seed)
    implements FeedSource {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final DateTimeFormatter FLOATING =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");
  private static final LocalTime LAST_SECOND = LocalTime.of(23, 59, 59);
  static final int MAX_ROWS_PER_DAY = 50_000;

  /** How much longer the days of a week were followed than those of the next: not into today. */
  private static final Duration WEEKS_FOLLOW_UP = Duration.ofDays(7).minusHours(1);

  /** Thursday is the mean of its neighbours: the one that was measured is the fourth of July. */
  private static final Map<String, Rhythm> RHYTHMS =
      Map.of(
          "NIGHT",
          Rhythm.of(
              "113 76 48 29 18 10 8 7 8 11 10 11 11 16 19 20 22 27 36 44 66 107 140 142",
              "0.66 0.53 0.54 0.88 1.21 1.05 1.38"),
          "EVEN",
          Rhythm.of(
              "34 23 18 13 11 17 27 45 57 60 53 49 51 44 44 42 42 46 50 52 50 60 63 47",
              "1.04 1.12 1.02 1.02 1.01 0.8 0.89"),
          "DAY",
          Rhythm.of(
              "12 8 5 5 4 5 13 31 58 79 81 78 77 73 83 64 59 55 49 43 42 31 28 18",
              "1.23 1.41 1.27 1.18 1.09 0.71 0.71"));

  /**
   * Complaint type, agency, rows in a thousand, rhythm, hours to close (p10, p50, p90; open
   * requests counted, by Kaplan–Meier), closings in a hundred that are stamped midnight, location
   * type, descriptors with their percentages.
   *
   * <p>A quantile that two weeks did not reach is from 39 days of January to April, or estimated.
   * The last types, from {@code Animal Abuse} on, are rarer in reality or occur in other months.
   */
  private static final List<ComplaintType> TYPES =
      """
      Noise - Residential|NYPD|115|NIGHT|0.76|4.1|22|0|Residential Building/House|Loud Music/Party 73; Banging/Pounding 22; Loud Talking 5
      Illegal Parking|NYPD|101|EVEN|0.9|4.9|31|0|Street/Sidewalk|Posted Parking Sign Violation 38; Blocked Hydrant 38; Blocked Bike Lane 24
      Noise - Street/Sidewalk|NYPD|97|NIGHT|0.69|3.84|23|0|Street/Sidewalk|Loud Music/Party 88; Loud Talking 12
      Blocked Driveway|NYPD|60|EVEN|1.07|5.25|33|0|Street/Sidewalk|No Access 71; Partial Access 29
      Water System|DEP|52|DAY|0|5.77|160|0||Hydrant Running Full (WA4) 63; Hydrant Running (WC3) 27; Leak (Use Comments) (WA2) 10
      Street Condition|DOT|38|DAY|8.1|41|296|0||Pothole 71; Cave-in 21; Failed Street Repair 8
      Street Light Condition|DOT|29|DAY|0|147|3160|2||Street Light Out 90; Lamppost Base Door/Cover Open 6; Fixture/Luminaire Out Of Position 4
      Damaged Tree|DPR|23|DAY|24|268|2000|0|Street|Branch or Limb Has Fallen Down 58; Entire Tree Has Fallen Down 23; Branch Cracked and Will Fall 19
      Noise - Vehicle|NYPD|22|NIGHT|0.72|4.07|29|0|Street/Sidewalk|Car/Truck Music 72; Car/Truck Horn 15; Engine Idling 13
      General Construction/Plumbing|DOB|20|DAY|0|153|1570|86||Building Permit - None 75; Curb Cut/Driveway/Carport - Illegal 14; Cons - Contrary/Beyond Approved Plans/Permits 11
      Abandoned Vehicle|NYPD|20|DAY|1.13|6.47|110|0|Street/Sidewalk|With License Plate 100
      Rodent|DOHMH|19|DAY|300|1870|4000|88|3+ Family Apt. Building|Rat Sighting 62; Condition Attracting Rodents 28; Signs of Rodents 10
      UNSANITARY CONDITION|HPD|18|DAY|88|262|1030|0|RESIDENTIAL BUILDING|PESTS 44; MOLD 28; GARBAGE/RECYCLING STORAGE 28
      Sidewalk Condition|DOT|18|DAY|189|410|720|0|Sidewalk|Sidewalk Violation 48; Broken Sidewalk 40; Blocked - Construction 12
      Maintenance or Facility|DPR|18|DAY|53|430|2610|0|Park|Structure - Outdoors 57; Garbage or Litter 30; Grass/Weeds 13
      Missed Collection (All Materials)|DSNY|18|DAY|20|51.6|171|0|Sidewalk|1 Missed Collection 63; 2 Bulk-Missed Collection 22; 1R Missed Recycling-All Materials 15
      Dirty Conditions|DSNY|17|DAY|19|50|159|0|Sidewalk|E3 Dirty Sidewalk 52; E3A Dirty Area/Alleyway 38; E1 Improper Disposal 10
      Traffic Signal Condition|DOT|17|DAY|0.58|1.67|75|0||Controller 79; Pedestrian Signal 15; LED Lense 6
      Noise|DEP|16|EVEN|7.2|39.7|191|3||Noise: Construction Before/After Hours (NM1) 59; Noise: Construction Equipment (NC1) 21; Noise, Barking Dog (NR5) 20
      Noise - Commercial|NYPD|15|NIGHT|0.47|3.42|31|0|Store/Commercial|Loud Music/Party 80; Banging/Pounding 11; Loud Talking 9
      Derelict Vehicles|DSNY|15|DAY|0|0.05|4.1|0|Street|14 Derelict Vehicles 100
      HEAT/HOT WATER|HPD|11|EVEN|29|79|167|0|RESIDENTIAL BUILDING|ENTIRE BUILDING 66; APARTMENT ONLY 34
      Homeless Person Assistance|DHS|11|DAY|0.53|14.6|300|0||N/A 100
      Overgrown Tree/Branches|DPR|11|DAY|2.9|577|3770|0|Street|Hitting Building 42; Blocking Street 32; Hitting Power/Phone Lines 26
      Building/Use|DOB|10|DAY|10|630|3280|97||Illegal Conversion Of Residential Building/Space 82; Zoning - Non-Conforming/Illegal Vehicle Storage 9; Illegal. Commercial Use In Resident Zone 9
      Elevator|DOB|10|DAY|61|583|1200|97||Elevator - Single Device On Property/No Alternate Service 65; Elevator - Multiple Devices On Property 35
      Sewer|DEP|9|DAY|0.8|4.5|336|0||Sewer Backup (Use Comments) (SA) 56; Catch Basin Clogged/Flooding (Use Comments) (SC) 32; Sewer Odor (SA2) 12
      Illegal Fireworks|NYPD|9|NIGHT|0.44|2.76|13.7|0|Street/Sidewalk|N/A 100
      Consumer Complaint|DCA|9|DAY|22|72|374|0||Retail Store 70; Sidewalk Cafe 15; Stoop Line 15
      PLUMBING|HPD|8.5|DAY|47|206|531|0|RESIDENTIAL BUILDING|WATER SUPPLY 52; BATHTUB/SHOWER 24; BASIN/SINK 24
      Dead/Dying Tree|DPR|7|DAY|21|450|2500|0|Street|Planted More Than 2 Years Ago 92; Planted Less Than 2 Years Ago 8
      For Hire Vehicle Complaint|TLC|7.2|EVEN|1270|2730|4000|0||Driver Complaint - Non Passenger 75; Driver Complaint - Passenger 18; Car Service Company Complaint 7
      Non-Emergency Police Matter|NYPD|5.9|DAY|0.73|4.85|68|0|Street/Sidewalk|Other (complaint details) 77; Trespassing 23
      ELECTRIC|HPD|5.5|EVEN|55|176|500|0|RESIDENTIAL BUILDING|POWER OUTAGE 54; NO LIGHTING 31; OUTLET/SWITCH 15
      PAINT/PLASTER|HPD|5.4|DAY|70|220|548|0|RESIDENTIAL BUILDING|CEILING 62; WALL 36; WINDOW/FRAME 2
      DOOR/WINDOW|HPD|5.1|DAY|75|213|498|0|RESIDENTIAL BUILDING|DOOR 63; WINDOW FRAME 28; DOOR FRAME 9
      WATER LEAK|HPD|5.2|DAY|71|225|560|0|RESIDENTIAL BUILDING|HEAVY FLOW 54; SLOW LEAK 35; DAMP SPOT 11
      New Tree Request|DPR|5.1|DAY|1000|2000|4000|0|Street|For One Address 100
      Food Establishment|DOHMH|4.9|DAY|238|1450|2000|0|Restaurant/Bar/Deli/Bakery|Rodents/Insects/Garbage 55; Food Contaminated 26; Food Spoiled 19
      Taxi Complaint|TLC|4.8|EVEN|190|2730|4000|0||Driver Complaint - Passenger 71; Driver Complaint - Non Passenger 29
      Curb Condition|DOT|4.2|DAY|142|600|1500|0||Broken Curb 79; Defacement 21
      Missed Collection|DSNY|4|DAY|500|1000|2000|0|| 100
      Broken Parking Meter|DOT|4.5|DAY|22|218|310|0||No Receipt 61; Coin or Card Did Not Register 39
      GENERAL|HPD|4.1|DAY|58|230|600|0|RESIDENTIAL BUILDING|COOKING GAS 50; BELL/BUZZER/INTERCOM 30; CABINET 20
      Root/Sewer/Sidewalk Condition|DPR|4|DAY|60|220|800|0|Street|Trees and Sidewalks Program 92; Affecting Sewer or Foundation 8
      Animal-Abuse|NYPD|3.6|DAY|1.39|6.3|68|0|Residential Building/House|Neglected 55; Other (complaint details) 33; Tortured 12
      Noise - Park|NYPD|3.3|EVEN|0.71|3.58|79|0|Park/Playground|Loud Music/Party 90; Loud Talking 10
      APPLIANCE|HPD|3|DAY|97|270|556|0|RESIDENTIAL BUILDING|REFRIGERATOR 60; ELECTRIC/GAS RANGE 40
      Special Projects Inspection Team (SPIT)|DOB|2.9|DAY|149|441|1500|96||Illegal Hotel Rooms In Residential Building 80; Sign/Awning/Marquee - Illegal/No Permit 20
      Animal Abuse|NYPD|2|DAY|0.75|2.73|9|0|Residential Building/House|Neglected 60; Tortured 40
      Plumbing|DOB|0.9|DAY|7.9|540|1780|98||Gas Hook-Up/Piping - Illegal Or Defective 50; Plumbing-Defective/Leaking/Not Maintained 50
      Noise - House of Worship|NYPD|0.5|EVEN|0.87|3.43|31|0|House of Worship|Loud Music/Party 70; Loud Talking 24; Banging/Pounding 6
      Collection Truck Noise|DSNY|0.5|EVEN|2.5|38|153|0||17 Collection Truck Noise 100
      Appliance|HPD|0.3|DAY|97|270|556|0|RESIDENTIAL BUILDING|REFRIGERATOR 60; ELECTRIC/GAS RANGE 40
      Unsanitary Condition|DOHMH|0.3|DAY|88|262|1030|0|Public Area|Insects / Pests 50; Unclean Condition 50
      Alzheimer's Care|DFTA|0.2|DAY|173|248|381|0||N/A 100
      Misc. Comments|DSNY|0.2|DAY|20|100|500|0||N/A 100
      """
          .lines()
          .map(ComplaintType::parse)
          .toList();

  private static final Choice<Borough> BOROUGHS =
      new Choice<>(
          List.of(
              new Borough(
                  "BROOKLYN",
                  301,
                  40.659,
                  -73.952,
                  0.09,
                  List.of("11221", "11226", "11208", "11207")),
              new Borough(
                  "QUEENS", 252, 40.716, -73.835, 0.1, List.of("11385", "11368", "11419", "11420")),
              new Borough(
                  "BRONX", 189, 40.848, -73.887, 0.06, List.of("10452", "10453", "10457", "10468")),
              new Borough(
                  "MANHATTAN",
                  185,
                  40.784,
                  -73.965,
                  0.06,
                  List.of("10031", "10032", "10033", "10040")),
              new Borough(
                  "STATEN ISLAND",
                  52,
                  40.592,
                  -74.136,
                  0.08,
                  List.of("10314", "10312", "10301", "10306"))),
          Borough::share);

  private static final double WITHOUT_COORDINATES = 0.05;
  private static final double GEO_JSON = 0.3;
  private static final double WITHOUT_DESCRIPTOR = 0.004;
  private static final double CLOSED_BEFORE_CREATED = 0.002;

  /**
   * Of open requests; of these, the closed date is 55 times in 100 the created, 32 times before.
   */
  private static final double OPEN_WITH_CLOSED_DATE = 0.15;

  /** Closings of date-keeping agencies are not enough to make the feed's 8% at midnight. */
  private static final double MIDNIGHT_ANYWHERE = 0.22;

  private static final Choice<String> CHANNELS =
      Choice.of("PHONE 40; ONLINE 23; UNKNOWN 21; MOBILE 16");
  private static final Choice<String> OPEN_STATUSES =
      Choice.of("In Progress 69; Open 20; Pending 6; Assigned 4; Started 1");
  private static final Choice<String> OPEN_STATUSES_WITH_CLOSED_DATE =
      Choice.of("Open 54; Pending 33; Assigned 13");

  /** Checks the components. */
  public SampleFeed {
    if (days < 1 || rowsPerDay < 1 || rowsPerDay > MAX_ROWS_PER_DAY) {
      throw new IllegalArgumentException(
          "days must be at least 1 and rowsPerDay 1 to %d: %d, %d"
              .formatted(MAX_ROWS_PER_DAY, days, rowsPerDay));
    }
  }

  /** The bundled sample: 11,200 requests of the three weeks before a New York day. */
  public static SampleFeed before(LocalDate today) {
    return new SampleFeed(today.minusDays(1), 21, 533, 311);
  }

  /** The bundled sample as it was on 2019-07-11, for tests that name days. */
  public static SampleFeed ofJuly2019() {
    return before(LocalDate.of(2019, 7, 11));
  }

  /** The first day with requests. */
  public LocalDate firstDay() {
    return lastDay.minusDays(days - 1L);
  }

  /** All days with requests, ascending. */
  public List<LocalDate> allDays() {
    return firstDay().datesUntil(lastDay.plusDays(1)).toList();
  }

  /**
   * The instant that a day's data dates from: in the last week the day's own last second, in which
   * its newest request is made; in each week before nearly a week later, as if every day was
   * collected again once a week.
   */
  public Instant asOf(LocalDate day) {
    return day.atTime(LAST_SECOND)
        .atZone(NEW_YORK)
        .toInstant()
        .plus(WEEKS_FOLLOW_UP.multipliedBy(weeksBeforeTheLast(day)));
  }

  private long weeksBeforeTheLast(LocalDate day) {
    return ChronoUnit.WEEKS.between(day, lastDay);
  }

  @Override
  public Optional<Instant> truth(LocalDate first, LocalDate last) {
    return days(first, last).map(this::asOf).max(Instant::compareTo);
  }

  @Override
  public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
    return days(first, last).flatMap(this::rows);
  }

  private Stream<LocalDate> days(LocalDate first, LocalDate last) {
    return allDays().stream().filter(day -> !day.isBefore(first) && !day.isAfter(last));
  }

  private Stream<ObjectNode> rows(LocalDate day) {
    Choice<ComplaintType> types = new Choice<>(TYPES, type -> type.share(day));
    double average = TYPES.stream().mapToDouble(ComplaintType::share).sum();
    return IntStream.range(0, (int) Math.round(rowsPerDay * types.total() / average))
        .mapToObj(i -> row(day, i, types));
  }

  /**
   * The table's complaint types with their rows in a thousand, which do not add up to a thousand.
   */
  static List<ComplaintType> complaintTypes() {
    return TYPES;
  }

  private ObjectNode row(LocalDate day, int i, Choice<ComplaintType> types) {
    // A stream of its own for each row; a day has fewer than 2^16 of them.
    long slot = 7 * weeksBeforeTheLast(day) + day.getDayOfWeek().getValue();
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + (slot << 16) + i);
    ComplaintType drawn = types.draw(random);
    boolean setPiece = i < TYPES.size() && day.equals(firstWednesday());
    ComplaintType type = setPiece ? TYPES.get(i) : drawn;

    int drawnHour = type.rhythm().hours().draw(random);
    int hour = day.getDayOfWeek() == DayOfWeek.SUNDAY && drawnHour < 3 ? drawnHour + 21 : drawnHour;
    LocalTime time = LocalTime.of(hour, between(random, 60), between(random, 60));
    LocalDateTime wallClock = day.atTime(i == 0 ? LAST_SECOND : time);
    Duration resolutionTime = Duration.between(wallClock, type.closing(wallClock, random));
    ZonedDateTime created = wallClock.atZone(NEW_YORK);
    Ending ending = ending(created, created.plus(resolutionTime), asOf(day), random);
    if (setPiece && i < Oddity.values().length) {
      ending = Oddity.values()[i].ending(created);
    }

    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("unique_key", Long.toString(day.toEpochDay() * 100_000 + i));
    row.put("created_date", floating(created));
    ending.closed().ifPresent(closed -> row.put("closed_date", floating(closed)));
    row.put("agency", type.agency());
    row.put("complaint_type", type.name());
    String descriptor = type.descriptors().draw(random);
    if (!descriptor.isEmpty() && random.nextDouble() >= WITHOUT_DESCRIPTOR) {
      row.put("descriptor", descriptor);
    }
    if (!type.locationType().isEmpty()) {
      row.put("location_type", type.locationType());
    }
    row.put("incident_address", (1 + between(random, 999)) + " SAMPLE STREET");
    row.put("status", ending.status());
    if (ending.status().equals("Closed")) {
      row.put("resolution_description", "The city did what it does with a sample.");
    }
    // The police's system keeps this column four hours ahead, in UTC.
    ending
        .closed()
        .map(closed -> type.agency().equals("NYPD") ? closed.plusHours(4) : closed)
        .ifPresent(updated -> row.put("resolution_action_updated_date", floating(updated)));
    row.put("open_data_channel_type", CHANNELS.draw(random));
    if (random.nextDouble() < WITHOUT_COORDINATES) {
      row.put("borough", "Unspecified");
    } else {
      BOROUGHS.draw(random).place(row, random);
    }
    return row;
  }

  private LocalDate firstWednesday() {
    return firstDay().with(TemporalAdjusters.nextOrSame(DayOfWeek.WEDNESDAY));
  }

  private static Ending ending(
      ZonedDateTime created, ZonedDateTime closing, Instant asOf, SplittableRandom random) {
    double odd = random.nextDouble();
    double direction = random.nextDouble();
    int minutes = 1 + between(random, 600);
    String status = OPEN_STATUSES.draw(random);
    String oddStatus = OPEN_STATUSES_WITH_CLOSED_DATE.draw(random);
    if (!closing.toInstant().isAfter(asOf)) {
      return new Ending(
          "Closed",
          Optional.of(odd < CLOSED_BEFORE_CREATED ? created.minusMinutes(minutes) : closing));
    }
    if (odd >= OPEN_WITH_CLOSED_DATE) {
      return new Ending(status, Optional.empty());
    }
    ZonedDateTime later = created.plusMinutes(minutes);
    ZonedDateTime closed =
        direction < 0.32
            ? created.minusMinutes(minutes)
            : direction < 0.87 || later.toInstant().isAfter(asOf) ? created : later;
    return new Ending(oddStatus, Optional.of(closed));
  }

  private static String floating(ZonedDateTime time) {
    return time.format(FLOATING);
  }

  private static int between(SplittableRandom random, int end) {
    return (int) (random.nextDouble() * end);
  }

  /** Draws one of several values, each as often as it weighs. */
  private static final class Choice<T> {
    private final List<T> values;
    private final double[] bounds;

    Choice(List<T> values, ToDoubleFunction<T> weight) {
      this.values = values;
      this.bounds = values.stream().mapToDouble(weight).toArray();
      for (int i = 1; i < bounds.length; i++) {
        bounds[i] += bounds[i - 1];
      }
    }

    /** Reads {@code value weight; value weight}. */
    static Choice<String> of(String weighted) {
      Map<String, Double> weights = new LinkedHashMap<>();
      for (String item : weighted.split("; ", -1)) {
        int space = item.lastIndexOf(' ');
        weights.put(item.substring(0, space), Double.valueOf(item.substring(space + 1)));
      }
      return new Choice<>(List.copyOf(weights.keySet()), weights::get);
    }

    double total() {
      return bounds[bounds.length - 1];
    }

    T draw(SplittableRandom random) {
      double point = random.nextDouble() * total();
      int i = 0;
      while (bounds[i] <= point) {
        i++;
      }
      return values.get(i);
    }
  }

  /** How a request ended, or has not yet. */
  private record Ending(String status, Optional<ZonedDateTime> closed) {}

  /** What the real feed has once in many thousand rows; one of each is on the first day. */
  private enum Oddity {
    PENDING_TILL_YEAR_9999("Pending", LocalDateTime.parse("9999-12-31T00:00:00")),
    CLOSED_IN_1900("Closed", LocalDateTime.parse("1900-01-01T00:00:00")),
    CLOSED_IN_2119("Closed", LocalDateTime.parse("2119-07-05T10:15:00")),
    CLOSED_WITHOUT_DATE("Closed", null),
    CLOSED_BEFORE_CREATED("Closed", null),
    OPEN_AND_CLOSED_WHEN_CREATED("Open", null),
    ASSIGNED_AND_CLOSED_BEFORE_CREATED("Assigned", null);

    private final String status;
    private final LocalDateTime closed;

    Oddity(String status, LocalDateTime closed) {
      this.status = status;
      this.closed = closed;
    }

    Ending ending(ZonedDateTime created) {
      return new Ending(
          status,
          switch (this) {
            case CLOSED_WITHOUT_DATE -> Optional.empty();
            case CLOSED_BEFORE_CREATED, ASSIGNED_AND_CLOSED_BEFORE_CREATED ->
                Optional.of(created.minusHours(1));
            case OPEN_AND_CLOSED_WHEN_CREATED -> Optional.of(created);
            default -> Optional.of(closed.atZone(NEW_YORK));
          });
    }
  }

  /** When complaint types of a group are reported: thousandths by hour, factors by weekday. */
  private record Rhythm(Choice<Integer> hours, List<Double> weekdays) {
    static Rhythm of(String hours, String weekdays) {
      List<Double> shares = numbers(hours);
      double mean =
          numbers(weekdays).stream().mapToDouble(factor -> factor).average().orElseThrow();
      return new Rhythm(
          new Choice<>(IntStream.range(0, shares.size()).boxed().toList(), shares::get),
          numbers(weekdays).stream().map(factor -> factor / mean).toList());
    }

    private static List<Double> numbers(String text) {
      return Arrays.stream(text.split(" ", -1)).map(Double::valueOf).toList();
    }

    double factor(LocalDate day) {
      return weekdays.get(day.getDayOfWeek().getValue() - 1);
    }
  }

  /** One line of the table. */
  record ComplaintType(
      String name,
      String agency,
      double share,
      Rhythm rhythm,
      double p10,
      double p50,
      double p90,
      double midnight,
      String locationType,
      Choice<String> descriptors) {
    private static final double SHORTEST_HOURS = 0.01;
    private static final double LONGEST_HOURS = 1_000_000;

    static ComplaintType parse(String line) {
      String[] cells = line.split("\\|", -1);
      return new ComplaintType(
          cells[0],
          cells[1],
          Double.parseDouble(cells[2]),
          RHYTHMS.get(cells[3]),
          Math.max(SHORTEST_HOURS, Double.parseDouble(cells[4])),
          Double.parseDouble(cells[5]),
          Double.parseDouble(cells[6]),
          Double.parseDouble(cells[7]) / 100,
          cells[8],
          Choice.of(cells[9]));
    }

    double share(LocalDate day) {
      return share * rhythm.factor(day);
    }

    /**
     * When the request will be closed, in whole seconds, if the clocks are not changed meanwhile. A
     * change would move it off midnight, which stands for a day, so none is stamped midnight after
     * the next Saturday; and the feed does not tell the second of an hour that comes twice, so none
     * is closed in it.
     */
    LocalDateTime closing(LocalDateTime created, SplittableRandom random) {
      LocalDateTime closing = created.plusSeconds(Math.round(hours(random.nextDouble()) * 3600));
      LocalDateTime midnight = closing.toLocalDate().atStartOfDay();
      double stamped = random.nextDouble();
      if (stamped < this.midnight && midnight.isBefore(created)) {
        midnight = midnight.plusDays(1);
      }
      LocalDate sunday = created.toLocalDate().with(TemporalAdjusters.next(DayOfWeek.SUNDAY));
      if ((stamped < this.midnight || stamped > 1 - MIDNIGHT_ANYWHERE)
          && midnight.isAfter(created)
          && midnight.toLocalDate().isBefore(sunday)) {
        return midnight;
      }
      boolean again = closing.getDayOfWeek() == DayOfWeek.SUNDAY && closing.getHour() == 2;
      return again ? closing.plusHours(1) : closing;
    }

    /** The quantile: log-logistic, with one scale below the median and another above it. */
    private double hours(double u) {
      double inside = Math.max(u, 1e-12);
      double logit = StrictMath.log(inside / (1 - inside));
      double scale = StrictMath.log(u < 0.5 ? p50 / p10 : p90 / p50) / StrictMath.log(9);
      return Math.min(LONGEST_HOURS, p50 * StrictMath.exp(scale * logit));
    }
  }

  /** Where requests come from: a mean place, how far around it in degrees, and some zip codes. */
  private record Borough(
      String name,
      double share,
      double latitude,
      double longitude,
      double spread,
      List<String> zips) {
    void place(ObjectNode row, SplittableRandom random) {
      BigDecimal lat = degrees(latitude + spread * (random.nextDouble() + random.nextDouble() - 1));
      BigDecimal lon =
          degrees(longitude + spread * (random.nextDouble() + random.nextDouble() - 1));
      row.put("borough", name);
      row.put("incident_zip", zips.get(between(random, zips.size())));
      row.put("latitude", lat.toPlainString());
      row.put("longitude", lon.toPlainString());
      ObjectNode location = row.putObject("location");
      if (random.nextDouble() < GEO_JSON) {
        location.put("type", "Point").putArray("coordinates").add(lon).add(lat);
      } else {
        location.put("latitude", lat.toPlainString());
        location.put("longitude", lon.toPlainString());
        location.put(
            "human_address", "{\"address\":\"\",\"city\":\"\",\"state\":\"\",\"zip\":\"\"}");
      }
      row.put(":@computed_region_efsh_h5xi", Integer.toString(10_000 + between(random, 9_000)));
    }

    private static BigDecimal degrees(double value) {
      return BigDecimal.valueOf(Math.round(value * 1e8), 8);
    }
  }
}
