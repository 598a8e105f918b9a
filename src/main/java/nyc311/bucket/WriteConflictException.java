package nyc311.bucket;

/** A conditional write was refused because the object was no longer in the expected state. */
public final class WriteConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * @param key the key that was not written
   * @param cause the store's answer, or null
   */
  public WriteConflictException(String key, Throwable cause) {
    super("object was changed by someone else meanwhile: " + key, cause);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
