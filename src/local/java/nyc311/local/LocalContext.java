package nyc311.local;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * What Lambda tells a function about one invocation: make one for each. Its logger prints a line
 * with the function's name, from {@link LogLevel#WARN} on to standard error, otherwise to standard
 * output; a line without a level is always printed.
 */
public final class LocalContext implements Context {
  private final String functionName;
  private final LogLevel level;
  private final long deadline;
  private final String requestId = UUID.randomUUID().toString();

  /**
   * @param timeout how long the invocation may take, from now
   * @param level lines below it are not printed, like {@code AWS_LAMBDA_LOG_LEVEL}
   */
  public LocalContext(String functionName, Duration timeout, LogLevel level) {
    this.functionName = functionName;
    this.level = level;
    deadline = System.nanoTime() + timeout.toNanos();
  }

  /** Invokes a function with an event, and returns its answer. */
  public String invoke(RequestStreamHandler function, String event) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    function.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, this);
    return answer.toString(StandardCharsets.UTF_8);
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + functionName;
  }

  @Override
  public String getLogStreamName() {
    return "local";
  }

  @Override
  public String getFunctionName() {
    return functionName;
  }

  @Override
  public String getFunctionVersion() {
    return "$LATEST";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:" + LocalS3.REGION + ":000000000000:function:" + functionName;
  }

  /** Null, as for every caller without Cognito. */
  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  /** Null, as for every caller but the mobile SDKs. */
  @Override
  public ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) Math.max(0, Duration.ofNanos(deadline - System.nanoTime()).toMillis());
  }

  @Override
  public int getMemoryLimitInMB() {
    return (int) (Runtime.getRuntime().maxMemory() >> 20);
  }

  @Override
  public LambdaLogger getLogger() {
    return new Logger();
  }

  /** Logs what the function threw, with its trace. */
  void logFailure(Throwable failure, LogLevel failureLevel) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    getLogger().log(trace.toString(), failureLevel);
  }

  private final class Logger implements LambdaLogger {
    @Override
    public void log(String message) {
      log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message) {
      log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message, LogLevel messageLevel) {
      log(new String(message, StandardCharsets.UTF_8), messageLevel);
    }

    @Override
    public void log(String message, LogLevel messageLevel) {
      if (messageLevel == LogLevel.UNDEFINED || messageLevel.compareTo(level) >= 0) {
        PrintStream out = messageLevel.compareTo(LogLevel.WARN) >= 0 ? System.err : System.out;
        out.println(functionName + ": " + message.stripTrailing());
      }
    }
  }
}
