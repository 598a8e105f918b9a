package nyc311.regression;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nyc311.regression.Situation.Known;
import nyc311.requests.Place;

/**
 * The features of a situation, by name; each that is named has the value 1. Training and serving
 * both come here. What is not known is left out, and {@code P} says what is known.
 *
 * <p>T complaint type, X descriptor, A agency of the type, H hour, H8 one of eight three-hour parts
 * of the day, D day of the week, W weekend, G5 and G2 cells of 0.05 and 0.02 degrees. No feature
 * tells one season from another: from a few months' data they extrapolate badly.
 */
public final class Features {
  private Features() {}

  /**
   * The names of a situation's features, each once.
   *
   * @param agency of the complaint type; empty when the type is unknown
   */
  public static List<String> of(Situation situation, Optional<String> agency) {
    String type = situation.complaintType();
    List<String> names = new ArrayList<>(24);
    // Never missing: without any known feature Tribuo throws.
    names.add("1");
    names.add(type(type));
    names.addAll(presence(type, situation.known()));
    situation.created().ifPresent(created -> addTime(names, type, agency, created));
    situation.place().ifPresent(place -> addPlace(names, type, agency, place));
    situation
        .descriptor()
        .ifPresent(
            descriptor -> {
              names.add(descriptor(type, descriptor));
              situation
                  .created()
                  .ifPresent(
                      created -> names.add(name("T*X*H8", type, descriptor, partOfDay(created))));
            });
    return names;
  }

  /** The feature of a complaint type, in normal form. */
  static String type(String complaintType) {
    return name("T", complaintType);
  }

  /** The feature of a descriptor under a complaint type, both in normal form. */
  static String descriptor(String complaintType, String descriptor) {
    return name("T*X", complaintType, descriptor);
  }

  /** The features that say what is known. */
  public static List<String> presence(String complaintType, Known known) {
    return List.of(name("P", known), name("T*P", complaintType, known));
  }

  private static void addTime(
      List<String> names, String type, Optional<String> agency, LocalDateTime created) {
    int hour = created.getHour();
    DayOfWeek day = created.getDayOfWeek();
    boolean weekend = day == DayOfWeek.SATURDAY || day == DayOfWeek.SUNDAY;
    names.add(name("H", hour));
    names.add(name("D", day));
    names.add(name("T*H8", type, partOfDay(created)));
    names.add(name("T*D", type, day));
    names.add(name("T*W*H8", type, weekend, partOfDay(created)));
    agency.ifPresent(name -> names.add(name("A*W*H", name, weekend, hour)));
  }

  private static void addPlace(
      List<String> names, String type, Optional<String> agency, Place place) {
    String coarse = cell(place, .05);
    String fine = cell(place, .02);
    names.add(name("G5", coarse));
    names.add(name("G2", fine));
    names.add(name("T*G5", type, coarse));
    agency.ifPresent(name -> names.add(name("A*G2", name, fine)));
  }

  private static int partOfDay(LocalDateTime created) {
    return created.getHour() / 3;
  }

  private static String cell(Place place, double degrees) {
    return (long) Math.floor(place.latitude() / degrees)
        + ","
        + (long) Math.floor(place.longitude() / degrees);
  }

  private static String name(String feature, Object... values) {
    StringBuilder name = new StringBuilder(48).append(feature);
    for (Object value : values) {
      name.append('|').append(value);
    }
    return name.toString();
  }
}
