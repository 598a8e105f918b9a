package nyc311.regression;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.regression.ModelPointer.Part;
import nyc311.regression.ModelPointer.StoredPart;
import org.tribuo.Model;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.protos.core.ModelProto;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.sgd.linear.LinearSGDModel;

/**
 * A model as it is in the bucket: immutable objects named for their content, and a pointer that
 * says which of them belong together.
 *
 * @param version the model's name
 * @param model ready to be asked
 */
public record PublishedModel(String version, RegressionModel model) {
  /** In log1p(hours): far beyond any that training gives. */
  private static final double MAX_WEIGHT = 1_000;

  /**
   * The objects that publish a model, by key, in the order in which they must be written: the last
   * one is {@link Keys#MODEL_POINTER}, the one before it the same under the version's own name, to
   * be put back one day. All others need not be written when they are there.
   *
   * @param card what a person wants to know of it, as JSON
   * @param newest the New York day that its knowledge dates from
   */
  public static Map<String, byte[]> objects(RegressionModel model, byte[] card, LocalDate newest) {
    Map<Part, byte[]> contents = new EnumMap<>(Part.class);
    contents.put(Part.WEIGHTS, weights(model.deviation()));
    contents.put(Part.TYPES, TypesJson.write(model.offsets(), model.agencies()));
    contents.put(Part.CARD, card);

    Map<String, byte[]> objects = new LinkedHashMap<>();
    Map<Part, StoredPart> parts = new EnumMap<>(Part.class);
    contents.forEach(
        (part, bytes) -> {
          String sha256 = sha256(bytes);
          String key = Keys.MODELS + sha256 + part.suffix();
          objects.put(key, bytes);
          parts.put(part, new StoredPart(key, sha256, bytes.length));
        });
    String version = newest + "-" + parts.get(Part.WEIGHTS).sha256().substring(0, 8);
    byte[] pointer = new ModelPointer(version, parts).toJson();
    objects.put(Keys.modelVersion(version), pointer);
    objects.put(Keys.MODEL_POINTER, pointer);
    return objects;
  }

  /**
   * Reads the model that a pointer points to. What is read is checked before it is parsed.
   *
   * @param pointer closed by the caller
   * @param bucket opens an object by its key
   * @throws InvalidModelException when an object is missing, damaged, or of another version
   * @throws IOException when an object cannot be read
   */
  public static PublishedModel read(
      StoredObject pointer, Function<String, Optional<StoredObject>> bucket) throws IOException {
    String key = pointer.head().key();
    ModelPointer parts = ModelPointer.read(key, pointer.content());
    byte[] weights = content(parts.parts().get(Part.WEIGHTS), bucket);
    byte[] types = content(parts.parts().get(Part.TYPES), bucket);
    try {
      Model<Regressor> deviation =
          Model.deserialize(ModelProto.parseFrom(weights)).castModel(Regressor.class);
      Set<String> outputs =
          deviation.getOutputIDInfo().getDomain().stream()
              .flatMap(output -> Set.of(output.getNames()).stream())
              .collect(Collectors.toSet());
      if (!outputs.equals(Set.copyOf(Quantiles.NAMES))) {
        throw new InvalidModelException(key, "outputs must be p10, p50, p90: " + outputs, null);
      }
      requireFiniteWeights(key, deviation);
      TypesJson.Types read = TypesJson.read(types);
      return new PublishedModel(
          parts.version(), new RegressionModel(deviation, read.offsets(), read.agencies()));
    } catch (InvalidProtocolBufferException | JsonProcessingException | RuntimeException e) {
      // Tribuo says so in several ways that it cannot read what a newer version has written.
      throw new InvalidModelException(key, e.toString(), e);
    }
  }

  /** One that is not a number would make every estimate that it is part of fail. */
  private static void requireFiniteWeights(String key, Model<Regressor> deviation)
      throws InvalidModelException {
    if (!(deviation instanceof LinearSGDModel linear)) {
      throw new InvalidModelException(
          key, "model must be linear: " + deviation.getClass().getSimpleName(), null);
    }
    DenseMatrix weights = linear.getWeightsCopy();
    for (int i = 0; i < weights.getDimension1Size(); i++) {
      for (int j = 0; j < weights.getDimension2Size(); j++) {
        if (!(Math.abs(weights.get(i, j)) < MAX_WEIGHT)) {
          throw new InvalidModelException(
              key, "weights must be below " + MAX_WEIGHT + ": " + weights.get(i, j), null);
        }
      }
    }
  }

  private static byte[] content(StoredPart part, Function<String, Optional<StoredObject>> bucket)
      throws IOException {
    Optional<StoredObject> found = bucket.apply(part.key());
    if (found.isEmpty()) {
      throw new InvalidModelException(part.key(), "is not there", null);
    }
    try (StoredObject object = found.get();
        InputStream in = object.content()) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, part.size() + 1));
      if (bytes.length != part.size()) {
        throw new InvalidModelException(
            part.key(), "must have " + part.size() + " bytes: " + object.head().size(), null);
      }
      if (!sha256(bytes).equals(part.sha256())) {
        throw new InvalidModelException(
            part.key(), "SHA-256 must be " + part.sha256() + ": " + sha256(bytes), null);
      }
      return bytes;
    }
  }

  private static byte[] weights(Model<Regressor> deviation) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      deviation.serializeToStream(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
