package nyc311;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the shaded jar, and what is not. */
class JarContentIT {
  private static final Path JAR = Path.of(System.getProperty("nyc311.jar"));
  private static final String CLASS = ".class";

  /** Left out, named by others, and yet not missed. */
  private static final Pattern NOT_MISSED =
      Pattern.compile(
          String.join(
              "|",
              // Holders of constants, which the compiler has copied to where they are used.
              ".*/(DateTimeConstants|JsonTokenId|EventConstants|ChecksumConstant|ProfileProperty)",
              ".*/(Header|AwsHeader|HttpStatusCode|BearerAuthScheme|VersionInfo)",
              ".*/(ServiceVersionInfo|Tribuo)",
              // Asked for by name, and done without where they are not: Jackson's for what is in
              // XML
              // or SQL, protobuf's for messages without methods, the SDK's for other services.
              "com/fasterxml/jackson/databind/(ext|ser/std)/.*(XML|DOM|Sql|Java7).*",
              "com/google/protobuf/.*(SchemaFull|UnknownFieldSetSchema|DescriptorMessageInfoFactory)",
              "software/amazon/awssdk/.*/(Sts|Apache5|HttpAuthAwsEventStream).*",
              // Exports models to another format, when asked to.
              "ai/onnx/.*"));

  @Test
  void itIsSmallAndHoldsNothingOfTheTests() throws IOException {
    assertThat(Files.size(JAR)).isLessThanOrEqualTo(15_000_000);
    assertThat(names(JAR))
        .contains(
            "nyc311/predict/PredictHandler.class",
            "nyc311/collect/CollectHandler.class",
            "nyc311/medians/MediansHandler.class",
            "nyc311/train/TrainHandler.class",
            "META-INF/NOTICE")
        .noneMatch(
            name ->
                name.matches(
                    "(nyc311/local/|org/junit/|org/gaul/|org/assertj/|ch/qos/"
                        + "|org/yaml/|com/amazonaws/services/lambda/runtime/api/client/).*"))
        .noneMatch(name -> name.startsWith("nyc311/") && name.contains("Test"));
  }

  /**
   * A class that was left out would be missed when another is linked to it, or finds it by its
   * name. Both have that name among their constants.
   */
  @Test
  void noClassNamesOneThatWasLeftOut() throws IOException {
    Set<String> kept = classes(JAR);
    Set<String> leftOut = new HashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path library = Path.of(entry);
      if (entry.endsWith(".jar") && !Files.isSameFile(library, JAR)) {
        leftOut.addAll(classes(library));
      }
    }
    leftOut.removeAll(kept);
    assertThat(leftOut).hasSizeGreaterThan(1_000);

    Set<String> missed = new TreeSet<>();
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (String name : kept) {
        try (InputStream content = jar.getInputStream(jar.getEntry(name + CLASS))) {
          constants(content).stream()
              .map(constant -> constant.replace('.', '/'))
              .filter(leftOut::contains)
              .filter(other -> !NOT_MISSED.matcher(other).matches())
              .forEach(other -> missed.add(name + " names " + other));
        }
      }
    }

    assertThat(missed).isEmpty();
  }

  private static Set<String> classes(Path jar) throws IOException {
    return names(jar).stream()
        .filter(name -> name.endsWith(CLASS))
        .map(name -> name.substring(0, name.length() - CLASS.length()))
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        Stream<String> names = file.stream().map(ZipEntry::getName)) {
      return names.collect(Collectors.toSet());
    }
  }

  /** The texts among a class file's constants (Java Virtual Machine Specification, 4.4). */
  private static Set<String> constants(InputStream classFile) throws IOException {
    Set<String> texts = new HashSet<>();
    DataInputStream input = new DataInputStream(new BufferedInputStream(classFile));
    input.skipNBytes(8);
    int left = input.readUnsignedShort() - 1;
    while (left > 0) {
      int tag = input.readUnsignedByte();
      switch (tag) {
        case 1 -> texts.add(input.readUTF());
        case 5, 6 -> input.skipNBytes(8);
        case 7, 8, 16, 19, 20 -> input.skipNBytes(2);
        case 15 -> input.skipNBytes(3);
        default -> input.skipNBytes(4);
      }
      // A long or double counts twice.
      left -= tag == 5 || tag == 6 ? 2 : 1;
    }
    return texts;
  }
}
