package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question in Socrata's query language (SoQL), and how it is put to a dataset: by the address of
 * a resource, {@code /resource/ID.json}, as SODA 2; by that of a view's query, {@code
 * /api/v3/views/ID/query.json}, as SODA 3.
 *
 * @param order empty: in any order
 * @param limit the most rows that the answer may have
 */
record FeedQuery(String select, String where, String order, int limit) {
  static final String TOKEN_HEADER = "X-App-Token";
  private static final Pattern SODA_3 = Pattern.compile("/api/v3/views/([^/]+)/query\\.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Requires that questions can be put to a dataset.
   *
   * @throws IllegalArgumentException when its address is of SODA 3, and not as it should be, or
   *     there is no token
   */
  static void requireAskable(URI dataset, Optional<String> appToken) {
    boolean soda3 = SODA_3.matcher(dataset.getPath()).matches();
    if (!soda3 && dataset.getPath().startsWith("/api/")) {
      throw new IllegalArgumentException(
          "the feed's address must be /resource/ID.json or /api/v3/views/ID/query.json: "
              + dataset);
    }
    if (soda3 && appToken.isEmpty()) {
      throw new IllegalArgumentException(
          "the feed's address is of SODA 3, which needs an application token (FEED_APP_TOKEN), or"
              + " else must be /resource/ID.json: "
              + dataset);
    }
  }

  /**
   * The request for a dataset.
   *
   * @param appToken where there is none, SODA 3 would refuse: the dataset is asked by SODA 2
   */
  HttpRequest at(URI dataset, Optional<String> appToken) {
    Matcher soda3 = SODA_3.matcher(dataset.getPath());
    HttpRequest.Builder request = HttpRequest.newBuilder();
    if (!soda3.matches()) {
      request.uri(soda2(dataset));
    } else if (appToken.isEmpty()) {
      request.uri(soda2(dataset.resolve("/resource/" + soda3.group(1) + ".json")));
    } else {
      request
          .uri(dataset)
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(soda3()));
    }
    appToken.ifPresent(token -> request.header(TOKEN_HEADER, token));
    return request.header("Accept", "application/json").header("User-Agent", "nyc311").build();
  }

  private URI soda2(URI resource) {
    String ordered = order.isEmpty() ? "" : "&$order=" + encoded(order);
    return URI.create(
        resource
            + "?$select="
            + encoded(select)
            + "&$where="
            + encoded(where)
            + ordered
            + "&$limit="
            + limit);
  }

  private static String encoded(String clause) {
    return URLEncoder.encode(clause, UTF_8);
  }

  private String soda3() {
    String ordered = order.isEmpty() ? "" : " ORDER BY " + order;
    ObjectNode body =
        JSON.createObjectNode()
            .put("query", "SELECT " + select + " WHERE " + where + ordered + " LIMIT " + limit)
            .put("includeSynthetic", false);
    body.putObject("page").put("pageNumber", 1).put("pageSize", limit);
    return body.toString();
  }
}
