package nyc311.estimate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.medians.Medians;
import nyc311.medians.TypeMedians;
import nyc311.requests.ComplaintTypes;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** The complaint types that the published medians know, ready to be looked up. Immutable. */
public final class KnownTypes {
  /** The short names that the first edition of this service knew. */
  private static final Map<String, String> ALIASES =
      Map.of(
          "residential", "Noise - Residential",
          "commercial", "Noise - Commercial",
          "vehicle", "Noise - Vehicle",
          "park", "Noise - Park",
          "street", "Noise - Street/Sidewalk",
          "worship", "Noise - House of Worship",
          "truck", "Collection Truck Noise",
          "other", "Noise");

  private static final int SUGGESTIONS = 3;

  /** Each word is compared with each of each type; the city's longest name has eight. */
  private static final int MAX_WORDS = 10;

  private final Medians medians;
  private final String asOf;
  private final Map<String, TypeMedians> byNormalisedType = new HashMap<>();

  public KnownTypes(Medians medians) {
    this.medians = medians;
    this.asOf = medians.asOf().toString();
    for (TypeMedians type : medians.types()) {
      byNormalisedType.put(ComplaintTypes.normalise(type.complaintType()), type);
    }
  }

  public Medians medians() {
    return medians;
  }

  /** The instant that the medians date from, in ISO form: each answer says so. */
  public String asOf() {
    return asOf;
  }

  /**
   * The medians of a complaint type in any spelling, or by one of the short names; a real type of
   * that name wins. Empty when there is none.
   */
  public Optional<TypeMedians> find(String complaintType) {
    String asked = ComplaintTypes.normalise(complaintType);
    TypeMedians found = byNormalisedType.get(asked);
    if (found == null && ALIASES.containsKey(asked)) {
      found = byNormalisedType.get(ComplaintTypes.normalise(ALIASES.get(asked)));
    }
    return Optional.ofNullable(found);
  }

  /** The names of the most similar complaint types, best first; none for a name without letters. */
  public List<String> suggestions(String complaintType) {
    String asked = ComplaintTypes.normalise(complaintType);
    if (asked.isEmpty()) {
      return List.of();
    }
    List<String> words = Arrays.stream(asked.split(" ", -1)).distinct().limit(MAX_WORDS).toList();
    Map<String, Double> similarities = new HashMap<>();
    byNormalisedType.keySet().forEach(key -> similarities.put(key, similarity(asked, words, key)));
    return similarities.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(SUGGESTIONS)
        .map(entry -> byNormalisedType.get(entry.getKey()).complaintType())
        .toList();
  }

  /** Word by word, so that "parking" is near to "Illegal Parking"; as a whole among equals. */
  private static double similarity(String asked, List<String> askedWords, String type) {
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    String[] typeWords = type.split(" ", -1);
    double words =
        askedWords.stream()
            .mapToDouble(
                word ->
                    Arrays.stream(typeWords)
                        .mapToDouble(other -> similarity.apply(word, other))
                        .max()
                        .orElse(0))
            .average()
            .orElse(0);
    return words + similarity.apply(asked, type) / 10;
  }
}
