package nyc311.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** What a person names to be written to may be more than a file. */
class OutputFileTest {
  @TempDir private Path folder;

  @Test
  void aFileIsReplacedAsAWholeAndItsFolderIsMade() throws IOException {
    Path file = folder.resolve("a/b/out.json");

    write(file, "a long first text");
    Path before = Files.createLink(folder.resolve("before"), file);
    write(file, "second");

    assertThat(file).hasContent("second");
    assertThat(before).as("what a reader had open").hasContent("a long first text");
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void whatALinkLeadsToIsWrittenAndTheLinkStays() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real"));
    Path folderLink = Files.createSymbolicLink(folder.resolve("folder"), Path.of("real"));
    Path link = Files.createSymbolicLink(real.resolve("link"), Path.of("../real/target"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("outer"), folderLink.resolve("link"));

    write(linkToLink, "where there was nothing");
    assertThat(real.resolve("target")).hasContent("where there was nothing");

    write(linkToLink, "again");
    assertThat(real.resolve("target")).hasContent("again");
    assertThat(linkToLink).isSymbolicLink();
    assertThat(link).isSymbolicLink();
    assertThat(Files.isRegularFile(real.resolve("target"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void linksThatLeadNowhereAreAnError() throws IOException {
    Path round = folder.resolve("round");
    Files.createSymbolicLink(round, Path.of("round"));

    assertThatThrownBy(() -> write(round, "text"))
        .isInstanceOf(IOException.class)
        .hasMessage(round + ": too many symbolic links");
    assertThat(round).isSymbolicLink();
  }

  @Test
  void aPipeIsWrittenInto() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                return e.toString();
              }
            });

    write(pipe, "through the pipe");

    assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo("through the pipe");
    assertThat(Files.readAttributes(pipe, "isOther")).containsEntry("isOther", true);
  }

  @Test
  void aDeviceIsWrittenInto() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));

    write(link, "text");

    assertThat(link).isSymbolicLink();
    assertThat(Files.readAttributes(link, "isOther")).containsEntry("isOther", true);
    // What clears the folder warns of links that lead out of it.
    Files.delete(link);
  }

  @Test
  void aFolderIsRefused() {
    assertThatThrownBy(() -> OutputFile.of(folder.toString()))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("must be a file, not a folder: " + folder);
  }

  private static void write(Path file, String text) throws IOException {
    OutputFile.of(file.toString()).write(text.getBytes(UTF_8));
  }
}
