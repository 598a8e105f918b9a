package nyc311.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import nyc311.bucket.Bucket.ListedObject;
import nyc311.requests.RawDays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder keeps what a bucket promises: whole objects, their metadata, conditional writes. */
class FolderBucketTest {
  private static final String DAY = Keys.rawDay(LocalDate.parse("2019-07-01"));
  private static final Map<String, String> COLLECTED =
      Map.of(Keys.COLLECTED_AT, "2019-07-24T01:05:27Z");

  @TempDir private Path folder;
  private Bucket bucket;

  @BeforeEach
  void ofRawDays() {
    bucket = new FolderBucket(folder, Keys.RAW_DAYS);
  }

  @Test
  void whatWasWrittenIsReadWithItsMetadata() throws IOException {
    put("[1]", COLLECTED, Optional.empty());

    assertThat(folder.resolve("2019-07-01.json")).hasContent("[1]");
    assertThat(content()).isEqualTo("[1]");
    assertThat(bucket.head(DAY).orElseThrow().metadata()).containsAllEntriesOf(COLLECTED);
    assertThat(bucket.list(Keys.RAW_DAYS, "")).extracting(ListedObject::key).containsExactly(DAY);
    assertThat(bucket.list(Keys.RAW_DAYS, DAY)).isEmpty();
  }

  @Test
  void onlyTheStateThatWasSeenIsReplaced() throws IOException {
    put("[1]", Map.of(), Optional.empty());
    Optional<String> seen = bucket.head(DAY).map(ObjectHead::etag);
    put("[1,2]", Map.of(), seen);

    for (Optional<String> stale : List.of(seen, Optional.<String>empty())) {
      assertThatThrownBy(() -> put("[1,2,3]", Map.of(), stale))
          .isInstanceOf(WriteConflictException.class)
          .hasMessageContaining(DAY);
    }
    assertThat(content()).isEqualTo("[1,2]");
  }

  /** However fast they follow each other, and however long they are. */
  @Test
  void everyContentHasATagOfItsOwn() throws IOException {
    Set<String> tags = new HashSet<>();
    Optional<String> seen = Optional.empty();
    for (int i = 1_000; i < 3_000; i++) {
      put("[" + i + "]", Map.of(), seen);
      seen = bucket.head(DAY).map(ObjectHead::etag);
      tags.add(seen.orElseThrow());
    }
    assertThat(tags).hasSize(2_000);
  }

  @Test
  void metadataSayNothingOfAFileThatSomebodyReplaced() throws IOException {
    put("[1]", COLLECTED, Optional.empty());

    Files.writeString(folder.resolve("2019-07-01.json"), "[2]");

    assertThat(bucket.head(DAY).orElseThrow().metadata()).isEmpty();
    try (StoredObject day = RawDays.in(folder).open(LocalDate.parse("2019-07-01"))) {
      assertThat(day.head().metadata()).isEmpty();
    }
  }

  @Test
  void aCompressedFileIsTheObjectAndKeepsItsMetadata() throws IOException {
    put("[1]", COLLECTED, Optional.empty());
    Files.delete(folder.resolve("2019-07-01.json"));
    Files.write(folder.resolve("2019-07-01.json.gz"), gzip("[1]"));

    assertThat(content()).isEqualTo("[1]");
    assertThat(bucket.head(DAY).orElseThrow().metadata()).containsAllEntriesOf(COLLECTED);
    assertThat(bucket.list(Keys.RAW_DAYS, "")).extracting(ListedObject::key).containsExactly(DAY);
  }

  @Test
  void whatIsCompressedStaysSoWhenItIsReplaced() throws IOException {
    Files.write(folder.resolve("2019-07-01.json.gz"), gzip("[1]"));

    put("[1,2]", COLLECTED, bucket.head(DAY).map(ObjectHead::etag));

    assertThat(content()).isEqualTo("[1,2]");
    assertThat(bucket.head(DAY).orElseThrow().metadata()).containsAllEntriesOf(COLLECTED);
    assertThat(folder.resolve("2019-07-01.json")).doesNotExist();
  }

