package nyc311.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.ConditionalUpdate;
import nyc311.bucket.ConditionalUpdate.Revised;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.json.InvalidDocumentException;
import nyc311.regression.ModelPointer;
import nyc311.regression.ModelPointer.Part;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;

/** Puts models where the API finds them. */
public final class Publisher {
  private static final String VERSIONS = Keys.modelVersion("").replace(".json", "");
  private static final int DAY_LENGTH = "2019-07-24".length();

  private Publisher() {}

  /**
   * A model that is, or was once, published.
   *
   * @param name such as {@code 2019-07-24-1f0c93ab}
   * @param asOf the instant that its knowledge dates from, as its card says; where that does not,
   *     the beginning of the day that its name begins with
   */
  public record Version(String name, Instant asOf) {
    private static Version of(String name, Optional<byte[]> card) {
      return new Version(
          name, card.flatMap(ModelCard::asOf).or(() -> beginning(name)).orElse(Instant.EPOCH));
    }

    private static Optional<Instant> beginning(String name) {
      try {
        String day = name.substring(0, Math.min(name.length(), DAY_LENGTH));
        return Optional.of(NewYork.instant(LocalDate.parse(day).atStartOfDay()));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return name + " as of " + asOf;
    }
  }

  /**
   * Writes a model's objects, and the pointer last. What comes meanwhile is not replaced.
   *
   * @param objects as {@link PublishedModel#objects} made them
   * @param force replace even a newer one
   * @throws IOException when the published one dates from later, or the bucket cannot be read or
   *     written
   * @throws WriteConflictException when someone else is publishing: the pointer is theirs, or still
   *     the one from before
   */
  public static void publish(Map<String, byte[]> objects, Bucket bucket, boolean force)
      throws IOException {
    ConditionalUpdate once = new ConditionalUpdate(bucket, 1);
    once.update(
        Keys.MODEL_POINTER,
        published -> {
          if (!force) {
            requireNotNewer(objects, bucket);
          }
          for (Map.Entry<String, byte[]> object : objects.entrySet()) {
            if (!object.getKey().equals(Keys.MODEL_POINTER)) {
              once.create(object.getKey(), Content.of(object.getValue()));
            }
          }
          return new Revised<>(Optional.of(objects.get(Keys.MODEL_POINTER)), objects);
        });
  }

  /**
   * Checks that the published model does not date from later than another one.
   *
   * @param objects of the other one, as {@link PublishedModel#objects} made them
   * @throws IOException when it does date from later
   */
  public static void requireNotNewer(Map<String, byte[]> objects, Bucket bucket)
      throws IOException {
    Optional<ModelPointer> parts = pointer(bucket, Keys.MODEL_POINTER);
    if (parts.isEmpty()) {
      return;
    }
    try {
      requireReadable(bucket, Keys.MODEL_POINTER);
    } catch (InvalidDocumentException e) {
      return;
    }
    Version published = Version.of(parts.get().version(), bucket.read(card(parts.get())));
    Version next = version(objects);
    if (published.asOf.isAfter(next.asOf)) {
      throw new IOException(
          "the published model is newer, %s, than this one, %s; --force replaces it"
              .formatted(published, next));
    }
  }

  /** The model that objects publish. */
  public static Version version(Map<String, byte[]> objects) throws IOException {
    ModelPointer parts =
        ModelPointer.read(Keys.MODEL_POINTER, stream(objects.get(Keys.MODEL_POINTER)));
    return Version.of(parts.version(), Optional.of(objects.get(card(parts))));
  }

  private static InputStream stream(byte[] content) {
    return new ByteArrayInputStream(content);
  }

  private static String card(ModelPointer parts) {
    return parts.parts().get(Part.CARD).key();
  }

  /** The models that are, or were once, published; the one that dates from latest is the last. */
  public static List<Version> versions(Bucket bucket) throws IOException {
    List<Version> versions = new ArrayList<>();
    for (ListedObject listed : bucket.list(VERSIONS, "")) {
      versions.add(version(bucket, listed.key().substring(VERSIONS.length()).replace(".json", "")));
    }
    versions.sort(Comparator.comparing(Version::asOf).thenComparing(Version::name));
    return versions;
  }

  private static Version version(Bucket bucket, String name) throws IOException {
    Optional<ModelPointer> parts = pointer(bucket, Keys.modelVersion(name));
    return Version.of(name, parts.isPresent() ? bucket.read(card(parts.get())) : Optional.empty());
  }

  /** The name of the published model; empty when there is none that can be read. */
  public static Optional<String> current(Bucket bucket) throws IOException {
    return pointer(bucket, Keys.MODEL_POINTER).map(ModelPointer::version);
  }

  private static Optional<ModelPointer> pointer(Bucket bucket, String key) throws IOException {
    Optional<byte[]> content = bucket.read(key);
    try {
      return content.isPresent()
          ? Optional.of(ModelPointer.read(key, stream(content.get())))
          : Optional.empty();
    } catch (InvalidDocumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts an old pointer back.
   *
   * @return the model that is published now
   * @throws InvalidDocumentException when that model cannot be read; nothing was changed
   * @throws IOException when there is no such model
   * @throws WriteConflictException when another one was published meanwhile, which stays
   */
  public static Version rollBack(Bucket bucket, String name) throws IOException {
    new ConditionalUpdate(bucket, 1)
        .update(
            Keys.MODEL_POINTER,
            published -> {
              String key = Keys.modelVersion(name);
              requireReadable(bucket, key);
              return new Revised<>(bucket.read(key), name);
            });
    return version(bucket, name);
  }

  private static void requireReadable(Bucket bucket, String pointer) throws IOException {
    try (StoredObject found = bucket.get(pointer).orElse(null)) {
      if (found == null) {
        throw new IOException("there is no " + pointer);
      }
      PublishedModel.read(found, bucket::get);
    }
  }
}
