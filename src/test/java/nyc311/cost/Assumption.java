package nyc311.cost;

/** What a month's usage is reckoned from and neither the template nor the settings say. */
enum Assumption {
  DAYS(30.4, "days", "a month"),
  WARM_MILLIS(2, "ms", "billed for a prediction by a running instance"),
  START_MILLIS(300, "ms", "billed for one that first restores an instance, its hook included"),
  START_READS(3, "GETs", "of an instance that is restored: medians, pointer and model"),
  REFRESH_READS(2, "GETs", "each `REFRESH_SECONDS` of an instance in use: medians and pointer"),
  ANSWER_BYTES(900, "bytes", "an answer with its headers"),
  VISIT_REQUESTS(
      6,
      "requests",
      "of a visit to the page that asks one question: the page, all types, the status; the answer,"
          + " its curve, its type"),
  VISIT_BYTES(
      37_000, "bytes", "sent for such a visit, compressed: 24,000 of the page, 7,000 of all types"),
  LOG_BYTES(
      800,
      "bytes",
      "logged for a prediction: its start, report and access, with 26 bytes each added"),
  RUN_LOG_BYTES(2_000, "bytes", "logged for a run of the collector or the recomputer"),
  COLLECT_SECONDS(60, "s", "billed for the collector's daily run over seven days"),
  RECOMPUTE_SECONDS(1.5, "s", "billed for a recomputation, of which each collected day causes one"),
  COLD_SECONDS(3, "s", "billed for the start of each of these two, once a day"),
  RECOMPUTE_READS(3, "GETs", "of a recomputation, beside one for each day of the window"),
  RECOMPUTE_WRITES(4, "requests", "of a recomputation: two PUTs, two LISTs"),
  RAW_DAY_MEGABYTES(6, "MB", "a raw day: 9,600 rows of 600 bytes"),
  SUMMARY_MEGABYTES(.075, "MB", "a day's summary"),
  PUBLISHED_MEGABYTES(35, "MB", "a month's medians, seven a day of 155 kB, and a model"),
  RUN_METRICS(11, "metrics", "told by collector and recomputer, within one hour of a day"),
  API_METRICS(3, "metrics", "told by the API in each hour in which it is asked, which is all");

  final double value;
  final String unit;
  final String meaning;

  Assumption(double value, String unit, String meaning) {
    this.value = value;
    this.unit = unit;
    this.meaning = meaning;
  }
}
