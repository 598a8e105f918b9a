package nyc311.regression;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nyc311.bucket.Keys;
import nyc311.bucket.StoredObject;
import nyc311.json.InvalidDocumentException;
import nyc311.regression.ModelPointer.Part;
import nyc311.regression.ModelPointer.StoredPart;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;

/**
 * A model as it is in the bucket: immutable objects named for their content, and a pointer that
 * says which of them belong together.
 *
 * @param version the model's name
 * @param model ready to be asked
 * @param backtest how good it was; empty where its trainer did not say so
 */
public record PublishedModel(
    String version, RegressionModel model, Optional<BacktestFigures> backtest) {
  /** The first bytes of {@link Part#SERVING}: "NYC" and its version. */
  private static final int MAGIC = 'N' << 24 | 'Y' << 16 | 'C' << 8 | 2;

  /**
   * The descriptors that it knows of a complaint type in any spelling, as the city spells them, the
   * most frequent first. Empty where it knows none, as for an unknown type.
   */
  public List<String> descriptors(String complaintType) {
    LearntType learnt = model.types().get(ComplaintTypes.normalise(complaintType));
    return learnt == null ? List.of() : learnt.descriptors();
  }

  /**
   * The objects that publish a model, by key, in the order in which they must be written: the last
   * one is {@link Keys#MODEL_POINTER}, the one before it the same under the version's own name, to
   * be put back one day. All others need not be written when they are there.
   *
   * @param learnt the linear model as Tribuo writes it
   * @param card what a person wants to know of it, as JSON
   * @param asOf the instant that its knowledge dates from
   * @param backtest how good it is, for the API to tell
   */
  public static Map<String, byte[]> objects(
      RegressionModel model,
      byte[] learnt,
      byte[] card,
      Instant asOf,
      Optional<BacktestFigures> backtest) {
    Map<Part, byte[]> contents = new EnumMap<>(Part.class);
    contents.put(Part.WEIGHTS, learnt);
    contents.put(Part.SERVING, serving(model));
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
    String version = NewYork.day(asOf) + "-" + parts.get(Part.WEIGHTS).sha256().substring(0, 8);
    byte[] pointer = new ModelPointer(version, asOf, parts, backtest).toJson();
    objects.put(Keys.modelVersion(version), pointer);
    objects.put(Keys.MODEL_POINTER, pointer);
    return objects;
  }

  /**
   * Reads the model that a pointer points to. What is read is checked before it is parsed.
   *
   * @param pointer closed by the caller
   * @param bucket opens an object by its key
   * @throws InvalidDocumentException when an object is missing, damaged, or of another version
   * @throws IOException when an object cannot be read
   */
  public static PublishedModel read(
      StoredObject pointer, Function<String, Optional<StoredObject>> bucket) throws IOException {
    String key = pointer.head().key();
    ModelPointer parts = ModelPointer.read(key, pointer.content());
    StoredPart serving = parts.parts().get(Part.SERVING);
    return new PublishedModel(
        parts.version(), model(serving, content(serving, bucket)), parts.backtest());
  }

  /**
   * The objects of a model that is published elsewhere, to be published again: like those of a new
   * one, and each checked.
   *
   * @param pointer the content of its {@link Keys#MODEL_POINTER}
   * @param bucket opens an object by its key
   * @throws InvalidDocumentException when an object is missing, damaged, or of another version
   * @throws IOException when an object cannot be read
   */
  public static Map<String, byte[]> objects(
      byte[] pointer, Function<String, Optional<StoredObject>> bucket) throws IOException {
    ModelPointer parts = ModelPointer.read(Keys.MODEL_POINTER, new ByteArrayInputStream(pointer));
    Map<String, byte[]> objects = new LinkedHashMap<>();
    for (Part part : Part.values()) {
      StoredPart stored = parts.parts().get(part);
      objects.put(stored.key(), content(stored, bucket));
    }
    model(parts.parts().get(Part.SERVING), objects.get(parts.parts().get(Part.SERVING).key()));
    objects.put(Keys.modelVersion(parts.version()), pointer);
    objects.put(Keys.MODEL_POINTER, pointer);
    return objects;
  }

  private static RegressionModel model(StoredPart part, byte[] content)
      throws InvalidDocumentException {
    try {
      return model(content);
    } catch (IOException | RuntimeException e) {
      throw invalid(part, e.toString(), e);
    }
  }

  /** Deviation, offsets, then the complaint types: the few hundred of them are JSON to the end. */
  private static byte[] serving(RegressionModel model) {
    QuantileTable offsets = model.offsets().table();
    byte[] types = TypesJson.write(model.types());
    ByteBuffer out =
        ByteBuffer.allocate(
            Integer.BYTES + model.deviation().bytes() + offsets.bytes() + types.length);
    out.putInt(MAGIC);
    model.deviation().writeTo(out);
    offsets.writeTo(out);
    return out.put(types).array();
  }

  private static RegressionModel model(byte[] serving) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(serving);
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new IllegalArgumentException(
          "must begin with " + Integer.toHexString(MAGIC) + ": " + Integer.toHexString(magic));
    }
    QuantileTable deviation = QuantileTable.read(in);
    Offsets offsets = new Offsets(QuantileTable.read(in));
    byte[] types = Arrays.copyOfRange(serving, in.position(), serving.length);
    return new RegressionModel(deviation, offsets, TypesJson.read(types));
  }

  private static byte[] content(StoredPart part, Function<String, Optional<StoredObject>> bucket)
      throws IOException {
    Optional<StoredObject> found = bucket.apply(part.key());
    if (found.isEmpty()) {
      throw invalid(part, "is not there", null);
    }
    try (StoredObject object = found.get();
        InputStream in = object.content()) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, part.size() + 1));
      if (bytes.length != part.size()) {
        throw invalid(part, "must have " + part.size() + " bytes: " + object.head().size(), null);
      }
      if (!sha256(bytes).equals(part.sha256())) {
        throw invalid(part, "SHA-256 must be " + part.sha256() + ": " + sha256(bytes), null);
      }
      return bytes;
    }
  }

  private static InvalidDocumentException invalid(
      StoredPart part, String problem, Exception cause) {
    return new InvalidDocumentException("model, " + part.key(), problem, cause);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
