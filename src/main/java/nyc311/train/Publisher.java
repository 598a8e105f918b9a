package nyc311.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nyc311.bucket.Bucket;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;
import nyc311.regression.InvalidModelException;
import nyc311.regression.ModelPointer;
import nyc311.regression.ModelPointer.Part;
import nyc311.regression.PublishedModel;
import nyc311.requests.NewYork;

/** Puts models where the API finds them. */
final class Publisher {
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
  record Version(String name, Instant asOf) {
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
   * Writes a model's objects, and the pointer last.
   *
   * @param objects as {@link PublishedModel#objects} made them
   * @param seen what {@link #replaceable} has said of the published one
   * @throws WriteConflictException when someone else is publishing: the pointer is theirs, or still
   *     the one from before
   */
  static void publish(Map<String, byte[]> objects, Bucket bucket, Optional<String> seen)
      throws IOException {
    for (Map.Entry<String, byte[]> object : objects.entrySet()) {
      boolean pointer = object.getKey().equals(Keys.MODEL_POINTER);
      try {
        bucket.put(
            object.getKey(),
            Content.of(object.getValue()),
            Map.of(),
            pointer ? seen : Optional.empty());
      } catch (WriteConflictException e) {
        // Others are named for their content, and a write whose answer was lost was our own. But
        // what is refused because another write is under way need not be there.
        Optional<byte[]> found = read(bucket, object.getKey());
        if (found.isEmpty() || !Arrays.equals(found.get(), object.getValue())) {
          throw e;
        }
      }
    }
  }

  /**
   * Checks that the published model does not date from later than another one.
   *
   * @param objects of the other one, as {@link PublishedModel#objects} made them
   * @param force replace even a newer one
   * @return the entity tag of the published one's pointer: what comes after the check is not
   *     replaced
   * @throws IOException when it does date from later
   */
  static Optional<String> replaceable(Map<String, byte[]> objects, Bucket bucket, boolean force)
      throws IOException {
    Optional<StoredObject> found = bucket.get(Keys.MODEL_POINTER);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (StoredObject pointer = found.get()) {
      if (!force) {
        requireNotNewer(pointer, objects, bucket);
      }
      return Optional.of(pointer.head().etag());
    }
  }

  private static void requireNotNewer(
      StoredObject pointer, Map<String, byte[]> objects, Bucket bucket) throws IOException {
    byte[] content = pointer.content().readAllBytes();
    try {
      PublishedModel.read(new StoredObject(pointer.head(), stream(content)), bucket::get);
    } catch (InvalidModelException e) {
      return;
    }
    ModelPointer parts = ModelPointer.read(Keys.MODEL_POINTER, stream(content));
    Version published = Version.of(parts.version(), read(bucket, card(parts)));
    Version next = version(objects);
    if (published.asOf.isAfter(next.asOf)) {
      throw new IOException(
          "the published model is newer, %s, than this one, %s; --force replaces it"
              .formatted(published, next));
    }
  }

  /** The model that objects publish. */
  static Version version(Map<String, byte[]> objects) throws IOException {
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

  private static Optional<byte[]> read(Bucket bucket, String key) throws IOException {
    Optional<StoredObject> found = bucket.get(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (StoredObject object = found.get()) {
      return Optional.of(object.content().readAllBytes());
    }
  }

  /** The models that are, or were once, published; the one that dates from latest is the last. */
  static List<Version> versions(Bucket bucket) throws IOException {
    List<Version> versions = new ArrayList<>();
    for (ListedObject listed : bucket.list(VERSIONS, "")) {
      versions.add(version(bucket, listed.key().substring(VERSIONS.length()).replace(".json", "")));
    }
    versions.sort(Comparator.comparing(Version::asOf).thenComparing(Version::name));
    return versions;
  }

  private static Version version(Bucket bucket, String name) throws IOException {
    Optional<ModelPointer> parts = pointer(bucket, Keys.modelVersion(name));
    return Version.of(name, parts.isPresent() ? read(bucket, card(parts.get())) : Optional.empty());
  }

  /** The name of the published model; empty when there is none that can be read. */
  static Optional<String> current(Bucket bucket) throws IOException {
    return pointer(bucket, Keys.MODEL_POINTER).map(ModelPointer::version);
  }

  private static Optional<ModelPointer> pointer(Bucket bucket, String key) throws IOException {
    Optional<byte[]> content = read(bucket, key);
    try {
      return content.isPresent()
          ? Optional.of(ModelPointer.read(key, stream(content.get())))
          : Optional.empty();
    } catch (InvalidModelException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts an old pointer back.
   *
   * @return the model that is published now
   * @throws InvalidModelException when that model cannot be read; nothing was changed
   * @throws IOException when there is no such model
   * @throws WriteConflictException when another one was published meanwhile, which stays
   */
  static Version rollBack(Bucket bucket, String name) throws IOException {
    Optional<String> seen = bucket.head(Keys.MODEL_POINTER).map(ObjectHead::etag);
    String key = Keys.modelVersion(name);
    byte[] pointer;
    try (StoredObject old = open(bucket, key)) {
      pointer = old.content().readAllBytes();
      PublishedModel.read(new StoredObject(old.head(), stream(pointer)), bucket::get);
    }
    publish(Map.of(Keys.MODEL_POINTER, pointer), bucket, seen);
    return version(bucket, name);
  }

  private static StoredObject open(Bucket bucket, String key) throws IOException {
    return bucket.get(key).orElseThrow(() -> new IOException("there is no " + key));
  }
}
