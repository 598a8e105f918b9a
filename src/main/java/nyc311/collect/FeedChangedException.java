package nyc311.collect;

/** What the feed gives for a day looks as if it means something else than before. */
final class FeedChangedException extends FeedException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what differs, with both figures
   * @param cause why the rows are no raw day, or null
   */
  FeedChangedException(String problem, Throwable cause) {
    super("the feed seems to have changed: " + problem, cause);
  }
}
