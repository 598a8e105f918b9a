package nyc311.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * What Lambda is to run, and how. The methods change this description and return it; {@link #start}
 * makes a process of it.
 */
public final class LambdaFunction {
  /** What the heap may take of a function's memory on Lambda's Java runtimes. */
  private static final double HEAP_SHARE = 0.85;

  private final List<String> launcher = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final Path taskRoot;
  private final String executable;
  private final List<String> arguments;
  private final boolean java;
  private int memoryMegabytes = 512;
  private boolean snapStart;

  private LambdaFunction(Path taskRoot, String executable, List<String> arguments, boolean java) {
    this.taskRoot = taskRoot;
    this.executable = executable;
    this.arguments = arguments;
    this.java = java;
  }

  /**
   * A handler under Lambda's own runtime interface client.
   *
   * @param taskRoot the folder with the function's code, see {@link LambdaProcess#unpack}
   * @param handler the handler's class name, with or without {@code ::method}
   */
  public static LambdaFunction java(Jdk jdk, Path taskRoot, String handler) {
    return new LambdaFunction(
            taskRoot,
            jdk.java().toString(),
            List.of(
                "-cp",
                taskRoot + File.pathSeparator + runtimeClassPath(),
                AWSLambda.class.getName(),
                handler),
            true)
        .environment(Map.of("_HANDLER", handler));
  }

  /** Any program that asks the Runtime API for its events, as a custom runtime does. */
  public static LambdaFunction program(Path taskRoot, String executable, String... arguments) {
    return new LambdaFunction(taskRoot, executable, List.of(arguments), false);
  }

  /** What the function is configured with, beside the variables that Lambda sets. */
  public LambdaFunction environment(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  /** Lambda's memory size, of which the heap's limit follows; 512 unless said otherwise. */
  public LambdaFunction memory(int megabytes) {
    memoryMegabytes = megabytes;
    return this;
  }

  /**
   * Initialised for a snapshot: the process runs its {@code beforeCheckpoint} hooks and waits, see
   * {@link LambdaProcess#restore}.
   */
  public LambdaFunction snapStart() {
    snapStart = true;
    return this;
  }

  /** Further options of the JVM, which win over Lambda's. */
  public LambdaFunction jvmOptions(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** What starts the program, such as {@code taskset -c 0}; it must become the program. */
  public LambdaFunction launcher(String... command) {
    launcher.addAll(List.of(command));
    return this;
  }

  /** Starts a process of its own. */
  public LambdaProcess start() throws IOException {
    return new LambdaProcess(this);
  }

  /** The whole command line. */
  List<String> command() {
    List<String> command = new ArrayList<>(launcher);
    command.add(executable);
    if (java) {
      command.addAll(lambdaOptions());
    }
    command.addAll(options);
    command.addAll(arguments);
    return command;
  }

  /** The folder with the function's code, where the process runs. */
  Path taskRoot() {
    return taskRoot;
  }

  /** All of the process's variables. */
  Map<String, String> variables(int runtimeApiPort) {
    Map<String, String> variables = new HashMap<>();
    variables.put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + runtimeApiPort);
    variables.put("LAMBDA_TASK_ROOT", taskRoot.toString());
    variables.put("AWS_LAMBDA_FUNCTION_NAME", "local");
    variables.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(memoryMegabytes));
    variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/local");
    variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    variables.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
    variables.put("AWS_LAMBDA_LOG_LEVEL", "INFO");
    variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", snapStart ? "snap-start" : "on-demand");
    variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
    variables.put("AWS_REGION", LocalS3.REGION);
    variables.put("AWS_DEFAULT_REGION", LocalS3.REGION);
    variables.put("LANG", "C.UTF-8");
    variables.put("TZ", ":UTC");
    variables.putAll(environment);
    return variables;
  }

  /**
   * What the managed runtimes pass to {@code java} (the command line of a java17 function, as
   * several public bootstrap scripts quote it), and since java25 the first compiler level only
   * without SnapStart (Lambda's announcement of Java 25). Left out: Lambda's own archive of shared
   * classes, for which the JDK's default one stands in. Added: the machine's memory is the
   * function's there, from which the JVM takes the heap's first size.
   */
  private List<String> lambdaOptions() {
    List<String> passed = new ArrayList<>();
    passed.add("-XX:MaxHeapSize=" + Math.round(memoryMegabytes * 1024 * HEAP_SHARE) + "k");
    // There the machine has no more, from which the JVM reckons the heap's first size.
    passed.add("-XX:MaxRAM=" + memoryMegabytes + "m");
    passed.add("-XX:+UseSerialGC");
    passed.add("-XX:+TieredCompilation");
    if (!snapStart) {
      passed.add("-XX:TieredStopAtLevel=1");
    }
    passed.add("--add-opens=java.base/java.io=ALL-UNNAMED");
    passed.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    passed.add("-Djava.net.preferIPv4Stack=true");
    NativeLibrary.option().ifPresent(passed::add);
    return passed;
  }

  private static String runtimeClassPath() {
    return Stream.of(
            AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
        .map(LambdaFunction::jarOf)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not from a jar: " + type, e);
    }
  }
}
