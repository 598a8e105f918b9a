package nyc311.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a {@link FeedServer} takes its service requests from. Safe for concurrent use. */
public interface FeedSource {
  /**
   * The rows created from one New York day to another, in the feed's own order, the same at each
   * call. It may give rows of other days too: the server applies the query's filter to all. The
   * caller closes the stream; reading errors are thrown as {@link java.io.UncheckedIOException}.
   *
   * @param first the first day, at the earliest {@link LocalDate#MIN}
   * @param last the last day, included, at the latest {@link LocalDate#MAX}
   */
  Stream<ObjectNode> rows(LocalDate first, LocalDate last);

  /** The instant that the data of these days dates from; empty when it is not known. */
  Optional<Instant> truth(LocalDate first, LocalDate last);

  /** These rows, known at that instant. */
  static FeedSource of(List<ObjectNode> rows, Instant truth) {
    List<ObjectNode> copy = List.copyOf(rows);
    return new FeedSource() {
      @Override
      public Stream<ObjectNode> rows(LocalDate first, LocalDate last) {
        return copy.stream();
      }

      @Override
      public Optional<Instant> truth(LocalDate first, LocalDate last) {
        return Optional.of(truth);
      }
    };
  }
}
