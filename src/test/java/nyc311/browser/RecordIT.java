package nyc311.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

/** The page says how right the answers were, and first what speaks against relying on that. */
class RecordIT {
  private static final Instant NOW = Instant.parse("2019-07-20T12:00:00Z");
  private static final String BAD = "Our ranges have been wrong too often: ";

  private static Browser browser;
  private static Site site;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    site = Site.empty();
    ObjectNode row =
        new ObjectMapper()
            .createObjectNode()
            .put("created_date", "2019-07-10T08:00:00.000")
            .put("closed_date", "2019-07-10T09:30:00.000")
            .put("status", "Closed")
            .put("complaint_type", "Noise");
    site.put(LocalDate.of(2019, 7, 10), Collections.nCopies(40, row), NOW.minusSeconds(3600));
    site.awaitPublication();
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
      site.close();
    }
  }

  @Test
  void itIsToldOnceThereIsOne() throws IOException {
    Visit visit = browser.visit(site.url(), NOW).open("", "ready");
    assertThat(visit.find("#record").isDisplayed()).isFalse();
    assertThat(visit.find("[data-key=within]").isDisplayed()).isFalse();
    assertThat(visit.requests()).noneMatch(seen -> seen.url().endsWith("/record"));

    site.publishRecord(3);
    visit = browser.visit(site.url(), NOW).open("", "ready");
    visit.says("#record-words", "This rests on little: we know of only 3 days so far. " + BAD);

    site.publishRecord(28);
    visit = browser.visit(site.url(), NOW).open("", "ready");
    visit.says(
        "#record-words",
        "Of 112 requests of the four weeks up to July 10, 25 in 100 were closed within the range");
    assertThat(visit.text("#record-words"))
        .startsWith(BAD)
        .endsWith("50 in 100 took longer, 25 in 100 less.");
    visit.script("document.getElementById('record').scrollIntoView()");
    visit.says("#kept", "Promised");
    assertThat(visit.all("#kept tbody tr"))
        .extracting(WebElement::getText)
        .containsExactly(
            "10 in 100\n25 in 100",
            "25 in 100\n25 in 100",
            "50 in 100\n50 in 100",
            "75 in 100\n50 in 100",
            "90 in 100\n50 in 100");
    assertThat(visit.text("#all-types tbody tr")).contains("25 in 100");
    for (String scheme : List.of("light", "dark")) {
      visit.prefers("prefers-color-scheme", scheme);
      assertThat(visit.findings()).as(scheme).isEmpty();
    }
    assertThat(visit.console()).isEmpty();
  }
}
