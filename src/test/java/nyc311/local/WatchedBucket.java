package nyc311.local;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.Revalidation;
import nyc311.bucket.StoredObject;

/** A bucket that tells which keys were read and written, and lets something happen after a read. */
public final class WatchedBucket implements Bucket {
  /** Something that may fail. */
  public interface Action {
    void run() throws IOException;
  }

  private final Bucket bucket;
  private final Map<String, Action> afterNextGet = new ConcurrentHashMap<>();
  private final List<String> read = new CopyOnWriteArrayList<>();
  private final List<String> written = new CopyOnWriteArrayList<>();

  /** Watches what goes to another bucket. */
  public WatchedBucket(Bucket bucket) {
    this.bucket = bucket;
  }

  /** Has something happen once, between the next reading of a key and what follows it. */
  public void afterNextGet(String key, Action action) {
    afterNextGet.put(key, action);
  }

  /** The keys that were opened for reading, in order. */
  public List<String> read() {
    return read;
  }

  /** The keys that were written, in order; refused writes are not among them. */
  public List<String> written() {
    return written;
  }

  @Override
  public Optional<StoredObject> get(String key) {
    Optional<StoredObject> object = bucket.get(key);
    noteRead(key);
    return object;
  }

  private void noteRead(String key) {
    read.add(key);
    Action action = afterNextGet.remove(key);
    if (action != null) {
      try {
        action.run();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public Revalidation getIfChanged(String key, Optional<String> etag) {
    Revalidation answer = bucket.getIfChanged(key, etag);
    noteRead(key);
    return answer;
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
