package nyc311.cost;

/**
 * How much the API is asked.
 *
 * @param label a column's head
 * @param predictionsADay evenly spread, so that a busier API has fewer starts among them
 * @param starts the share of predictions for which an instance is restored
 * @param instances how many are in use at a time
 */
record Traffic(String label, long predictionsADay, double starts, int instances) {
  static final Traffic NONE = new Traffic("nobody asks", 0, 0, 0);
  static final Traffic THOUSAND = new Traffic("1,000 a day", 1_000, .01, 1);
  static final Traffic HUNDRED_THOUSAND = new Traffic("100,000 a day", 100_000, .001, 1);
  static final Traffic TEN_MILLION = new Traffic("10 million a day", 10_000_000, .000_1, 5);
}
