package nyc311.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.local.Fault.Answer;

/**
 * New York's open data feed on this machine: {@code GET /resource/<dataset>.json} (SODA 2) and,
 * with an application token, {@code POST /api/v3/views/<dataset>/query.json} (SODA 3) on 127.0.0.1,
 * with the part of SoQL that {@link Soql} reads. Every dataset id has the same rows.
 *
 * <p>It is as unforgiving as the real feed: rows that {@code $order} does not tell apart come in
 * another order at each request (without {@code $order}, that is all of them), {@code $limit} is
 * 1,000 unless said otherwise, and timestamps with a zone are refused. Rows ordered by {@code :id},
 * counts and maxima are streamed; for any other order, one page and the keys of all matching rows
 * are held in memory.
 *
 * <p>For tests it records what it was asked, and can be told to misbehave. Thread-safe.
 */
public final class FeedServer implements AutoCloseable {
  private static final Pattern RESOURCE =
      Pattern.compile("/resource/[a-z0-9]{4}-[a-z0-9]{4}\\.json");
  private static final Pattern QUERY =
      Pattern.compile("/api/v3/views/[a-z0-9]{4}-[a-z0-9]{4}/query\\.json");

  /** What SODA 3 adds to each row. */
  private static final List<String> SYSTEM_COLUMNS =
      List.of(":id", ":version", ":created_at", ":updated_at");

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final String JSON_TYPE = "application/json;charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Without it, Nagle's algorithm holds each answer's last packet back: 44 ms instead of 2.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final FeedSource source;
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "feed");
            thread.setDaemon(true);
            return thread;
          });
  private final List<SeenRequest> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger shuffles = new AtomicInteger();
  private volatile Function<SeenRequest, Fault> faults = request -> Fault.none();

  /**
   * Starts to serve.
   *
   * @param source the rows
   * @param port the port on 127.0.0.1, or 0 for a free one
   * @throws IOException when the port is taken
   */
  public FeedServer(FeedSource source, int port) throws IOException {
    this.source = source;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Starts to serve on a free port. */
  public FeedServer(FeedSource source) throws IOException {
    this(source, 0);
  }

  /** The address of a dataset, such as {@code erm2-nwe9}. */
  public URI url(String dataset) {
    return address("/resource/" + dataset + ".json");
  }

  /** The address of a dataset for SODA 3. */
  public URI soda3Url(String dataset) {
    return address("/api/v3/views/" + dataset + "/query.json");
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** The requests received so far, in the order of their arrival. */
  public List<SeenRequest> requests() {
    return List.copyOf(requests);
  }

  /** From now on, each request has the fault that the function gives for it. */
  public void misbehave(Function<SeenRequest, Fault> faultOf) {
    faults = faultOf;
  }

  /** The next requests have these faults, one each; those after them have none. */
  public void misbehave(Fault... script) {
    Queue<Fault> queue = new ConcurrentLinkedQueue<>(Arrays.asList(script));
    faults = request -> Optional.ofNullable(queue.poll()).orElseGet(Fault::none);
  }

  /** Stops at once: clients that are being served see their connection end. */
  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    SeenRequest request = SeenRequest.of(exchange);
    requests.add(request);
    // An exception makes the server close the connection, in the middle of a body too.
    faults.apply(request).answer(exchange, answer(request));
  }

  private Answer answer(SeenRequest request) throws IOException {
    boolean soda3 = QUERY.matcher(request.path()).matches();
    if (!soda3 && !RESOURCE.matcher(request.path()).matches()) {
      return error(404, Map.of("code", "dataset.missing", "error", true, "message", "Not found"));
    }
    if (soda3 && request.appToken().isEmpty()) {
      return error(403, Map.of("code", "permission_denied", "error", true, "message", "No token"));
    }
    if (!request.method().equals(soda3 ? "POST" : "GET")) {
      return error(405, Map.of("code", "405", "error", true, "message", "Method Not Allowed"));
    }
    try {
      Soql query = Soql.parse(request.query());
      return new Answer(200, headers(query), out -> write(query, soda3, out));
    } catch (Soql.Refusal e) {
      return error(400, refusal(e));
    }
  }

  /** Socrata words the faults that its parser finds otherwise than those found later. */
  private static Map<String, Object> refusal(Soql.Refusal e) {
    return e.code().startsWith("query.compiler.")
        ? Map.of("code", e.code(), "error", true, "message", e.getMessage())
        : Map.of(
            "message",
            "Query coordinator error: " + e.code() + "; " + e.getMessage(),
            "errorCode",
            e.code(),
            "data",
            Map.of(e.code().endsWith("column") ? "column" : "value", e.culprit()));
  }

  private static Answer error(int status, Map<String, Object> body) throws IOException {
    return new Answer(
        status,
        Map.of("Content-Type", JSON_TYPE),
        (JSON.writeValueAsString(new TreeMap<>(body)) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> headers(Soql query) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Content-Type", JSON_TYPE);
    Optional<Instant> truth = source.truth(query.firstDay(), query.lastDay());
    truth
        .map(HTTP_DATE::format)
        .ifPresent(
            date -> {
              headers.put("Last-Modified", date);
              headers.put("X-SODA2-Truth-Last-Modified", date);
              headers.put("X-SODA2-Secondary-Last-Modified", date);
              headers.put("X-SODA2-Data-Out-Of-Date", "false");
            });
    return headers;
  }

  private void write(Soql query, boolean soda3, OutputStream out) throws IOException {
    RowWriter writer = new RowWriter(new BufferedOutputStream(out, 1 << 16), soda3);
    try {
      if (query.aggregate().isPresent()) {
        try (Stream<ObjectNode> rows = query.asksForNewest() ? newest(query) : matching(query)) {
          writer.write(query.aggregate().get().of(rows));
        }
      } else if (query.order().equals(List.of(new Soql.Order(Soql.ROW_ID, false)))) {
        try (Stream<ObjectNode> rows = matching(query)) {
          rows.skip(query.offset())
              .limit(query.limit())
              .forEachOrdered(row -> writer.write(query.project(row)));
        }
      } else {
        Arrays.stream(page(query)).forEachOrdered(writer::write);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    writer.end();
  }

  private Stream<ObjectNode> matching(Soql query) {
    return source.rows(query.firstDay(), query.lastDay()).filter(query::matches);
  }

  /** The rows of the newest day that has any; the days before it need not be read. */
  private Stream<ObjectNode> newest(Soql query) {
    return Stream.iterate(
            query.lastDay(), day -> !day.isBefore(query.firstDay()), day -> day.minusDays(1))
        .map(
            day -> {
              try (Stream<ObjectNode> rows = source.rows(day, day)) {
                return rows.filter(query::matches).toList();
              }
            })
        .filter(rows -> !rows.isEmpty())
        .findFirst()
        .stream()
        .flatMap(List::stream);
  }

  /** The page's rows: a first pass orders the keys of all rows, a second one fetches these. */
  private ObjectNode[] page(Soql query) {
    List<Keys> keys = new ArrayList<>();
    try (Stream<ObjectNode> rows = matching(query)) {
      rows.forEachOrdered(
          row ->
              keys.add(
                  new Keys(
                      keys.size(), query.order().stream().map(term -> term.key(row)).toList())));
    }
    Collections.shuffle(keys, new Random(shuffles.incrementAndGet()));
    comparator(query.order()).ifPresent(keys::sort);
    int from = (int) Math.min(query.offset(), keys.size());
    int to = (int) Math.min(from + query.limit(), keys.size());
    Map<Integer, Integer> places = new HashMap<>();
    for (int place = from; place < to; place++) {
      places.put(keys.get(place).ordinal(), place - from);
    }
    ObjectNode[] page = new ObjectNode[to - from];
    AtomicInteger ordinal = new AtomicInteger();
    try (Stream<ObjectNode> rows = matching(query)) {
      rows.forEachOrdered(
          row -> {
            Integer place = places.get(ordinal.getAndIncrement());
            if (place != null) {
              page[place] = query.project(row);
            }
          });
    }
    return page;
  }

  private static Optional<Comparator<Keys>> comparator(List<Soql.Order> order) {
    return IntStream.range(0, order.size())
        .mapToObj(i -> comparator(order.get(i), i))
        .reduce(Comparator::thenComparing);
  }

  private static Comparator<Keys> comparator(Soql.Order term, int index) {
    Comparator<Keys> ascending =
        term.column().equals(Soql.ROW_ID)
            ? Comparator.comparingInt(Keys::ordinal)
            : Comparator.comparing(keys -> keys.values().get(index));
    return term.descending() ? ascending.reversed() : ascending;
  }

  /** A matching row's place among them in the source, and its values to order by. */
  private record Keys(int ordinal, List<String> values) {}

  /** Writes an array, one row a line, as Socrata does. */
  private static final class RowWriter {
    private final OutputStream out;
    private final boolean withSystemColumns;
    private boolean first = true;

    RowWriter(OutputStream out, boolean withSystemColumns) {
      this.out = out;
      this.withSystemColumns = withSystemColumns;
    }

    void write(ObjectNode row) {
      try {
        out.write(first ? new byte[] {'['} : new byte[] {'\n', ','});
        ObjectNode written = row.objectNode();
        if (withSystemColumns) {
          SYSTEM_COLUMNS.forEach(column -> written.put(column, "row-1"));
        }
        out.write(JSON.writeValueAsBytes(written.setAll(row)));
        first = false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void end() throws IOException {
      out.write(first ? new byte[] {'[', ']', '\n'} : new byte[] {']', '\n'});
      out.flush();
    }
  }
}
