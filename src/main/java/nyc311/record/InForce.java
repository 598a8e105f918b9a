package nyc311.record;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.Medians;
import nyc311.medians.MediansJson;
import nyc311.regression.ModelPointer;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;

/**
 * What the API answered from when a New York day began.
 *
 * @param copied the day whose first recomputation has kept it
 * @param estimates as they were then
 */
record InForce(LocalDate copied, Estimates estimates) {
  /**
   * What was in force when a day began: the latest copy until then that knew nothing of the day,
   * whatever clock it was made by.
   *
   * @return empty when there is none: nothing can be said of that day
   */
  static Optional<InForce> at(LocalDate day, Bucket bucket) throws IOException {
    Instant begins = NewYork.instant(day.atStartOfDay());
    List<LocalDate> copies = new ArrayList<>();
    for (ListedObject listed : bucket.list(Keys.PUBLISHED, "")) {
      Keys.publishedDayOf(listed.key()).filter(copy -> !copy.isAfter(day)).ifPresent(copies::add);
    }
    Collections.reverse(copies);
    for (LocalDate copy : copies) {
      Optional<Medians> medians = medians(copy, bucket);
      if (medians.isPresent()
          && medians.get().to().isBefore(day)
          && !medians.get().asOf().isAfter(begins)) {
        KnownTypes types = new KnownTypes(medians.get());
        return Optional.of(new InForce(copy, new Estimates(types, model(copy, begins, bucket))));
      }
    }
    return Optional.empty();
  }

  /** Empty when they cannot be read any more, as after a change of their form. */
  private static Optional<Medians> medians(LocalDate copy, Bucket bucket) throws IOException {
    try (StoredObject medians = bucket.get(Keys.publishedMedians(copy)).orElse(null)) {
      return medians == null ? Optional.empty() : Optional.of(MediansJson.read(medians.content()));
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /** Empty when there was none, or none that this version could have served. */
  private static Optional<PublishedModel> model(LocalDate copy, Instant begins, Bucket bucket)
      throws IOException {
    String key = Keys.publishedModelPointer(copy);
    try (StoredObject pointer = bucket.get(key).orElse(null);
        StoredObject again = pointer == null ? null : bucket.get(key).orElse(null)) {
      if (again == null || ModelPointer.read(key, again.content()).asOf().isAfter(begins)) {
        return Optional.empty();
      }
      return Optional.of(PublishedModel.read(pointer, bucket::get));
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }
}
