package nyc311.local;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request that a {@link FeedServer} received. Immutable.
 *
 * @param method such as {@code GET}
 * @param path such as {@code /resource/erm2-nwe9.json}
 * @param query the decoded query, such as {@code $limit} → {@code 1000}, in its order; what SODA 3
 *     has in its body, by the names of SODA 2
 * @param headers by name, in any case
 */
public record SeenRequest(
    String method, String path, Map<String, String> query, Map<String, List<String>> headers) {
  static SeenRequest of(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    // For whoever looks at the exchange again.
    exchange.setStreams(new ByteArrayInputStream(body), null);
    Map<String, String> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(
          decode(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }
    if (body.length > 0) {
      query.putAll(Soql.clauses(body));
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(exchange.getRequestHeaders());
    return new SeenRequest(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        Collections.unmodifiableMap(query),
        Collections.unmodifiableMap(headers));
  }

  /** The application token that came with it. */
  public Optional<String> appToken() {
    return Optional.ofNullable(headers.get("X-App-Token")).map(values -> values.get(0));
  }

  /** Whether it asked for the number of rows, not for rows. */
  public boolean isCount() {
    return selects("count");
  }

  /** Whether it asked for the newest row's timestamp. */
  public boolean isNewest() {
    return selects("max");
  }

  private boolean selects(String function) {
    return query.getOrDefault("$select", "").strip().toLowerCase(Locale.ROOT).startsWith(function);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
