package nyc311.collect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/**
 * A question in Socrata's query language (SoQL), and how it is put to a resource (SODA 2).
 *
 * @param order empty: in any order
 * @param limit the most rows that the answer may have
 */
record FeedQuery(String select, String where, String order, int limit) {
  /** The address that has the question. */
  URI at(URI resource) {
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
}
