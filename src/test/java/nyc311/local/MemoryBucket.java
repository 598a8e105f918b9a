package nyc311.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;

/** A bucket without S3: what costs time with it is the program's own. */
public final class MemoryBucket implements Bucket {
  /** Of all buckets, so that no two contents ever have the same entity tag. */
  private static final AtomicLong WRITES = new AtomicLong();

  private final NavigableMap<String, Entry> objects = new ConcurrentSkipListMap<>();

  /** With nothing in it. */
  public MemoryBucket() {}

  private record Entry(ObjectHead head, Content content) {
    StoredObject open() {
      try {
        return new StoredObject(head, content.open());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** With the medians and the model that come with the repository. */
  public static MemoryBucket published() throws IOException {
    MemoryBucket bucket = new MemoryBucket();
    for (Map.Entry<String, Path> object : publishedFiles().entrySet()) {
      bucket.write(object.getKey(), Content.of(Files.readAllBytes(object.getValue())));
    }
    return bucket;
  }

  /** The files of the medians and the model that come with the repository, by key. */
  public static Map<String, Path> publishedFiles() throws IOException {
    Path model = Path.of("model");
    NavigableMap<String, Path> files = new ConcurrentSkipListMap<>();
    files.put(Keys.MEDIANS, model.resolve("medians.json"));
    try (Stream<Path> objects = Files.list(model.resolve(Keys.MODELS))) {
      objects.forEach(file -> files.put(model.relativize(file).toString(), file));
    }
    return files;
  }

  /** Writes what is under one key under another one too. */
  public void copy(String key, String target) {
    write(target, objects.get(key).content);
  }

  /** Takes over another bucket's object, its entity tag included. */
  public void take(MemoryBucket from, String key) {
    objects.put(key, from.objects.get(key));
  }

  /** Removes what is under a key. */
  public void delete(String key) {
    objects.remove(key);
  }

  /** Writes in any case. The content is opened at each reading. */
  public void write(String key, Content content) {
    write(key, content, Map.of());
  }

  private void write(String key, Content content, Map<String, String> metadata) {
    String etag = "etag-" + WRITES.incrementAndGet();
    objects.put(
        key,
        new Entry(new ObjectHead(key, etag, Instant.now(), content.size(), metadata), content));
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return Optional.ofNullable(objects.get(key)).map(Entry::open);
  }

  @Override
  public Optional<ObjectHead> head(String key) {
    return Optional.ofNullable(objects.get(key)).map(Entry::head);
  }

  @Override
  public synchronized void put(
      String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    if (!head(key).map(ObjectHead::etag).equals(expectedEtag)) {
      throw new WriteConflictException(key, null);
    }
    try (InputStream in = content.open()) {
      write(key, Content.of(in.readAllBytes()), metadata);
    }
  }

  @Override
  public List<ListedObject> list(String prefix, String after) {
    return objects.tailMap(after.compareTo(prefix) < 0 ? prefix : after, false).values().stream()
        .takeWhile(entry -> entry.head.key().startsWith(prefix))
        .map(entry -> new ListedObject(entry.head.key(), entry.head.etag()))
        .toList();
  }
}