  @Test
  void anObjectThatIsThereTwiceIsNeitherReadNorWritten() throws IOException {
    Path plain = Files.writeString(folder.resolve("2019-07-01.json"), "[1]");
    Path compressed = Files.write(folder.resolve("2019-07-01.json.gz"), gzip("[2]"));

    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> bucket.get(DAY),
            () -> bucket.head(DAY),
            () -> bucket.list(Keys.RAW_DAYS, ""),
            () -> put("[3]", Map.of(), Optional.empty()))) {
      assertThatThrownBy(use)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageEndingWith(plain + " and " + compressed + " are both there: remove one");
    }
  }

  @Test
  void aDamagedCompressedFileIsNamed() throws IOException {
    Path file = folder.resolve("2019-07-01.json.gz");
    byte[] whole = gzip("[1]".repeat(9_999));
    for (int length : List.of(0, 1, 5, whole.length / 2, whole.length - 1)) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(this::content)
          .as("%d bytes", length)
          .hasMessageEndingWith(file + ": its gzip ends too early");
    }
    for (String text : List.of("[1] is no gzip", "\u001f")) {
      Files.writeString(file, text);
      assertThatThrownBy(this::content)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("gzip");
    }
    whole[whole.length / 2]++;
    whole[whole.length / 2 + 1]++;
    Files.write(file, whole);
    assertThatThrownBy(this::content).hasMessageContaining(file + ": is no gzip, or a damaged one");
  }

  @Test
  void whatALinkLeadsToIsWrittenAndTheLinkStays() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
    Path day = elsewhere.resolve("2019-07-01.json");
    Files.createSymbolicLink(day, Path.of("stored"));
    bucket = new FolderBucket(link, Keys.RAW_DAYS);

    put("[1]", COLLECTED, Optional.empty());
    put("[1,2]", COLLECTED, bucket.head(DAY).map(ObjectHead::etag));

    assertThat(link).isSymbolicLink();
    assertThat(day).isSymbolicLink();
    assertThat(elsewhere.resolve("stored")).hasContent("[1,2]");
    assertThat(bucket.head(DAY).orElseThrow().metadata()).containsAllEntriesOf(COLLECTED);
  }

  @Test
  void whatIsNoFileIsNotReplaced() throws Exception {
    Path pipe = folder.resolve("2019-07-01.json");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> put("[1]", Map.of(), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessage("not a file: " + pipe);
    assertThat(Files.readAttributes(pipe, "isOther")).containsEntry("isOther", true);
  }

  @Test
  void aWriteThatFailsHalfwayLeavesTheOldFileAndNothingElse() throws IOException {
    put("[1]", COLLECTED, Optional.empty());
    Optional<String> seen = bucket.head(DAY).map(ObjectHead::etag);

    assertThatThrownBy(() -> bucket.put(DAY, new Content(BreaksOff::new, 3), Map.of(), seen))
        .isInstanceOf(IOException.class)
        .hasMessage("broken off");

    assertThat(content()).isEqualTo("[1]");
    assertThat(bucket.head(DAY).orElseThrow().metadata()).containsAllEntriesOf(COLLECTED);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".unfinished"));
    }
  }

  @Test
  void aFolderThatIsNotThereIsEmpty() {
    Bucket absent = new FolderBucket(folder.resolve("absent"));

    assertThat(absent.list(Keys.RAW_DAYS, "")).isEmpty();
    assertThat(absent.head(Keys.MEDIANS)).isEmpty();
    assertThat(absent.get(Keys.MEDIANS)).isEmpty();
    assertThat(absent.getIfChanged(Keys.MEDIANS, Optional.of("etag")))
        .isInstanceOf(Revalidation.Missing.class);
  }

  /** Two bytes, and then a fault. */
  private static final class BreaksOff extends InputStream {
    private int read;

    @Override
    public int read() throws IOException {
      if (read++ == 2) {
        throw new IOException("broken off");
      }
      return '[';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      bytes[offset] = (byte) read();
      return 1;
    }
  }

  private void put(String content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    bucket.put(DAY, Content.of(content.getBytes(StandardCharsets.UTF_8)), metadata, expectedEtag);
  }

  private String content() throws IOException {
    try (StoredObject object = bucket.get(DAY).orElseThrow()) {
      return new String(object.content().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
