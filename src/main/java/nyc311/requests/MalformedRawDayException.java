package nyc311.requests;

import java.io.IOException;
import nyc311.json.JsonFault;

/** A raw day is not what it must be: trying again will not help. */
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
    super(
        source + " at line " + line + ", column " + column + ": " + JsonFault.plain(problem),
        cause);
    this.source = source;
    this.line = line;
    this.column = column;
  }

  /**
   * @param source the key or file name
   * @param problem what is wrong about it, other than its content
   * @param cause or null
   */
  public MalformedRawDayException(String source, String problem, Throwable cause) {
    super(source + ": " + problem, cause);
    this.source = source;
    this.line = 0;
    this.column = 0;
  }

  public String source() {
    return source;
  }

  /** The fault's line, from 1; 0 when it is not in the content. */
  public long line() {
    return line;
  }

  /** The fault's column, from 1; 0 when it is not in the content. */
  public long column() {
    return column;
  }
}
