package nyc311.requests;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Raw days with whatever JSON allows, and with what it does not: rows as the feed's among them. */
final class OddJson {
  private static final List<String> TIMES =
      List.of(
          "2019-07-01T00:00:09.000",
          "2019-07-01T10:00:00.000",
          "2019-07-02T03:04:05.000",
          "2019-07-01T10:00",
          "2019-07-01T10:00:00.5",
          "2019-07-01 10:00:00.000",
          "2019-02-30T10:00:00.000",
          "2019-07-01T10:00:00.00x",
          "");
  private static final List<String> NAMES =
      List.of("Closed", "Open", "Noise", "Noise - Street/Sidewalk", "NYPD", "***", " ", "");
  private static final List<String> DEGREES =
      List.of("40.7", "-73.9", "40.76295561811349", "-73.884827355202571", "NaN", "1e2", "x", " ");
  private static final List<String> ODD_TEXTS =
      List.of(
          "\\\"quoted\\\"",
          "back\\\\slash",
          "\\\"",
          "\\u00e9\\n\\/",
          "é",
          "\u2028",
          "\uD83D\uDE00",
          "\u007f",
          "a text that is longer than eight bytes, and than sixteen",
          "{\\\"address\\\":\\\"\\\",\\\"city\\\":\\\"\\\"}");

  private final RandomGenerator random;

  OddJson(RandomGenerator random) {
    this.random = random;
  }

  /** Mostly what the feed could have written. */
  String rawDay() {
    String separator = random.nextBoolean() ? "\n," : oneOf(",", " , ", ",\r\n", ", ");
    return oneOf("[", "[", " [", "[ ")
        + several(12, this::row).collect(Collectors.joining(separator))
        + oneOf("]", "]\n", "]\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
  }

  /** The same but for one byte. */
  byte[] spoilt(byte[] rawDay) {
    byte[] spoilt = rawDay.clone();
    byte other = (byte) random.nextInt(256);
    spoilt[random.nextInt(spoilt.length)] = oneOf(other, (byte) '"', (byte) '\\', (byte) '}');
    return spoilt;
  }

  private String row() {
    boolean usual = random.nextInt(3) > 0;
    String space = usual ? "" : oneOf("", " ", "\n  ", "\t", "\r");
    return "{"
        + space
        + several(14, () -> member(usual, space)).collect(Collectors.joining("," + space))
        + (usual ? "" : space)
        + "}";
  }

  private String member(boolean usual, String space) {
    return switch (random.nextInt(usual ? 10 : 12)) {
      case 0, 1 -> text(oneOf("created_date", "closed_date"), space, anyOf(TIMES));
      case 2, 3 -> text(oneOf("status", "complaint_type"), space, anyOf(NAMES));
      case 4 -> text(oneOf("descriptor", "descriptor_2", "agency", "borough"), space, anyOf(NAMES));
      case 5, 6 -> text(oneOf("latitude", "longitude"), space, anyOf(DEGREES));
      case 7 -> text(oneOf("unique_key", "location_type", "city"), space, anyOf(NAMES));
      case 8 -> text(oneOf("resolution_description", "a", ""), space, anyOf(ODD_TEXTS));
      case 9 -> "\"location\":" + location();
      case 10 -> text(oneOf("status", "complaint_type", "closed_date"), space, anyOf(ODD_TEXTS));
      default ->
          "\"%s\"%s:%s%s"
              .formatted(
                  oneOf("status", "latitude", "closed_date", "x", "st\\u0061tus", "é", "a\\\"b"),
                  space,
                  space,
                  oneOf("null", "7", "-1.5e3", "true", "[1,[\"a\"],{}]", "{\"a\":{\"b\":[]}}"));
    };
  }

  private String location() {
    return switch (random.nextInt(6)) {
      case 0 -> "{\"type\":\"Point\",\"coordinates\":[-73.9,40.7]}";
      case 1 -> "{\"latitude\":\"40.1\"}";
      case 2 -> "\"somewhere\"";
      case 3 -> "{}";
      default ->
          "{\"latitude\":\"40.7\",\"longitude\":\"-73.9\",\"human_address\":\"%s\"}"
              .formatted(anyOf(ODD_TEXTS));
    };
  }

  private static String text(String name, String space, String value) {
    return "\"" + name + "\":" + space + "\"" + value + "\"";
  }

  private Stream<String> several(int most, Supplier<String> one) {
    return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> one.get());
  }

  private String anyOf(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  @SafeVarargs
  private <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }
}
