package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class LambdaProcessTest {
  /** What the tests invoke: it does what its event says. */
  public static final class Obedient implements RequestStreamHandler {
    private final String greeting = System.getenv("GREETING");

    /** Fails where it is not configured, as a real handler does. */
    public Obedient() {
      if (greeting == null) {
        throw new IllegalArgumentException("GREETING must be set");
      }
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      String event = new String(input.readAllBytes(), UTF_8);
      context.getLogger().log("got " + event);
      if (event.equals("\"fail\"")) {
        throw new IllegalStateException("told to");
      }
      if (event.equals("\"exit\"")) {
        Runtime.getRuntime().halt(7);
      }
      output.write(
          (greeting + event + (context.getRemainingTimeInMillis() > 0) + System.getenv("HOME"))
              .getBytes(UTF_8));
    }
  }

  @Test
  void resultsAndErrorsComeBackFromOneProcess() throws Exception {
    try (LambdaProcess function = start(Jdk.running(), Map.of("GREETING", "hi "))) {
      assertThat(function.invoke("{\"é\":1}"))
          .isEqualTo(new Outcome(End.RESULT, "hi {\"é\":1}truenull"));
      Outcome failed = function.invoke("\"fail\"");
      assertThat(failed.end()).isEqualTo(End.ERROR);
      assertThat(failed.body()).contains("told to").contains("IllegalStateException");
      assertThat(function.invoke("[]").end()).isEqualTo(End.RESULT);
      assertThat(function.stdout()).contains("got {", "é");
    }
  }

  @Test
  void aFunctionThatCannotStartSaysWhy() throws Exception {
    try (LambdaProcess function = start(Jdk.running(), Map.of())) {
      Outcome outcome = function.invoke("{}");
      assertThat(outcome.end()).isEqualTo(End.INIT_ERROR);
      assertThat(outcome.body()).contains("GREETING must be set");
    }
  }

  @Test
  void aProcessThatEndsIsNoticed() throws Exception {
    try (LambdaProcess function = start(Jdk.running(), Map.of("GREETING", ""))) {
      assertThat(function.invoke("\"exit\"")).isEqualTo(new Outcome(End.EXIT, "exit 7"));
    }
  }

  @Test
  void java25RunsItToo() throws Exception {
    Optional<Jdk> java25 = Jdk.java25();
    assumeThat(java25)
        .as("no Java 25 here: set -Dnyc311.java25.home or JAVA25_HOME to run this")
        .isPresent();
    try (LambdaProcess function = start(java25.orElseThrow(), Map.of("GREETING", "hi "))) {
      assertThat(function.invoke("{}").body()).startsWith("hi {}");
    }
  }

  @Test
  void aJarIsUnpackedWithItsFolders(@TempDir Path folder) throws Exception {
    Path jar = folder.resolve("code.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("a/b/c.txt"));
      out.write("content".getBytes(UTF_8));
    }
    Path root = LambdaProcess.unpack(jar, folder.resolve("code"));
    assertThat(root.resolve("a/b/c.txt")).hasContent("content");
  }

  private static LambdaProcess start(Jdk jdk, Map<String, String> environment)
      throws IOException, URISyntaxException {
    Path testClasses =
        Path.of(Obedient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return LambdaProcess.start(jdk, testClasses, Obedient.class.getName(), environment);
  }
}
