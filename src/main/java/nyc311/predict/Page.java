package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/**
 * The page for people: one document with its style and its script within, so that a visit is one
 * request, and a gradual deployment never mixes two versions. Thread-safe.
 *
 * <p>Its policy lets a browser run and show just these two, and ask nobody but this API.
 */
final class Page {
  private static final String STYLE = "<link rel=\"stylesheet\" href=\"page.css\">";
  private static final String SCRIPT = "<script type=\"module\" src=\"page.js\"></script>";

  private Page() {}

  /** Made when first asked for: nothing of it is on the way of a start. */
  private static final class Made {
    static final HttpAnswer ANSWER = make();
  }

  /** The page, to be revalidated by its entity tag each time. */
  static HttpAnswer answer() {
    return Made.ANSWER;
  }

  private static HttpAnswer make() {
    String style = '\n' + read("page.css");
    String script = '\n' + read("page.js");
    String document =
        read("index.html")
            .replace(STYLE, "<style>" + style + "</style>")
            .replace(SCRIPT, "<script type=\"module\">" + script + "</script>");
    Map<String, String> headers =
        Map.of(
            "content-security-policy",
            "default-src 'none'; script-src "
                + hash(script)
                + "; style-src "
                + hash(style)
                + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'",
            "permissions-policy",
            "geolocation=(self)",
            "referrer-policy",
            "no-referrer");
    return HttpAnswer.fixed(
        "text/html; charset=utf-8", "no-cache", headers, document.getBytes(UTF_8));
  }

  private static String hash(String inlined) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(inlined.getBytes(UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java platform has it.
    }
  }

  private static String read(String name) {
    try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new FileNotFoundException("not in the jar: page/" + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
