package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page comes whole, from this API alone, over a slow network too; and its policy allows just
 * what is in it, so that nothing else runs, and nothing of it is blocked.
 */
class PageTest {
  private static final int MAX_BYTES_SENT = 150_000;
  private static final HttpAnswer PAGE = Page.answer();
  private static final String HTML = new String(PAGE.body(), UTF_8);
  private static final String POLICY = PAGE.headers().get("content-security-policy");

  @Test
  void itIsSmallOnItsWay() {
    assertThat(PAGE.gzipped().orElseThrow()).hasSizeBetween(5_000, MAX_BYTES_SENT);
  }

  @Test
  void thePolicyAllowsTheScriptAndTheStyleThatAreInItAndNoOther() throws Exception {
    assertThat(directives().get("script-src")).isEqualTo(hash(only("script")));
    assertThat(directives().get("style-src")).isEqualTo(hash(only("style")));
    assertThat(directives())
        .containsEntry("default-src", "'none'")
        .containsEntry("connect-src", "'self'")
        .containsEntry("base-uri", "'none'")
        .containsEntry("form-action", "'none'")
        .containsEntry("frame-ancestors", "'none'");
    assertThat(POLICY).doesNotContain("unsafe", "*", "http");
  }

  /** A browser would refuse them, and say so only where nobody looks. */
  @Test
  void itHasNothingThatItsPolicyBlocks() {
    assertThat(found("<[^>]*\\s(?:on\\w+|style)\\s*=[^>]*>", markup())).isEmpty();
    assertThat(found("(?:src|href)=\"(?!#|data:|openapi\\.json\")[^\"]*\"", markup())).isEmpty();
    assertThat(found("setAttribute\\(\\s*\"style\"|cssText|innerHTML|\\beval\\b", HTML)).isEmpty();
  }

  @Test
  void itAsksNoOtherHost() {
    assertThat(found("(?:https?:)?//[\\w.-]+\\.\\w+[^\"'\\s]*", HTML))
        .containsOnly("http://www.w3.org/2000/svg"); // A name, which nobody fetches.
    assertThat(found("@import|url\\(", HTML)).isEmpty();
  }

  @Test
  void theAddressOfThePageBeforeIsToldToNobodyAndTheLocationToThePageAlone() {
    assertThat(PAGE.headers())
        .containsEntry("referrer-policy", "no-referrer")
        .containsEntry("permissions-policy", "geolocation=(self)")
        .containsEntry("cache-control", "no-cache");
    assertThat(PAGE.contentType()).isEqualTo("text/html; charset=utf-8");
  }

  /** Its markup without what the script and the style have in them. */
  private static String markup() {
    return HTML.replace(only("script"), "").replace(only("style"), "");
  }

  /** The content of the one element of that name. */
  private static String only(String element) {
    List<String> contents =
        found("(?s)(?<=<" + element + "[^>]{0,40}>).*?(?=</" + element + ")", HTML);
    assertThat(contents).as(element).hasSize(1);
    return contents.get(0);
  }

  private static Map<String, String> directives() {
    return Pattern.compile("; ")
        .splitAsStream(POLICY)
        .map(directive -> directive.split(" ", 2))
        .collect(toMap(part -> part[0], part -> part[1]));
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(MatchResult::group).toList();
  }

  private static String hash(String content) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }
}
