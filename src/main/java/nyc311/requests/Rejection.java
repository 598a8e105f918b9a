package nyc311.requests;

import java.util.Locale;

/** Why a row is not counted as a service request. */
public enum Rejection {
  /** A text that is wanted, other than of the place, has more than a thousand characters. */
  OVERLONG_TEXT,
  /** {@code created_date} is absent. */
  MISSING_CREATED_DATE,
  /** {@code created_date} is not a timestamp. */
  INVALID_CREATED_DATE,
  /** {@code complaint_type} is absent, or has neither a letter nor a digit. */
  MISSING_COMPLAINT_TYPE,
  /** {@code complaint_type} has more than {@value ComplaintTypes#MAX_LENGTH} characters. */
  OVERLONG_COMPLAINT_TYPE,
  /** {@code status} is absent. */
  MISSING_STATUS,
  /** It was withdrawn: nobody waits for it, and it was not resolved. */
  CANCELLED,
  /** The status is Closed, but {@code closed_date} is not a timestamp. */
  INVALID_CLOSED_DATE,
  /** The status is Closed, but {@code closed_date} is before {@code created_date}. */
  CLOSED_BEFORE_CREATED,
  /** The status is Closed, but {@code closed_date} is days after the file was written. */
  CLOSED_IN_THE_FUTURE,
  /** It was created on another day than the file is named for. */
  CREATED_ON_ANOTHER_DAY,
  /** It claims to be created on a later day than its file dates from. */
  CREATED_AFTER_COLLECTION,
  /** A row before it that counts has the same {@code unique_key}. */
  DUPLICATE;

  /** The name in JSON and in logs, such as {@code missing_status}. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
