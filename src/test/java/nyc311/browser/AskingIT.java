package nyc311.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Whoever asks the page, with whatever input device, sees the API's answer to just that question.
 * Nothing but the API is asked, and the console stays empty.
 */
class AskingIT {
  /** Two hours after the data's as-of: two in the morning in New York. */
  private static final Instant NOW = Instant.parse("2019-07-11T06:00:00Z");

  private static final String RESIDENTIAL = "#type=noise-residential";
  private static final Pattern TIME =
      Pattern.compile("([\\d.,]+)(?: more)?(?: (minute|hour|day|week|month|year)s?)?");
  private static final Map<String, Double> HOURS =
      Map.of(
          "minute", 1 / 60., "hour", 1., "day", 24., "week", 168., "month", 729.6, "year", 8760.);

  private static Browser browser;
  private static Site site;
  private Visit visit;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    site = Site.ofTheSample();
  }

  @AfterAll
  static void stop() throws Exception {
    try (Browser first = browser;
        Site second = site) {
      assertThat(first == null).isEqualTo(second == null);
    }
  }

  @BeforeEach
  void visit() {
    visit = browser.visit(site.url(), NOW);
  }

  @AfterEach
  void onlyTheApiIsAskedAndTheConsoleIsEmpty() {
    assertThat(visit.requests())
        .isNotEmpty()
        .allSatisfy(seen -> assertThat(seen.url()).startsWith(site.url() + "/"));
    assertThat(visit.console()).isEmpty();
  }

  @Test
  void aWordThatTheCityDoesNotUseIsUnderstood() {
    visit.open("", "ready").find("#type").sendKeys("rats");
    assertThat(visit.text("#type-options [role=option]")).startsWith("Rodent");

    visit.press("\n");

    visit.shows("answered");
    assertThat(visit.text("#answer-type")).startsWith("Rodent");
    assertThat((String) visit.script("return document.title")).startsWith("Rodent");
  }

  @Test
  void aMisspeltTypeIsFoundAndChosenByKeyboard() throws Exception {
    visit.open("", "ready").find("#type").sendKeys("noize residental");
    assertThat(visit.text("#type-options [role=option]")).startsWith("Noise - Residential");

    visit.press(Keys.ARROW_DOWN, Keys.ENTER);

    visit.shows("answered");
    assertThat(visit.find("#type").getDomProperty("value")).isEqualTo("Noise - Residential");
    assertThat(visit.asked().getPath()).isEqualTo("/predict/noise-residential");
    assertTheAnswerIsTheApis();
  }

  @Test
  void aClickOnTheMapAsksForThatPlace() throws Exception {
    visit.open(RESIDENTIAL, "answered").find("[data-borough=Queens]").click();
    visit.ask();

    assertThat(visit.asked().getQuery())
        .containsPattern("lat=40\\.[67]\\d\\d&lon=-73\\.[78]\\d\\d");
    assertThat(visit.text("#answer-type")).contains("Queens");
    assertThat(visit.text("#answer-basis")).contains("your place and time");
    assertTheAnswerIsTheApis();
  }

  @Test
  void typedCoordinatesAskForThatPlace() throws Exception {
    visit.open(RESIDENTIAL, "answered").find("#lat").sendKeys("40.65");
    visit.find("#lon").sendKeys("-73.95");
    visit.ask();

    assertThat(visit.asked().getQuery()).contains("lat=40.65&lon=-73.95");
    assertThat(visit.text("#answer-type")).contains("Brooklyn");
    assertTheAnswerIsTheApis();
  }

  @Test
  void anImpossibleCoordinateIsSaidBesideItsField() {
    visit.open(RESIDENTIAL, "answered").find("#lat").sendKeys("95");
    visit.find("#lon").sendKeys("-73.861");
    visit.find("#ask").click();

    assertThat(visit.text("#lat-error")).contains("between 40.4 and 41");
    assertThat(visit.find("#lat").getDomAttribute("aria-invalid")).isEqualTo("true");
    assertThat(visit.focused("#lat")).isTrue();
  }

  @Test
  void aSharedLocationIsAskedFor() throws Exception {
    visit.location(true, 40.7829, -73.9654);
    visit.open(RESIDENTIAL, "answered").find("#use-location").click();
    visit.says("#place-words", "Manhattan");
    visit.ask();

    assertThat(visit.asked().getQuery()).contains("lat=40.783&lon=-73.965");
    assertTheAnswerIsTheApis();
  }

  @Test
  void aRefusedLocationLeavesTheMap() {
    visit.location(false, 40.7829, -73.9654);
    visit.open(RESIDENTIAL, "answered").find("#use-location").click();

    visit.says("#place-words", "not shared");
    assertThat(visit.find("#lat").getDomProperty("value")).isEmpty();
    assertThat(visit.state()).isEqualTo("answered");
  }

  @Test
  void timesAreNewYorksWhereverTheReaderIs() throws Exception {
    visit.cdp("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Tokyo"));
    visit.open(RESIDENTIAL, "answered");
    assertThat(visit.find("#when").getDomProperty("value")).isEqualTo("2019-07-11T02:00");
    assertThat(visit.asked().getQuery()).contains("date=2019-07-11T02:00");

    visit.fill("#when", "2019-06-14T22:02");
    visit.ask();

    assertThat(visit.asked().getQuery()).contains("date=2019-06-14T22:02");
    assertThat(visit.text("#answer-type")).contains("Fri, Jun 14", "10:02 PM");
    assertTheAnswerIsTheApis();
  }

  @Test
  void aDescriptorNarrowsTheQuestion() throws Exception {
    visit.open(RESIDENTIAL, "answered");
    visit.find("#descriptor option[value='Loud Music/Party']").click();
    visit.ask();

    assertThat(visit.asked().getQuery()).contains("descriptor=Loud+Music/Party");
    assertThat(visit.text("#answer-type")).contains("Loud Music/Party");
    assertTheAnswerIsTheApis();
  }

  @Test
  void whoHasWaitedSixHoursIsToldTheRest() throws Exception {
    visit.open(RESIDENTIAL, "answered").find("#open-for").sendKeys("6");
    visit.ask();

    assertThat(visit.asked().getQuery()).contains("open_for=6", "date=2019-07-10T20:00");
    double stillOpen = answer().get("still_open").asDouble();
    assertThat(visit.text("#answer-words"))
        .contains("more", "You have waited 6 hours; " + Math.round(100 * stillOpen) + "%");
    assertTheAnswerIsTheApis();
  }

  @Test
  void theLinkGivesTheSameAnswerInAnotherBrowserAndTellsNoServer() {
    visit.open(RESIDENTIAL + "&lat=40.676&lon=-73.861&date=2019-06-14T00:02", "answered");
    String link = visit.find("#share-link").getDomProperty("href");
    assertThat(link)
        .isEqualTo(
            site.url() + "/" + RESIDENTIAL + "&lat=40.676&lon=-73.861&date=2019-06-14T00:02");

    try (Browser another = Browser.start()) {
      Visit theirs = another.visit(site.url(), NOW);
      theirs.open(link.substring(link.indexOf('#')), "answered");

      assertThat(theirs.text("#answer")).isEqualTo(visit.text("#answer"));
      assertThat(theirs.requests()).first().extracting(Visit.Seen::url).isEqualTo(site.url() + "/");
    }
  }

  @Test
  void theBackButtonGoesToTheQuestionBefore() {
    visit.open(RESIDENTIAL, "answered");
    String first = visit.text("#answer-type");
    visit.choose("illegal parking");
    assertThat(visit.text("#answer-type")).startsWith("Illegal Parking");

    visit.back();
    visit.says("#answer-type", first);
  }

  @Test
  void theKeyboardAloneIsEnough() {
    visit.open("", "ready");
    visit.tabTo("#type");
    visit.press("heat");
    visit.press(Keys.ARROW_DOWN, Keys.ENTER);
    visit.shows("answered");
    visit.says("#answer-type", "Heat");

    visit.tabTo("[data-borough=Bronx]");
    visit.press(Keys.ENTER);
    visit.says("#answer-type", "Bronx");
    visit.tabTo("#curve [role=slider]");
    String before = visit.text("#curve .readout");
    visit.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
    assertThat(visit.text("#curve .readout")).startsWith("After ").isNotEqualTo(before);

    visit.tabTo("[data-key=estimated_time] button");
    visit.press(Keys.ENTER);
    assertThat(visit.find("[data-key=estimated_time]").getDomAttribute("aria-sort"))
        .isEqualTo("descending");
    String slowest = visit.text("#all-types tbody tr:not([hidden])");
    visit.press(Keys.SPACE);
    assertThat(visit.find("[data-key=estimated_time]").getDomAttribute("aria-sort"))
        .isEqualTo("ascending");
    assertThat(visit.text("#all-types tbody tr:not([hidden])")).isNotEqualTo(slowest);
  }

  @Test
  void theTableHasAllTypesAsTheApiHasThem() throws Exception {
    visit.open("", "ready").find("#all-few").click();
    List<WebElement> more = visit.all("#all-more:not([hidden])");
    more.forEach(WebElement::click);

    JsonNode types = site.answer("/complaint-types").get("complaint_types");
    assertThat(visit.all("#all-types tbody tr:not([hidden])")).hasSize(types.size());
    for (JsonNode type : types) {
      if (type.get("complaint_type").asText().equals("Noise - Residential")) {
        assertThat(visit.text("#all-types tbody tr:not([hidden])"))
            .contains("Noise - Residential", "%,d".formatted(type.get("requests").asInt()));
      }
    }
  }

  @Test
  void theCurveTellsItsValuesOnTouch() throws Exception {
    visit.open(RESIDENTIAL, "answered");
    String atTheMedian = visit.text("#curve .readout");
    assertThat(atTheMedian).containsPattern("After .+: (49|50|51)% closed");

    visit.touch("#curve [role=slider]");
    assertThat(visit.text("#curve .readout")).startsWith("After ").isNotEqualTo(atTheMedian);
    visit.hover("#by-hour [role=slider]");
    assertThat(visit.text("#by-hour .readout"))
        .containsPattern("1[12] [AP]M and 1.* [\\d.]+ hours");
  }

  @Test
  void hoursDaysAndBoroughsAreTheApis() throws Exception {
    visit.open(RESIDENTIAL, "answered");
    JsonNode type = site.answer("/complaint-types/noise-residential");

    assertThat(visit.all("#by-hour table tbody tr")).hasSize(type.get("by_hour").size());
    assertRows("#by-weekday", type.get("by_weekday"), "weekday");
    assertRows("#by-borough", type.get("by_borough"), "borough");
  }

  @Test
  void aVisitWithAnAnswerIsSmall() {
    visit.open(RESIDENTIAL + "&lat=40.676&lon=-73.861", "answered");

    assertThat(visit.requests().stream().mapToLong(Visit.Seen::bytes).sum())
        .isBetween(20_000L, 150_000L);
  }

  private void assertRows(String figure, JsonNode groups, String name) {
    List<WebElement> rows = visit.all(figure + " tbody tr");
    assertThat(rows).hasSize(groups.size()).isNotEmpty();
    for (int i = 0; i < groups.size(); i++) {
      assertThat(rows.get(i).getDomProperty("textContent"))
          .contains(
              groups.get(i).get(name).asText(),
              "%,d request".formatted(groups.get(i).get("requests").asInt()));
    }
  }

  /** The answer to what the page has asked last. */
  private JsonNode answer() throws Exception {
    URI asked = visit.asked();
    return site.answer(asked.getRawPath() + "?" + asked.getRawQuery());
  }

  /** The words have its median, its range and its count, rounded as a person would. */
  private void assertTheAnswerIsTheApis() throws Exception {
    JsonNode answer = answer();
    List<MatchResult> range =
        TIME.matcher(visit.text("#answer-words").replaceAll(".*(8 in 10|Most) take between ", ""))
            .results()
            .limit(2)
            .toList();
    assertClose(visit.text("#answer-words strong"), "", answer.get("estimated_time"));
    String unit = range.get(1).group(2);
    assertClose(range.get(0).group(), unit, answer.at("/range/p10"));
    assertClose(range.get(1).group(), unit, answer.at("/range/p90"));
    assertThat(visit.text("#answer-basis"))
        .contains("%,d requests".formatted(answer.get("requests").asInt()));
  }

  private static void assertClose(String spoken, String otherUnit, JsonNode hours) {
    MatchResult time = TIME.matcher(spoken).results().findFirst().orElseThrow();
    String unit = time.group(2) == null ? otherUnit : time.group(2);
    double value = Double.parseDouble(time.group(1)) * HOURS.get(unit);
    // Minutes are said in steps of five, and from five on other units in whole ones.
    assertThat(value)
        .isCloseTo(hours.asDouble(), withinPercentage(unit.equals("minute") ? 25 : 10));
  }
}
