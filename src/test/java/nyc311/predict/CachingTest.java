package nyc311.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nyc311.estimate.Estimates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cache may keep an answer for as long as there can be no newer one, and is told in few bytes
 * that what it has is still right (RFC 9110, section 13.1.2, and RFC 9111).
 */
class CachingTest {
  private static final Estimates ESTIMATES = Priming.publication().current().orElseThrow();

  private Optional<Estimates> published = Optional.of(ESTIMATES);
  private Duration refresh = Duration.ofMinutes(5);

  @Test
  void anAnswerMayBeKeptForTheRefreshInterval() throws IOException {
    assertThat(cacheControl("/predict/residential")).isEqualTo("public, max-age=300");

    refresh = Duration.ZERO;
    assertThat(cacheControl("/predict/residential")).isEqualTo("no-cache");
  }

  @Test
  void whatIsWrongMayBeKeptForAMinuteAndWhatMayPassNotAtAll() throws IOException {
    assertThat(cacheControl("/predict/wrongtype")).isEqualTo("public, max-age=60");
    assertThat(cacheControl("/nowhere")).isEqualTo("public, max-age=60");

    published = Optional.empty();
    assertThat(cacheControl("/predict/residential")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TAG",
        "W/TAG",
        "*",
        " * ",
        "\"other\",W/TAG",
        "W/\"other, with a comma\", TAG , \"third\""
      })
  void whoHasTheAnswerIsToldSoWithTheSameHeadersAndNoBody(String ifNoneMatch) throws IOException {
    JsonNode first = ask("GET", "/predict/residential", "");
    String tag = first.at("/headers/etag").asText().substring("W/".length());

    for (String method : new String[] {"GET", "HEAD"}) {
      JsonNode again = ask(method, "/predict/residential", ifNoneMatch.replace("TAG", tag));

      assertThat(again.get("statusCode").asInt()).isEqualTo(304);
      assertThat(again.get("headers")).isEqualTo(first.get("headers"));
      assertThat(again.get("body").asText()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"\"", "W/\"0123456789abcdef\"", "\"*\"", "**", "W/", "\""})
  void whoHasSomethingElseIsAnswered(String ifNoneMatch) throws IOException {
    JsonNode answer = ask("GET", "/predict/residential", ifNoneMatch);

    assertThat(answer.get("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.get("body").asText()).isNotEmpty();
  }

  @Test
  void answersThatDifferHaveOtherTagsAndTheSameAnswerHasTheSame() throws IOException {
    assertThat(tag("/predict/residential"))
        .isEqualTo(tag("/predict/residential"))
        .isNotEqualTo(tag("/predict/Residential"))
        .isNotEqualTo(tag("/complaint-types"));
  }

  @Test
  void failuresAreNeverUnchanged() throws IOException {
    assertThat(ask("GET", "/predict/wrongtype", "*").get("statusCode").asInt()).isEqualTo(400);
    assertThat(ask("GET", "/nowhere", "*").get("statusCode").asInt()).isEqualTo(404);
    assertThat(ask("POST", "/predict/residential", "*").get("statusCode").asInt()).isEqualTo(405);
  }

  @Test
  void aFixedAnswerIsCompressedForThoseWhoTakeItAndHasOneTagForAll() throws IOException {
    byte[] content = "the same again ".repeat(200).getBytes(UTF_8);
    HttpAnswer page =
        HttpAnswer.fixed(
            "text/html; charset=utf-8", "no-cache", Map.of("x-frame-options", "DENY"), content);

    JsonNode plain = written(page, new HttpRequest("GET", "/", Map.of(), Set.of(), "", ""));
    JsonNode zipped = written(page, new HttpRequest("GET", "/", Map.of(), Set.of(), "gzip", ""));

    assertThat(plain.get("body").asText()).isEqualTo(new String(content, UTF_8));
    assertThat(plain.at("/headers/content-type").asText()).isEqualTo("text/html; charset=utf-8");
    assertThat(plain.at("/headers/x-frame-options").asText()).isEqualTo("DENY");
    assertThat(zipped.get("isBase64Encoded").asBoolean()).isTrue();
    assertThat(zipped.get("body").binaryValue()).isEqualTo(page.gzipped().orElseThrow());
    assertThat(zipped.at("/headers/etag")).isEqualTo(plain.at("/headers/etag"));
  }

  private String cacheControl(String path) throws IOException {
    return ask("GET", path, "").at("/headers/cache-control").asText();
  }

  private String tag(String path) throws IOException {
    return ask("GET", path, "").at("/headers/etag").asText();
  }

  private JsonNode ask(String method, String path, String ifNoneMatch) throws IOException {
    HttpRequest request = new HttpRequest(method, path, Map.of(), Set.of(), "", ifNoneMatch);
    return written(
        new Api(() -> published, Optional::empty, answered -> {}, refresh, Clock.systemUTC())
            .answer(request),
        request);
  }

  private static JsonNode written(HttpAnswer answer, HttpRequest request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeTo(out, request);
    return new ObjectMapper().readTree(out.toByteArray());
  }
}
