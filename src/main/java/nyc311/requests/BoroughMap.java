package nyc311.requests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells a borough from a place, by cells of 0.005 degrees, some 500 metres: each has the borough of
 * most requests that were made in it, and a cell without requests that of the nearest cell with
 * some. Immutable.
 *
 * <p>As text it is a map that a person can read: a line for each row of cells, the northernmost
 * first, with the city's letters for its boroughs, X, K, M, Q and R; small ones where it is only
 * that of the nearest cell.
 */
public final class BoroughMap {
  private static final Map<Character, Borough> BY_LETTER =
      Arrays.stream(Borough.values()).collect(Collectors.toMap(Borough::letter, each -> each));

  private static final int CELLS_PER_DEGREE = 200;
  private static final Pattern HEAD = Pattern.compile("cells of 1/200 degree from (\\d+), (-\\d+)");

  private final int south;
  private final int west;

  /** From south to north, each from west to east. */
  private final List<String> rows;

  private BoroughMap(int south, int west, List<String> rows) {
    this.south = south;
    this.west = west;
    this.rows = List.copyOf(rows);
  }

  /** Read when first asked for. */
  private static final class Shipped {
    static final BoroughMap MAP = read();

    private static BoroughMap read() {
      try (InputStream in = BoroughMap.class.getResourceAsStream("boroughs.txt")) {
        return BoroughMap.read(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The map that the jar has. */
  public static BoroughMap shipped() {
    return Shipped.MAP;
  }

  /** The borough of a place; of one beyond the map's edge, that of the nearest cell there. */
  public Borough at(Place place) {
    String row = rows.get(within(cell(place.latitude()) - south, rows.size()));
    char letter = row.charAt(within(cell(place.longitude()) - west, row.length()));
    return BY_LETTER.get(Character.toUpperCase(letter));
  }

  private static int cell(double degrees) {
    return (int) Math.floor(degrees * CELLS_PER_DEGREE);
  }

  private static int within(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }

  /**
   * Reads what {@link #toString} has written.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static BoroughMap read(InputStream in) throws IOException {
    List<String> lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)).lines().toList();
    Matcher head = HEAD.matcher(lines.isEmpty() ? "" : lines.get(0));
    if (!head.matches()
        || lines.size() < 2
        || !lines.stream()
            .skip(1)
            .allMatch(
                line -> line.matches("[XKMQRxkmqr]+") && line.length() == lines.get(1).length())) {
      throw new IllegalArgumentException("must be a map of the boroughs: " + lines);
    }
    String[] rows = lines.subList(1, lines.size()).toArray(String[]::new);
    Collections.reverse(Arrays.asList(rows));
    return new BoroughMap(
        Integer.parseInt(head.group(1)), Integer.parseInt(head.group(2)), List.of(rows));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("cells of 1/200 degree from ").append(south).append(", ").append(west).append('\n');
    for (int i = rows.size() - 1; i >= 0; i--) {
      text.append(rows.get(i)).append('\n');
    }
    return text.toString();
  }

  /** Counts the boroughs of requests, to draw a map from. */
  public static final class Survey {
    private record Cell(int row, int column) {
      int distanceSquared(Cell other) {
        int rows = 4 * (row - other.row);
        // A degree of longitude is three quarters of one of latitude here.
        int columns = 3 * (column - other.column);
        return rows * rows + columns * columns;
      }
    }

    private final Map<Cell, Map<Borough, Integer>> counts = new HashMap<>();

    /** Counts a request; one without a borough or a place tells nothing. */
    public void add(ServiceRequest request) {
      if (request.latitude() != null) {
        Borough.named(request.borough())
            .ifPresent(
                borough ->
                    counts
                        .computeIfAbsent(
                            new Cell(cell(request.latitude()), cell(request.longitude())),
                            cell -> new EnumMap<>(Borough.class))
                        .merge(borough, 1, Integer::sum));
      }
    }

    /** Whether no request had both a borough and a place: there is no map of none. */
    public boolean isEmpty() {
      return counts.isEmpty();
    }

    /** The map of what was counted. */
    public BoroughMap map() {
      int south = counts.keySet().stream().mapToInt(Cell::row).min().orElseThrow();
      int north = counts.keySet().stream().mapToInt(Cell::row).max().orElseThrow();
      int west = counts.keySet().stream().mapToInt(Cell::column).min().orElseThrow();
      int east = counts.keySet().stream().mapToInt(Cell::column).max().orElseThrow();
      String[] rows = new String[north - south + 1];
      for (int row = south; row <= north; row++) {
        StringBuilder letters = new StringBuilder();
        for (int column = west; column <= east; column++) {
          letters.append(letter(new Cell(row, column)));
        }
        rows[row - south] = letters.toString();
      }
      return new BoroughMap(south, west, List.of(rows));
    }

    private char letter(Cell cell) {
      if (counts.containsKey(cell)) {
        return mostFrequent(counts.get(cell));
      }
      Cell nearest =
          counts.keySet().stream()
              .min(
                  Comparator.comparingInt(cell::distanceSquared)
                      .thenComparing(Cell::row)
                      .thenComparing(Cell::column))
              .orElseThrow();
      return Character.toLowerCase(mostFrequent(counts.get(nearest)));
    }

    /** Of equally frequent ones the first. */
    private static char mostFrequent(Map<Borough, Integer> counts) {
      int most = Collections.max(counts.values());
      return counts.entrySet().stream()
          .filter(borough -> borough.getValue() == most)
          .findFirst()
          .orElseThrow()
          .getKey()
          .letter();
    }
  }
}
