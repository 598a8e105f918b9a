package nyc311.regression;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.Place;

/**
 * What is known of a service request when it is made; each part but the complaint type may be
 * missing.
 *
 * @param complaintType in normal form
 * @param descriptor the finer category, in normal form
 * @param place where
 * @param created the New York wall-clock time at which it is made
 */
public record Situation(
    String complaintType,
    Optional<String> descriptor,
    Optional<Place> place,
    Optional<LocalDateTime> created) {
  /** Brings the names into their normal form: empty for one without a letter or digit. */
  public Situation {
    complaintType = ComplaintTypes.normalise(complaintType);
    descriptor = descriptor.map(ComplaintTypes::normalise);
  }

  public static Situation of(String complaintType) {
    return new Situation(complaintType, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public Situation withoutDescriptor() {
    return new Situation(complaintType, Optional.empty(), place, created);
  }

  /** The same without what is not wanted. */
  public Situation only(Known known) {
    return new Situation(
        complaintType,
        descriptor.filter(name -> known.descriptor()),
        place.filter(point -> known.place()),
        created.filter(time -> known.time()));
  }

  /** Which parts beside the complaint type are known. */
  public Known known() {
    return new Known(place.isPresent(), created.isPresent(), descriptor.isPresent());
  }

  public record Known(boolean place, boolean time, boolean descriptor) {
    public static final List<Known> ALL =
        IntStream.range(0, 8)
            .mapToObj(bits -> new Known((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0))
            .toList();

    @Override
    public String toString() {
      return (place ? "p" : "") + (time ? "t" : "") + (descriptor ? "x" : "");
    }
  }
}
