package nyc311.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.WebElement;

/**
 * Whatever state the page is in, it says so and how to go on, in light and dark, and axe-core finds
 * nothing wrong with it. Nothing but the API is asked, and no policy is violated.
 */
class StatesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2019-07-11T06:00:00Z");
  private static final String RESIDENTIAL = "#type=noise-residential";
  private static final String PLACE_AND_TIME = "&lat=40.676&lon=-73.861&date=2019-06-14T00:02";

  private static Browser browser;
  private static Site site;
  private Visit visit;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    site = Site.ofTheSample();
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
      site.close();
    }
  }

  @AfterEach
  void nothingElseIsAskedAndNothingFailsButRequests() {
    assertThat(visit.requests())
        .isNotEmpty()
        .allSatisfy(seen -> assertThat(seen.url()).startsWith("http://127.0.0.1:"));
    assertThat(visit.console())
        .filteredOn(message -> !message.contains("Failed to load resource"))
        .isEmpty();
  }

  @Test
  void nothingPublishedYetIsSaidUntilSomethingIs() throws Exception {
    try (Site empty = Site.empty()) {
      visit = browser.visit(empty.url(), NOW).open("", "empty");
      assertThat(visit.text("#notice")).contains("Nothing is published yet");
      assertAccessible();

      empty.put(LocalDate.of(2019, 7, 10), oddRequests(), NOW.minusSeconds(3600));
      empty.awaitPublication();
      visit.find("#retry").click();

      visit.shows("ready").choose("asbestos");
      assertThat(visit.text("#answer-words"))
          .contains("More than half are still open after", "It will probably take longer");
      assertAccessible();
    }
  }

  @Test
  void anUnknownTypeHasSuggestionsThatWork() {
    visit = browser.visit(site.url(), NOW).open("#type=noise-park", "answered");
    visit.find("#type").click();
    visit.press("noise disco\n");

    visit.shows("unknown");
    assertThat(visit.text("#notice")).contains("noise disco", "Did you mean");
    assertAccessible();

    String suggestion = visit.text("#suggestions button");
    visit.find("#suggestions button").click();
    visit.shows("answered");
    assertThat(visit.text("#answer-type")).startsWith(suggestion);
  }

  @Test
  void withoutAConnectionTheLastAnswerStays() {
    visit = browser.visit(site.url(), NOW).open(RESIDENTIAL, "answered");
    String answer = visit.text("#answer-words");

    visit.offline(true);
    visit.find("#ask").click();
    visit.shows("offline");
    assertThat(visit.text("#notice")).contains("no connection");
    assertThat(visit.text("#answer-words")).isEqualTo(answer);
    assertAccessible();

    visit.offline(false);
    visit.all("#retry").forEach(retry -> visit.script("arguments[0].click()", retry));
    visit.shows("answered");
    assertThat(visit.find("#notices").isDisplayed()).isFalse();
  }

  @Test
  void anOldEstimateTellsItsAge() {
    visit = browser.visit(site.url(), Instant.now()).open(RESIDENTIAL, "answered");
    assertThat(visit.find("body").getDomAttribute("data-old")).isEqualTo("true");
    assertThat(visit.text("#notice")).contains("years old", "July 10, 2019");
    assertThat(visit.find("#notices").getDomAttribute("class")).contains("old");
    assertAccessible();

    visit = browser.visit(site.url(), NOW).open(RESIDENTIAL, "answered");
    assertThat(visit.find("body").getDomAttribute("data-old")).isEqualTo("false");
    assertThat(visit.find("#notices").isDisplayed()).isFalse();
  }

  @Test
  void whileLoadingItMovesUnlessThatIsUnwanted() {
    visit = browser.visit(site.url(), NOW).open("", "ready");
    visit.slow(Duration.ofHours(1));
    visit.fill("#type", "noise residential");
    visit.find("#ask").click();
    assertThat(visit.state()).isEqualTo("loading");
    assertThat((Long) visit.script("return document.getAnimations().length")).isPositive();

    visit.prefers("prefers-reduced-motion", "reduce");
    assertThat(visit.state()).isEqualTo("loading");
    assertThat((Long) visit.script("return document.getAnimations().length")).isZero();

    visit.slow(Duration.ZERO);
    visit.ask();
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 390, 1280})
  void nothingIsCutOffAndAllCanBeTouched(int width) {
    visit = browser.visit(site.url(), NOW);
    visit.screen(width, 800);
    visit.open("", "ready");
    assertFits(width);

    visit.open(RESIDENTIAL + PLACE_AND_TIME, "answered");
    visit.all("details:not([open]) summary").forEach(WebElement::click);
    assertFits(width);
    assertAccessible();
  }

  @Test
  void aScriptFromElsewhereDoesNotRun() {
    visit = browser.visit(site.url(), NOW).open("", "ready");
    Object ran =
        visit.script(
            """
            const script = document.createElement('script');
            script.textContent = 'globalThis.ran = true';
            document.body.append(script);
            return globalThis.ran;\
            """);
    assertThat(ran).isNull();
    assertThat(visit.console()).singleElement().asString().contains("Content Security Policy");
  }

  /** Four of five open of a type that the model knows, and thinks is done in days. */
  private static List<ObjectNode> oddRequests() {
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row("Asbestos", i % 5 == 0));
      rows.add(row("Noise", true));
    }
    return rows;
  }

  private static ObjectNode row(String complaintType, boolean closed) {
    ObjectNode row =
        JSON.createObjectNode()
            .put("created_date", "2019-07-10T12:00:00.000")
            .put("complaint_type", complaintType)
            .put("status", closed ? "Closed" : "Open");
    return closed ? row.put("closed_date", "2019-07-10T14:00:00.000") : row;
  }

  private void assertAccessible() {
    for (String scheme : List.of("light", "dark")) {
      visit.prefers("prefers-color-scheme", scheme);
      assertThat(visit.findings()).as(scheme).isEmpty();
    }
  }

  /** Nothing leads to scrolling sideways, and what can be pressed is large enough for a finger. */
  private void assertFits(int width) {
    assertThat((Long) visit.script("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
    assertThat(
            (List<?>)
                visit.script(
                    """
                    return [...document.querySelectorAll('button, select, summary, input:not([type=checkbox])')]
                        .filter(control => control.checkVisibility())
                        .map(control => [control, control.getBoundingClientRect()])
                        .filter(([_, {width, height}]) => width < 24 || height < 40)
                        .map(([control, {width, height}]) =>
                            `${control.tagName} ${control.id} ${control.textContent}: ${width} x ${height}`);\
                    """))
        .isEmpty();
  }
}
