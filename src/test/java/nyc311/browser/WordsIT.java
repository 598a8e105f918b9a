package nyc311.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import nyc311.local.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page says no more than is known, in plain words. */
class WordsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant AS_OF = Instant.parse("2019-07-11T04:00:00Z");
  private static final Instant NOW = AS_OF.plus(Duration.ofHours(2));
  private static final LocalDateTime NOON_FIVE_DAYS_BEFORE =
      LocalDateTime.parse("2019-07-05T12:01");
  private static final LocalDateTime NOON = LocalDateTime.parse("2019-07-10T12:00");
  private static final String PLACE = "&lat=40.676&lon=-73.861";
  private static final String TIME = "&date=2019-06-14T00:02";

  private static Browser browser;
  private static Site site;
  private Visit visit;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    site = Site.empty();
    site.publishModel(.8);
    site.put(LocalDate.of(2019, 7, 5), fiveDaysBefore(), AS_OF);
    site.put(LocalDate.of(2019, 7, 10), yesterday(), AS_OF);
    site.awaitPublication();
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
      site.close();
    }
  }

  @AfterEach
  void theConsoleIsEmpty() {
    assertThat(visit.console()).isEmpty();
  }

  @Test
  void aMedianIsWhenHalfAreClosedAndTheRangeIsWhatItWasMeasuredToBe() throws IOException {
    visit = open("noise-residential", "");
    assertThat(visit.text("#answer-words"))
        .startsWith("Half are closed within ")
        .contains("8 in 10 take ")
        .doesNotContain("little");
    assertThat(visit.text("#curve .legend")).contains("8 in 10: ");

    // After a wait, it was not measured.
    visit = open("noise-residential", "&open_for=1");
    assertThat(visit.text("#answer-words")).contains("Most take ").doesNotContain("8 in 10");

    serve(.7);
    visit = open("noise-residential", "");
    assertThat(visit.text("#answer-words")).contains("Most take ").doesNotContain("8 in 10");
    serve(.8);
  }

  private static void serve(double coverage) throws IOException {
    site.publishModel(coverage);
    Patience.await()
        .untilAsserted(
            () ->
                assertThat(
                        site.answer("/status")
                            .at("/model/backtest/estimators/0/coverage")
                            .asDouble())
                    .isEqualTo(coverage));
  }

  @Test
  void closingsWithoutATimeAreByTheEndOfTheDay() {
    visit = open("invented-derelict", "");

    assertThat(visit.text("#answer-words"))
        .startsWith("Half are closed within 36 hours, by the end of the day.")
        .contains("Of most such closings the city notes only the day.");
  }

  @Test
  void whatRestsOnLittleSaysSo() throws Exception {
    visit = open("invented-few", "");
    assertThat(visit.text("#answer-words"))
        .contains("This rests on little: of 3 requests, too few were followed to know when half");

    visit = open("invented-wide", "");
    assertThat(visit.text("#answer-words"))
        .containsPattern(
            "This rests on little: by 10 requests, it may be anything from .+ to .+ until half");

    visit = open("invented-long", "&open_for=30");
    assertThat(visit.text("#answer-words"))
        .contains("This rests on little: only 11 were still open after so long.");
  }

  @Test
  void barsAreHatchedWhereTheyAreRough() throws Exception {
    for (String type : List.of("invented-few", "noise-residential")) {
      visit = open(type, "");
      JsonNode days = site.answer("/complaint-types/" + type).get("by_weekday");
      long rough = days.valueStream().filter(day -> day.get("rough").asBoolean()).count();

      assertThat(visit.all("#by-weekday .bar.rough")).hasSize((int) rough);
      assertThat(visit.find(".rough-note").isDisplayed()).isEqualTo(rough > 0);
    }
  }

  @Test
  void whereNoneWasFollowedForSoLongNothingIsClaimed() {
    visit = open("invented-long", "&open_for=500");
    assertThat(visit.text("#answer-words"))
        .isEqualTo(
            "Nobody knows how much longer. You have waited 3 weeks, longer than any of the 40"
                + " that we followed.");
    assertThat(visit.find("#curve").isDisplayed()).isFalse();

    visit = open("invented-open", "");
    assertThat(visit.text("#answer-words"))
        .startsWith("More than half are still open after 12 hours.")
        .doesNotContain("tenth", "between", "8 in 10");
    assertThat(visit.text("#curve .legend")).doesNotContain("8 in 10", "Most");
  }

  @Test
  void theCurveAndItsTableEndWhereNoMoreIsKnown() {
    visit = open("invented-half", "");
    visit.tabTo("#curve [role=slider]");
    visit.press(Keys.END);
    assertThat(visit.text("#curve .readout")).startsWith("After 12 hours: 25% closed");
    assertThat(visit.text("#curve .what")).endsWith("It ends where no more is known.");

    visit.find("#curve summary").click();
    assertThat(visit.text("#curve-table tbody tr:last-child")).isEqualTo("12 hours 25%");
  }

  @Test
  void aFallbackNamesOnlyWhatWasGiven() {
    visit = open("invented-few", "");
    assertThat(visit.text("#answer-basis")).doesNotContain("We cannot say more", "your");
    visit = open("invented-few", PLACE);
    assertThat(visit.text("#answer-basis"))
        .contains("We cannot say more for your place: the model does not know this complaint");
    visit = open("invented-few", PLACE + TIME);
    assertThat(visit.text("#answer-basis")).contains("for your place and time: the model");
    visit = open("noise-residential", "&descriptor=Flutes");
    assertThat(visit.text("#answer-basis"))
        .contains("Estimated for this time", "Nothing is known of “Flutes” alone.");
  }

  @Test
  void theFooterCountsTheDaysThatHadData() {
    visit = open("invented-few", "");

    assertThat(visit.text("#status-words"))
        .contains("requests of 2 days from May 12 to July 10; they are");
  }

  @Test
  void oldDataIsAWarningAndInTheEndAPast() {
    visit = at(AS_OF.plus(Duration.ofHours(71)));
    assertThat(visit.find("#notices").isDisplayed()).isFalse();
    String usual = visit.find("body").getCssValue("background-color");

    visit = at(AS_OF.plus(Duration.ofHours(73)));
    assertThat(visit.text("#notice")).contains("3 days old");
    assertThat(visit.find("#notices").getCssValue("background-color")).isNotEqualTo(usual);
    assertThat(visit.find("#notices").getDomAttribute("class")).contains("old");
    assertThat(visit.text("#answer-words")).startsWith("Half are closed");

    visit = at(AS_OF.plus(Duration.ofDays(31)));
    assertThat(visit.text("#answer-words")).startsWith("In 2019, half were closed within ");
  }

  private static Visit at(Instant now) {
    return browser.visit(site.url(), now).open("#type=noise-residential", "answered");
  }

  private static Visit open(String type, String more) {
    return browser.visit(site.url(), NOW).open("#type=" + type + more, "answered");
  }

  private static List<ObjectNode> fiveDaysBefore() {
    List<ObjectNode> rows = new ArrayList<>();
    LocalDateTime made = NOON_FIVE_DAYS_BEFORE;
    for (long hours = 1; hours <= 40; hours++) {
      rows.add(row("Invented Long", made, made.plusHours(hours)));
      rows.add(row("Invented Derelict", made, LocalDateTime.parse("2019-07-06T00:00")));
      rows.add(row("Noise - Residential", made, made.plusMinutes(5 * hours)));
    }
    rows.add(row("Noise - Residential", made, null));
    for (int hours : new int[] {1, 1, 2, 2, 3, 30, 40, 50, 60, 70}) {
      rows.add(row("Invented Wide", made, made.plusHours(hours)));
    }
    return rows;
  }

  private static List<ObjectNode> yesterday() {
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row("Invented Half", NOON, i % 4 == 0 ? NOON.plusHours(2) : null));
      rows.add(row("Invented Open", NOON, null));
    }
    for (int hours = 1; hours <= 3; hours++) {
      rows.add(row("Invented Few", NOON, NOON.plusHours(hours)));
    }
    return rows;
  }

  private static ObjectNode row(String complaintType, LocalDateTime made, LocalDateTime closed) {
    ObjectNode row =
        JSON.createObjectNode()
            .put("created_date", made + ":00.000")
            .put("complaint_type", complaintType)
            .put("status", closed == null ? "Open" : "Closed");
    return closed == null ? row : row.put("closed_date", closed + ":00.000");
  }
}
