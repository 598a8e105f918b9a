package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nyc311.local.MemoryBucket;
import nyc311.local.ShownAnswers;
import nyc311.local.ShownAnswers.Shown;
import nyc311.settings.Setting;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Test;

/** What docs/api.md shows as answers, the medians and the model of the repository answer. */
class DocumentedAnswersTest {
  /** When the answers were taken. */
  private static final Instant NOW =
      Instant.parse("2019-07-24T01:05:27Z").plus(Duration.ofMinutes(64_294 * 60 + 6));

  @Test
  void everyAnswerThatIsShownIsGiven() throws IOException {
    PredictHandler handler =
        new PredictHandler(
            new Settings(
                Map.of(Setting.DATA_BUCKET.name(), "memory", Setting.REFRESH_SECONDS.name(), "1")),
            MemoryBucket.published(),
            Clock.fixed(NOW, ZoneOffset.UTC));
    List<Shown> shown = ShownAnswers.ofTheRepository();

    assertThat(shown).hasSizeGreaterThanOrEqualTo(6);
    for (Shown one : shown) {
      JsonNode answer =
          PredictHandlerTest.send(
              handler,
              PredictHandlerTest.event(
                  "GET", URI.create(one.address()).getPath(), query(one.address())));
      String text = one.answer().replaceAll(", …|…,", "…");
      assertThat(answer.get("body").asText())
          .as(one.address())
          .containsSubsequence(List.of(text.split("…", -1)));
    }
  }

  private static Map<String, String> query(String address) {
    Map<String, String> query = new HashMap<>();
    String given = URI.create(address).getQuery();
    if (given != null) {
      for (String parameter : given.split("&", -1)) {
        query.put(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
      }
    }
    return query;
  }
}
