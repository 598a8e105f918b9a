package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nyc311.json.JsonFault;

/**
 * What matters of an HTTP API's or a Function URL's event, payload format 2.0. The query arrives
 * decoded, the path too, but from a Function URL.
 *
 * @param method such as {@code GET}
 * @param path beginning with a slash, decoded, without the stage and a custom domain's base path
 * @param query the parameters by name; one that was given twice has its values joined by a comma
 * @param repeated the names of those that were given more than once, as they were encoded
 * @param acceptEncoding the header of that name; empty where there is none
 * @param ifNoneMatch the header of that name; empty where there is none
 */
record HttpRequest(
    String method,
    String path,
    Map<String, String> query,
    Set<String> repeated,
    String acceptEncoding,
    String ifNoneMatch) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String DEFAULT_STAGE = "$default";
  private static final String FUNCTION_URL = ".lambda-url.";
  private static final String HTTP_API = ".execute-api.";

  /** What is asked by an event that is refused. */
  static final HttpRequest NOTHING = new HttpRequest("GET", "", Map.of(), Set.of(), "", "");

  /**
   * Reads an event.
   *
   * @throws IOException when it is not the JSON of an HTTP request, in words for who configures it
   */
  static HttpRequest parse(InputStream event) throws IOException {
    String[] context = {"", DEFAULT_STAGE, ""};
    boolean format1 = false;
    String path = null;
    Map<String, String> query = Map.of();
    Set<String> repeated = Set.of();
    String[] headers = {"", ""};
    try (JsonParser json = JSON.createParser(event)) {
      json.nextToken();
      String field;
      while ((field = json.nextFieldName()) != null) {
        JsonToken value = json.nextToken();
        switch (field) {
          case "rawPath" -> {
            path = value == JsonToken.VALUE_STRING ? text(json) : null;
            json.skipChildren();
          }
          case "rawQueryString" -> {
            repeated = value == JsonToken.VALUE_STRING ? repeated(json.getText()) : Set.of();
            json.skipChildren();
          }
          case "queryStringParameters" -> query = parameters(json);
          case "headers" -> headers = strings(json, "accept-encoding", "if-none-match");
          case "requestContext" -> requestContext(json, context);
          case "httpMethod" -> {
            format1 = true;
            json.skipChildren();
          }
          default -> json.skipChildren();
        }
      }
    } catch (JsonProcessingException | CharConversionException e) {
      throw new IOException("The event is no JSON: " + JsonFault.plain(e.getMessage()), e);
    }
    if (context[0].isEmpty() || path == null) {
      throw new IOException(
          format1
              ? "The event is a REST API's or a load balancer's, of payload format 1.0: put this"
                  + " function behind an HTTP API of format 2.0 or a Function URL"
              : "The event is no HTTP request of payload format 2.0");
    }
    return new HttpRequest(
        context[0], path(path, context[1], context[2]), query, repeated, headers[0], headers[1]);
  }

  /** A path as the API knows it. Where no domain is told, it may be encoded. */
  private static String path(String raw, String stage, String domain) {
    String path = domain.isEmpty() || domain.contains(FUNCTION_URL) ? decoded(raw) : raw;
    if (!stage.equals(DEFAULT_STAGE) && (path + "/").startsWith("/" + stage + "/")) {
      path = path.equals("/" + stage) ? "/" : path.substring(stage.length() + 1);
    }
    boolean custom = !domain.contains(HTTP_API) && !domain.contains(FUNCTION_URL);
    return custom && !domain.isEmpty() ? Api.withoutBasePath(path) : path;
  }

  private static String decoded(String path) {
    try {
      return path.contains("%") ? URLDecoder.decode(path.replace("+", "%2B"), UTF_8) : path;
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  /** Method, stage and domain name. */
  private static void requestContext(JsonParser json, String[] context) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    String field;
    while ((field = json.nextFieldName()) != null) {
      JsonToken value = json.nextToken();
      if (value == JsonToken.VALUE_STRING && field.equals("stage")) {
        context[1] = json.getText();
      } else if (value == JsonToken.VALUE_STRING && field.equals("domainName")) {
        context[2] = json.getText();
      } else if (field.equals("http") && json.currentToken() == JsonToken.START_OBJECT) {
        context[0] = strings(json, "method")[0];
      } else {
        json.skipChildren();
      }
    }
  }

  /**
   * Some fields of an object of strings, in their order and any case; empty where there is none.
   */
  private static String[] strings(JsonParser json, String... wanted) throws IOException {
    String[] found = new String[wanted.length];
    Arrays.fill(found, "");
    if (json.currentToken() == JsonToken.START_OBJECT) {
      String field;
      while ((field = json.nextFieldName()) != null) {
        boolean scalar = json.nextToken().isScalarValue();
        for (int i = 0; i < wanted.length && scalar; i++) {
          if (field.equalsIgnoreCase(wanted[i])) {
            found[i] = json.getText();
          }
        }
        json.skipChildren();
      }
    } else {
      json.skipChildren();
    }
    return found;
  }

  /** Half of a surrogate pair is no character: an answer that repeats it could not be read. */
  private static String text(JsonParser json) throws IOException {
    return new String(json.getText().getBytes(UTF_8), UTF_8);
  }

  private static Map<String, String> parameters(JsonParser json) throws IOException {
    Map<String, String> strings = new HashMap<>();
    if (json.currentToken() == JsonToken.START_OBJECT) {
      String field;
      while ((field = json.nextFieldName()) != null) {
        if (json.nextToken().isScalarValue()) {
          strings.put(field, text(json));
        } else {
          json.skipChildren();
        }
      }
    } else {
      json.skipChildren();
    }
    return strings;
  }

  private static Set<String> repeated(String rawQuery) {
    Set<String> seen = new HashSet<>();
    return Arrays.stream(rawQuery.split("&", -1))
        .map(parameter -> parameter.split("=", 2)[0])
        .filter(name -> !seen.add(name))
        .collect(Collectors.toSet());
  }

  /** Whether the client takes a gzipped answer (RFC 9110, section 12.5.3). */
  boolean acceptsGzip() {
    boolean any = false;
    for (String coding : acceptEncoding.split(",", -1)) {
      String[] parts = coding.toLowerCase(Locale.ROOT).replace(" ", "").split(";", 2);
      boolean accepted = parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
      if (parts[0].equals("gzip")) {
        return accepted;
      }
      any |= parts[0].equals("*") && accepted;
    }
    return any;
  }

  /**
   * Whether the client has what it would be answered with (RFC 9110, section 13.1.2).
   *
   * @param entityTag weak, without a comma
   */
  boolean has(String entityTag) {
    if (ifNoneMatch.isEmpty()) {
      return false;
    }
    // Its quotes and what is between them: within another entity tag there is no quote.
    String opaque = entityTag.substring(entityTag.indexOf('"'));
    return ifNoneMatch.strip().equals("*") || ifNoneMatch.contains(opaque);
  }
}
