package nyc311.local;

import org.opentest4j.TestAbortedException;

/** What is not tested on a machine that lacks something: the build's output says so. */
public final class Skipped {
  private Skipped() {}

  /**
   * Says that something is skipped.
   *
   * @param what is not tested
   * @param why what is missing, and how to have it
   * @return to be thrown by the test
   */
  public static TestAbortedException test(String what, String why) {
    System.out.println("SKIPPED " + what + ": " + why);
    return new TestAbortedException(why);
  }
}
