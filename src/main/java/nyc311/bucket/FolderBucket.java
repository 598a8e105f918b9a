package nyc311.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * A folder as a bucket: each object is a file, named for its key. Thread-safe; other processes that
 * write the same file at the same moment are not kept out, the last one wins.
 *
 * <p>A file appears as a whole or not at all. An object's metadata is beside it, in a file with
 * {@code .metadata} after its name, and holds for just the content that it was written with: of a
 * file that somebody replaced by hand it says nothing. Where there is no file {@code NAME} but
 * {@code NAME.gz}, that is the object, compressed, and stays so; where there are both, nobody knows
 * which is meant, and neither is read or written. Where there is a symbolic link, the file that it
 * leads to is written.
 *
 * <p>Whatever fails is thrown as an {@link UncheckedIOException}.
 */
public final class FolderBucket implements Bucket {
  private static final String METADATA = ".metadata";
  private static final String UNFINISHED = ".unfinished";
  private static final String GZIP = ".gz";

  /** In this process nobody writes between the look at an entity tag and the write. */
  private static final Object WRITING = new Object();

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

  /** What a file holds, decompressed; its size is the file's. */
  private static Content content(Path stored) throws IOException {
    Content content = Content.of(stored);
    if (!isGzip(stored)) {
      return content;
    }
    return new Content() {
      @Override
      public InputStream open() throws IOException {
        return GzipFile.open(stored);
      }

      @Override
      public long size() {
        return content.size();
      }
    };
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return reading(
        key, stored -> new StoredObject(head(key, stored, metadata(key)), content(stored).open()));
  }

  @Override
  public Revalidation getIfChanged(String key, Optional<String> etag) {
    Optional<String> current = etag(key);
    if (current.isPresent() && current.equals(etag)) {
      return new Revalidation.Unchanged();
    }
    return get(key)
        .<Revalidation>map(Revalidation.Changed::new)
        .orElseGet(Revalidation.Missing::new);
  }

  @Override
  public Optional<ObjectHead> head(String key) {
    return reading(key, stored -> head(key, stored, metadata(key)));
  }

  private Optional<String> etag(String key) {
    return reading(key, stored -> head(key, stored, Map.of()).etag());
  }

  private static ObjectHead head(String key, Path stored, Map<String, String> metadata)
      throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(stored, BasicFileAttributes.class);
    return new ObjectHead(
        key,
        attributes.lastModifiedTime().toInstant() + "-" + attributes.size(),
        attributes.lastModifiedTime().toInstant(),
        attributes.size(),
        metadata);
  }

  /** One line each, like {@code collected-at: 2019-07-24T01:05:27Z}. */
  private Map<String, String> metadata(String key) throws IOException {
    Path beside = beside(file(key), METADATA);
    Optional<Path> stored = stored(key);
    if (stored.isEmpty() || !Files.isRegularFile(beside)) {
      return Map.of();
    }
    Map<String, String> metadata = new HashMap<>();
    for (String line : Files.readAllLines(beside)) {
      String[] nameAndValue = line.split(": ", 2);
      if (nameAndValue.length == 2) {
        metadata.put(nameAndValue[0], nameAndValue[1]);
      }
    }
    return content(stored.get()).sha256().equals(metadata.get(Keys.CONTENT_SHA256))
        ? metadata
        : Map.of();
  }

  @Override
  public void put(
      String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    synchronized (WRITING) {
      if (!etag(key).equals(expectedEtag)) {
        throw new WriteConflictException(key, null);
      }
      Path stored = stored(key).orElse(file(key));
      Path file = Symlinks.followed(stored);
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new IOException("not a file: " + file);
      }
      Path folder = file.getParent();
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      Path beside = Symlinks.followed(beside(file(key), METADATA));
      try {
        if (!metadata.isEmpty()) {
          Files.write(beside(beside, UNFINISHED), lines(metadata, content));
        }
        try (InputStream in = content.open();
            OutputStream plain = Files.newOutputStream(beside(file, UNFINISHED));
            OutputStream out = isGzip(stored) ? new GZIPOutputStream(plain) : plain) {
          in.transferTo(out);
        }
        // Between these two, what is beside the file is of another content, and says nothing.
        if (metadata.isEmpty()) {
          Files.deleteIfExists(beside);
        } else {
          Files.move(beside(beside, UNFINISHED), beside, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(beside(file, UNFINISHED), file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(beside(beside, UNFINISHED));
        Files.deleteIfExists(beside(file, UNFINISHED));
      }
    }
  }

  private static List<String> lines(Map<String, String> metadata, Content content)
      throws IOException {
    Map<String, String> lines = new TreeMap<>(metadata);
    lines.put(Keys.CONTENT_SHA256, content.sha256());
    return lines.entrySet().stream().map(line -> line.getKey() + ": " + line.getValue()).toList();
  }

  /** Lists what is in one folder: keys with a further {@code /} after the prefix are left out. */
  @Override
  public List<ListedObject> list(String keyPrefix, String after) {
    String parent = keyPrefix.substring(0, keyPrefix.lastIndexOf('/') + 1);
    try (Stream<Path> files = Files.list(file(parent))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(METADATA) && !name.endsWith(UNFINISHED))
          .map(name -> parent + (name.endsWith(GZIP) ? stem(name) : name))
          .filter(key -> key.startsWith(keyPrefix) && key.compareTo(after) > 0)
          .distinct()
          .sorted()
          .flatMap(key -> etag(key).stream().map(etag -> new ListedObject(key, etag)))
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
