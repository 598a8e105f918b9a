package nyc311.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder as a bucket: each object is a file, named for its key, and its entity tag is the SHA-256
 * of its content. Thread-safe; other processes that write the same file at the same moment are not
 * kept out, the last one wins.
 *
 * <p>A file appears as a whole or not at all. An object's metadata is beside it, in a file with
 * {@code .metadata} after its name, and holds for just the content that it was written with: of a
 * file that somebody replaced by hand it says nothing. Where there is no file {@code NAME} but
 * {@code NAME.gz}, that is the object, compressed, and stays so; where there are both, nobody knows
 * which is meant, and neither is read or written. Where there is a symbolic link, the file that it
 * leads to is written.
 *
 * <p>Whatever cannot be read is thrown as an {@link UncheckedIOException}.
 */
public final class FolderBucket implements Bucket {
  private static final String METADATA = ".metadata";
  private static final String GZIP = ".gz";
  private static final String UNTAGGED = "untagged";

  /** In this process nobody writes between the look at an entity tag and the write. */
  private static final Object WRITING = new Object();

  /** Of what is listed: a day's folder and the files in it. */
  private static final int MAX_DEPTH = 2;

  private final Path folder;
  private final String prefix;

  /** A folder that is laid out like the whole bucket. It is made when something is written. */
  public FolderBucket(Path folder) {
    this(folder, "");
  }

  /**
   * A folder that holds a part of the bucket.
   *
   * @param prefix what the keys of all files in it start with, and their names do not
   */
  public FolderBucket(Path folder, String prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  private Path file(String key) {
    if (!key.startsWith(prefix)) {
      throw new IllegalArgumentException("key must begin with " + prefix + ": " + key);
    }
    return folder.resolve(key.substring(prefix.length()));
  }

  /** The file that has an object's content, compressed or not; empty when there is none. */
  private Optional<Path> stored(String key) throws IOException {
    Path file = file(key);
    List<Path> found = Stream.of(file, beside(file, GZIP)).filter(Files::isRegularFile).toList();
    if (found.size() > 1) {
      throw new IOException(found.get(0) + " and " + found.get(1) + " are both there: remove one");
    }
    return found.stream().findFirst();
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static boolean isGzip(Path stored) {
    return stored.toString().endsWith(GZIP);
  }

  private static InputStream open(Path stored) throws IOException {
    return isGzip(stored) ? GzipFile.open(stored) : Files.newInputStream(stored);
  }

  private static String sha256(Path stored) throws IOException {
    try (InputStream in = open(stored)) {
      return Content.sha256(in);
    }
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return reading(key, stored -> new StoredObject(head(key, stored, true), open(stored)));
  }

  /**
   * Opens an object for reading like {@link #get}. Its entity tag may not be its own, which would
   * take reading all of a raw day beforehand.
   */
  public Optional<StoredObject> getUntagged(String key) {
    return reading(key, stored -> new StoredObject(head(key, stored, false), open(stored)));
  }

  @Override
  public Optional<ObjectHead> head(String key) {
    return reading(key, stored -> head(key, stored, true));
  }

  private ObjectHead head(String key, Path stored, boolean tagged) throws IOException {
    Map<String, String> noted = noted(key);
    String etag = tagged || !noted.isEmpty() ? sha256(stored) : UNTAGGED;
    return new ObjectHead(
        key,
        etag,
        Files.getLastModifiedTime(stored).toInstant(),
        Files.size(stored),
        etag.equals(noted.get(Keys.CONTENT_SHA256)) ? noted : Map.of());
  }

  /** What is beside a file, of whatever content: lines like {@code collected-at: 2019-07-24…}. */
  private Map<String, String> noted(String key) throws IOException {
    Path beside = beside(file(key), METADATA);
    if (!Files.isRegularFile(beside)) {
      return Map.of();
    }
    return Files.readAllLines(beside).stream()
        .map(line -> line.split(": ", 2))
        .filter(line -> line.length == 2)
        .collect(Collectors.toMap(line -> line[0], line -> line[1], (first, last) -> last));
  }

  @Override
  public void put(
      String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    synchronized (WRITING) {
      if (!head(key).map(ObjectHead::etag).equals(expectedEtag)) {
        throw new WriteConflictException(key, null);
      }
      Path stored = stored(key).orElse(file(key));
      try (UnfinishedFile next =
          UnfinishedFile.of(Symlinks.followed(stored), content, isGzip(stored))) {
        if (!metadata.isEmpty()) {
          // Until the file is finished, this is of another content than its, and says nothing.
          note(key, metadata, content);
        }
        next.finish();
      }
    }
  }

  private void note(String key, Map<String, String> metadata, Content content) throws IOException {
    Map<String, String> lines = new TreeMap<>(metadata);
    lines.put(Keys.CONTENT_SHA256, content.sha256());
    String text =
        lines.entrySet().stream()
            .map(line -> line.getKey() + ": " + line.getValue() + "\n")
            .collect(Collectors.joining());
    Path beside = Symlinks.followed(beside(file(key), METADATA));
    try (UnfinishedFile next = UnfinishedFile.of(beside, Content.of(text.getBytes(UTF_8)), false)) {
      next.finish();
    }
  }

  /** Lists what is in one folder: keys with a further {@code /} after the prefix are left out. */
  @Override
  public List<ListedObject> list(String keyPrefix, String after) {
    return keys(keyPrefix).stream()
        .filter(key -> key.compareTo(after) > 0)
        .flatMap(key -> head(key).stream())
        .map(head -> new ListedObject(head.key(), head.etag()))
        .toList();
  }

  /** The keys of such a list, in ascending order. No file is read. */
  public List<String> keys(String keyPrefix) {
    String parent = keyPrefix.substring(0, keyPrefix.lastIndexOf('/') + 1);
    Path root = file(parent);
    try (Stream<Path> files = Files.walk(root, MAX_DEPTH)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace(File.separatorChar, '/'))
          .filter(name -> !name.endsWith(METADATA) && !name.endsWith(UnfinishedFile.SUFFIX))
          .map(name -> parent + (name.endsWith(GZIP) ? stem(name) : name))
          .filter(key -> key.startsWith(keyPrefix) && reading(key, stored -> stored).isPresent())
          .distinct()
          .sorted()
          .toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stem(String name) {
    return name.substring(0, name.length() - GZIP.length());
  }

  private interface Reading<T> {
    T read(Path stored) throws IOException;
  }

  private <T> Optional<T> reading(String key, Reading<T> reading) {
    try {
      Optional<Path> stored = stored(key);
      return stored.isPresent() ? Optional.of(reading.read(stored.get())) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // Those of the file system say no more than a name, but by their kind.
      String problem = e instanceof FileSystemException ? e.toString() : e.getMessage();
      throw new UncheckedIOException("cannot read " + key + " in " + folder + ": " + problem, e);
    }
  }
}
