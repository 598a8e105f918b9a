package nyc311.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The floor under any Java function: it does nothing. */
public final class ConstantHandler implements RequestStreamHandler {
  @Override
  public void handleRequest(InputStream event, OutputStream out, Context context)
      throws IOException {
    out.write("{\"statusCode\":200}".getBytes(UTF_8));
  }
}
