package nyc311.requests;

/** Is told how far work has come that takes long, such as reading raw days. */
@FunctionalInterface
public interface Progress {
  /**
   * Called at each step, perhaps millions of times and from several threads: must be quick.
   *
   * @param task what is being done, in a word or two
   * @param done how many of its steps are
   * @param all how many it has
   */
  void show(String task, long done, long all);
}
