package nyc311.bucket;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where everything is in the bucket. Days are New York calendar days of creation. */
public final class Keys {
  /** All raw days: the collector writes them, and only they trigger a recomputation. */
  public static final String RAW_DAYS = "311/raw_data/";

  public static final String DAYS = "311/days/";

  public static final String MEDIANS = "311/medians.json";

  /** All objects of models, each immutable but for the pointer. */
  public static final String MODELS = "311/model/";

  /** Says which model is published. */
  public static final String MODEL_POINTER = MODELS + "current.json";

  /** What was in force when each New York day began, a folder a day. */
  public static final String PUBLISHED = "311/published/";

  /** How right the answers were, day by day. */
  public static final String RECORDS = "311/record/";

  /** How right the answers of the last weeks were. */
  public static final String RECORD = "311/record.json";

  /**
   * The metadata of a raw day that says when its knowledge dates from, an ISO instant: open
   * requests are censored there. A raw day that was put by hand has none.
   */
  public static final String COLLECTED_AT = "collected-at";

  /** The metadata of a raw day that tells without reading it whether another has the same rows. */
  public static final String CONTENT_SHA256 = "content-sha256";

  private static final Pattern DAY = Pattern.compile("(.*/)(\\d{4}-\\d{2}-\\d{2})\\.json");

  private Keys() {}

  public static String rawDay(LocalDate day) {
    return RAW_DAYS + day + ".json";
  }

  public static String daySummary(LocalDate day) {
    return DAYS + day + ".json";
  }

  /** The medians that were in force when a day began. */
  public static String publishedMedians(LocalDate day) {
    return PUBLISHED + day + "/medians.json";
  }

  /** The pointer to the model that was in force when a day began. */
  public static String publishedModelPointer(LocalDate day) {
    return PUBLISHED + day + "/current.json";
  }

  public static String record(LocalDate day) {
    return RECORDS + day + ".json";
  }

  /** The pointer of a model that is, or was once, published. */
  public static String modelVersion(String version) {
    return MODELS + "version-" + version + ".json";
  }

  /** The day that a raw day's key names; empty when it is not the key of a raw day. */
  public static Optional<LocalDate> rawDayOf(String key) {
    return dayOf(RAW_DAYS, key);
  }

  /** The day that a summary's key names; empty when it is not the key of a summary. */
  public static Optional<LocalDate> summarisedDayOf(String key) {
    return dayOf(DAYS, key);
  }

  /** The day that was judged; empty when it is not the key of a judged day. */
  public static Optional<LocalDate> judgedDayOf(String key) {
    return dayOf(RECORDS, key);
  }

  /** The day at whose beginning the medians of this key were in force; empty for another key. */
  public static Optional<LocalDate> publishedDayOf(String key) {
    return key.endsWith("/medians.json")
        ? dayOf(PUBLISHED, key.replace("/medians.json", ".json"))
        : Optional.empty();
  }

  private static Optional<LocalDate> dayOf(String prefix, String key) {
    Matcher matcher = DAY.matcher(key);
    if (!matcher.matches() || !matcher.group(1).equals(prefix)) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(matcher.group(2)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
