package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import nyc311.local.LambdaProcess.End;
import nyc311.local.LambdaProcess.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    public void handleRequest(
        InputStream input,
        OutputStream output,
        com.amazonaws.services.lambda.runtime.Context context)
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

  /** Answers with what it is run by, and which of its hooks were called. */
  public static final class Introspective implements RequestStreamHandler, Resource {
    private final String failing = System.getenv().getOrDefault("FAILING_HOOK", "");
    private final List<String> hooks = new CopyOnWriteArrayList<>();

    /** Registers its hooks. */
    public Introspective() {
      Core.getGlobalContext().register(this);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
      called("beforeCheckpoint");
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
      called("afterRestore");
    }

    private void called(String hook) {
      System.out.println(hook);
      hooks.add(hook);
      if (hook.equals(failing)) {
        throw new IllegalStateException("told to fail " + hook);
      }
    }

    @Override
    public void handleRequest(
        InputStream input,
        OutputStream output,
        com.amazonaws.services.lambda.runtime.Context context)
        throws IOException {
      output.write(
          String.join(
                  " ",
                  "pid=" + ProcessHandle.current().pid(),
                  "level=" + vmOption("TieredStopAtLevel"),
                  "serial=" + vmOption("UseSerialGC"),
                  "heap=" + vmOption("MaxHeapSize"),
                  "option=" + System.getProperty("an.option"),
                  "launched=" + System.getenv("LAUNCHED"),
                  "memory=" + context.getMemoryLimitInMB(),
                  "hooks=" + hooks)
              .getBytes(UTF_8));
    }

    private static String vmOption(String name) {
      return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .getVMOption(name)
          .getValue();
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
  void itIsReadyOnceAndThenAnswers() throws Exception {
    long before = System.nanoTime();
    try (LambdaProcess function = start(Jdk.running(), Map.of("GREETING", ""))) {
      function.invoke("[]");
      long readyAt = function.readyAt();
      assertThat(readyAt).isBetween(before, System.nanoTime());
      function.invoke("[]");
      assertThat(function.readyAt()).isEqualTo(readyAt);
    }
  }

  @Test
  void aFunctionThatCannotStartSaysWhy() throws Exception {
    try (LambdaProcess function = start(Jdk.running(), Map.of())) {
      Outcome outcome = function.invoke("{}");
      assertThat(outcome.end()).isEqualTo(End.INIT_ERROR);
      assertThat(outcome.body()).contains("GREETING must be set");
      assertThatThrownBy(function::readyAt).isInstanceOf(IllegalStateException.class);
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
    Jdk java25 =
        Jdk.java25()
            .orElseThrow(
                () -> Skipped.test("nyc311.local.LambdaProcessTest on Java 25", Jdk.NO_JAVA_25));
    try (LambdaProcess function = start(java25, Map.of("GREETING", "hi "))) {
      assertThat(function.invoke("{}").body()).startsWith("hi {}");
    }
  }

  @Test
  void itIsRunAsLambdaWouldAndAsTold() throws Exception {
    try (LambdaProcess function =
        introspective()
            .launcher("env", "LAUNCHED=so")
            .memory(400)
            .jvmOptions("-Dan.option=told")
            .start()) {
      assertThat(function.invoke("{}").body().split(" "))
          .containsExactly(
              "pid=" + function.pid(),
              "level=1",
              "serial=true",
              "heap=" + (340 << 20),
              "option=told",
              "launched=so",
              "memory=400",
              "hooks=[]");
    }
  }

  @Test
  void aSnapshotsHooksRunBeforeAndAfterTheRestore() throws Exception {
    try (LambdaProcess function = introspective().snapStart().start()) {
      function.awaitCheckpoint();
      assertThat(function.stdout()).contains("beforeCheckpoint").doesNotContain("afterRestore");
      function.restore();
      assertThat(function.invoke("{}").body())
          .contains("level=4")
          .contains("hooks=[beforeCheckpoint, afterRestore]");
    }
  }

  @Test
  void aHookThatFailsBeforeTheCheckpointIsNoticed() throws Exception {
    try (LambdaProcess function =
        introspective()
            .snapStart()
            .environment(Map.of("FAILING_HOOK", "beforeCheckpoint"))
            .start()) {
      assertThatThrownBy(function::awaitCheckpoint)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("CheckpointException");
    }
  }

  @Test
  void aHookThatFailsAfterTheRestoreIsNoticed() throws Exception {
    try (LambdaProcess function =
        introspective().snapStart().environment(Map.of("FAILING_HOOK", "afterRestore")).start()) {
      function.restore();
      Outcome outcome = function.invoke("{}");
      assertThat(outcome.end()).isEqualTo(End.INIT_ERROR);
      assertThat(outcome.body()).contains("RestoreException");
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
    return LambdaProcess.start(jdk, testClasses(), Obedient.class.getName(), environment);
  }

  private static LambdaFunction introspective() throws URISyntaxException {
    return LambdaFunction.java(Jdk.running(), testClasses(), Introspective.class.getName());
  }

  private static Path testClasses() throws URISyntaxException {
    return Path.of(
        LambdaProcessTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
