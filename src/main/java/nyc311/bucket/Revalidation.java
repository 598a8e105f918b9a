package nyc311.bucket;

/** The answer to "has this object changed?". */
public sealed interface Revalidation {
  /** It still has the entity tag asked about. */
  record Unchanged() implements Revalidation {}

  /** The key is not there (any more). */
  record Missing() implements Revalidation {}

  /** It has another entity tag: here it is, open for reading. */
  record Changed(StoredObject object) implements Revalidation {}
}
