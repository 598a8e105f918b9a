package nyc311.local;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The runtime interface client's native library. Left to itself, the client unpacks it into one
 * place for the whole machine, where two that start at the same moment meet; Lambda tells it where
 * the library is, and so is it told here.
 */
final class NativeLibrary {
  private static final String PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";
  private static final Optional<Path> UNPACKED = unpacked();

  private NativeLibrary() {}

  /** The option that tells the client; empty where only the client itself knows which one fits. */
  static Optional<String> option() {
    return UNPACKED.map(path -> "-D" + PROPERTY + "=" + path);
  }

  private static Optional<Path> unpacked() {
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    boolean musl =
        Stream.of("x86_64", "aarch64")
            .anyMatch(machine -> Files.exists(Path.of("/lib/ld-musl-" + machine + ".so.1")));
    if (musl) {
      return Optional.empty();
    }
    String name = "/jni/libaws-lambda-jni.linux-" + architecture + ".so";
    try (InputStream library = AWSLambda.class.getResourceAsStream(name)) {
      if (library == null) {
        throw new FileNotFoundException("the runtime interface client has no " + name);
      }
      Path copy = Files.createTempFile("libaws-lambda-jni-", ".so");
      copy.toFile().deleteOnExit();
      Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
      return Optional.of(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
