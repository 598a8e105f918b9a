package nyc311.regression;

import java.util.ArrayList;
import java.util.List;
import nyc311.requests.Borough;
import nyc311.requests.BoroughMap;
import nyc311.requests.Place;

/**
 * Where the regression starts from, before it says how far a situation moves it: how long such
 * requests take as a rule, in log1p(hours). "Such" is as narrow as was learnt: of the type and
 * descriptor in the borough, of type and descriptor, of the type in the borough, of the type, of
 * all. A borough is told from the place. Training and serving both come here. Immutable.
 */
public final class Offsets {
  /** In log1p(hours): fifty thousand years. */
  private static final double MAX = 20;

  private final QuantileTable table;

  /**
   * @param table of quantiles in log1p(hours), under the names that {@link #chain} and {@link
   *     #withoutDescriptor} give; its base is that of all requests
   * @throws IllegalArgumentException when some cannot be quantiles
   */
  public Offsets(QuantileTable table) {
    this.table = table;
    table.forEach(
        three -> {
          Quantiles quantiles = new Quantiles(three[0], three[1], three[2]);
          if (quantiles.p10() < 0 || quantiles.p90() > MAX) {
            throw new IllegalArgumentException(
                "offsets must be between 0 and " + MAX + ": " + quantiles);
          }
        });
  }

  /**
   * The names of what a situation is one of, the widest first: of its type, then of its descriptor,
   * then in its borough, as far as these are known.
   */
  public static List<String> chain(Situation situation) {
    List<String> names = new ArrayList<>(3);
    names.add(type(situation.complaintType()));
    situation
        .descriptor()
        .ifPresent(
            descriptor -> {
              String described = names.get(0) + "|X|" + descriptor;
              names.add(described);
              situation.place().ifPresent(place -> names.add(described + in(place)));
            });
    return names;
  }

  /** The same of its type and borough, whatever its descriptor; needs a place. */
  public static String withoutDescriptor(Situation situation) {
    return type(situation.complaintType()) + in(situation.place().orElseThrow());
  }

  private static String type(String complaintType) {
    return "T|" + complaintType;
  }

  private static String in(Place place) {
    Borough borough = BoroughMap.shipped().at(place);
    return "|B|" + borough.name();
  }

  /** The quantiles of the narrowest that was learnt, in log1p(hours), ascending. */
  public double[] of(Situation situation) {
    List<String> chain = chain(situation);
    for (int i = chain.size() - 1; i > 0; i--) {
      double[] described = table.get(chain.get(i));
      if (described != null) {
        return described;
      }
    }
    double[] placed =
        situation.place().isPresent() ? table.get(withoutDescriptor(situation)) : null;
    double[] type = placed == null ? table.get(chain.get(0)) : placed;
    return type == null ? table.base() : type;
  }

  /** Whether the descriptor of a situation was seen with its type, however rarely. */
  boolean knowsDescriptor(Situation situation) {
    return table.contains(chain(situation).get(1));
  }

  QuantileTable table() {
    return table;
  }
}
