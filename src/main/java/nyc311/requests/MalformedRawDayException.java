package nyc311.requests;

import java.io.IOException;

/** A raw day's file is not a JSON array of objects. */
public final class MalformedRawDayException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long line;
  private final long column;

  /**
   * @param source the key or file name
   * @param line the fault's line, from 1
   * @param column the fault's column, from 1
   * @param problem what is wrong there
   * @param cause the parser's exception, or null
   */
  public MalformedRawDayException(
      String source, long line, long column, String problem, Throwable cause) {
    super(source + " at line " + line + ", column " + column + ": " + problem, cause);
    this.source = source;
    this.line = line;
    this.column = column;
  }

  /** The key or file name. */
  public String source() {
    return source;
  }

  /** The fault's line, from 1. */
  public long line() {
    return line;
  }

  /** The fault's column, from 1. */
  public long column() {
    return column;
  }
}
