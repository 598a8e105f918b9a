package nyc311.medians;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;

/** A bucket that tells which keys were read and written, and lets something happen after a read. */
final class WatchedBucket implements Bucket {
  /** Something that may fail. */
  interface Action {
    void run() throws IOException;
  }

  private final Bucket bucket;
  private final Map<String, Action> afterNextGet = new HashMap<>();
  private final List<String> read = new CopyOnWriteArrayList<>();
  private final List<String> written = new CopyOnWriteArrayList<>();

  WatchedBucket(Bucket bucket) {
    this.bucket = bucket;
  }

  /** Has something happen once, between the next reading of a key and what follows it. */
  void afterNextGet(String key, Action action) {
    afterNextGet.put(key, action);
  }

  /** The keys that were opened for reading, in order. */
  List<String> read() {
    return read;
  }

  /** The keys that were written, in order; refused writes are not among them. */
  List<String> written() {
    return written;
  }

  @Override
  public Optional<StoredObject> get(String key) {
    read.add(key);
    Optional<StoredObject> object = bucket.get(key);
    Action action = afterNextGet.remove(key);
    if (action != null) {
      try {
        action.run();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return object;
  }

  @Override
  public Revalidation getIfChanged(String key, String etag) {
    return bucket.getIfChanged(key, etag);
  }

  @Override
  public Optional<ObjectHead> head(String key) {
    return bucket.head(key);
  }

  @Override
  public void put(
      String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
      throws IOException {
    bucket.put(key, content, metadata, expectedEtag);
    written.add(key);
  }

  @Override
  public List<ListedObject> list(String prefix, String after) {
    return bucket.list(prefix, after);
  }
}
