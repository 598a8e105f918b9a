package nyc311.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nyc311.local.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.PointerInput;
import org.openqa.selenium.interactions.PointerInput.Kind;
import org.openqa.selenium.interactions.PointerInput.MouseButton;
import org.openqa.selenium.interactions.PointerInput.Origin;
import org.openqa.selenium.interactions.Sequence;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** What somebody does with the page in one tab, and sees of it. */
final class Visit {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TABS = 200;

  /** Runs before the page does; its time goes on from the instant that is filled in. */
  private static final String CLOCK =
      """
      {
        const Real = Date, ahead = %d - Real.now(), now = () => Real.now() + ahead;
        globalThis.Date = new Proxy(Real, {
          construct: (type, from) => from.length ? new type(...from) : new type(now()),
          get: (type, name) => name === 'now' ? now : Reflect.get(type, name),
        });
      }
      """;

  private static final String AXE = resource("/axe.min.js");

  private final ChromeDriver driver;
  private final URI site;
  private final Map<String, Seen> requests = new LinkedHashMap<>();

  /** A request of the tab: its address, and the bytes that came for it, headers included. */
  record Seen(String url, long bytes) {}

  /** What axe-core finds wrong: the rule, how bad that is, and where. */
  record Finding(String rule, String impact, List<String> where) {}

  Visit(ChromeDriver driver, URI site, Instant now) {
    this.driver = driver;
    this.site = site;
    String clock = CLOCK.formatted(now.toEpochMilli());
    cdp("Page.addScriptToEvaluateOnNewDocument", Map.of("source", clock));
  }

  /** Opens the page with that fragment, and returns when it shows that state. */
  Visit open(String fragment, String state) {
    driver.get(site + "/" + fragment);
    return shows(state);
  }

  /** Returns when the page shows that state. */
  Visit shows(String state) {
    await().untilAsserted(() -> assertThat(state()).as(() -> text("#notice")).isEqualTo(state));
    return this;
  }

  /** Returns when that is to be read there. */
  Visit says(String selector, String text) {
    await().untilAsserted(() -> assertThat(text(selector)).contains(text));
    return this;
  }

  /** Asks what the form has, and returns when that is answered. */
  void ask() {
    find("#ask").click();
    shows("answered");
  }

  /** Types a complaint type, takes the first that is offered, and returns when it is answered. */
  void choose(String type) {
    find("#type").click();
    press(type, Keys.ARROW_DOWN, Keys.ENTER);
    shows("answered");
  }

  String state() {
    return find("body").getDomAttribute("data-state");
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** What can be read there, in one line. */
  String text(String selector) {
    return find(selector).getText().replaceAll("\\s+", " ");
  }

  /** Types into what has the focus. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  boolean focused(String selector) {
    return find(selector).equals(driver.switchTo().activeElement());
  }

  /** Presses Tab until that has the focus. */
  void tabTo(String selector) {
    WebElement target = find(selector);
    for (int i = 0; i < TABS; i++) {
      if (target.equals(driver.switchTo().activeElement())) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("no Tab leads to " + selector);
  }

  /** Puts a value into a field that people fill by a picker. */
  void fill(String selector, String value) {
    script(
        """
        arguments[0].value = arguments[1];
        arguments[0].dispatchEvent(new Event('input', {bubbles: true}));\
        """,
        find(selector),
        value);
  }

  /** Puts the mouse on the middle of it. */
  void hover(String selector) {
    new Actions(driver).moveToElement(find(selector)).perform();
  }

  /** Touches it left of its middle. */
  void touch(String selector) {
    WebElement target = find(selector);
    PointerInput finger = new PointerInput(Kind.TOUCH, "finger");
    Origin middle = Origin.fromElement(target);
    int left = -target.getSize().width / 5;
    driver.perform(
        List.of(
            new Sequence(finger, 0)
                .addAction(finger.createPointerMove(Duration.ZERO, middle, left, 0))
                .addAction(finger.createPointerDown(MouseButton.LEFT.asArg()))
                .addAction(finger.createPointerUp(MouseButton.LEFT.asArg()))));
  }

  /** What the device answers when it is asked where it is. */
  void location(boolean allowed, double latitude, double longitude) {
    cdp(
        "Emulation.setGeolocationOverride",
        Map.of("latitude", latitude, "longitude", longitude, "accuracy", 20));
    cdp(
        "Browser.setPermission",
        Map.of(
            "permission",
            Map.of("name", "geolocation"),
            "setting",
            allowed ? "granted" : "denied",
            "origin",
            site.toString()));
  }

  /** Cuts the tab off, or connects it again. */
  void offline(boolean offline) {
    network(offline, Duration.ZERO);
  }

  /** Makes each request of the tab take at least so long. */
  void slow(Duration latency) {
    network(false, latency);
  }

  private void network(boolean offline, Duration latency) {
    cdp(
        "Network.emulateNetworkConditions",
        Map.of(
            "offline",
            offline,
            "latency",
            latency.toMillis(),
            "downloadThroughput",
            -1,
            "uploadThroughput",
            -1));
  }

  /** How wide and high the screen is, in CSS pixels; up to 500 wide it is a phone. */
  void screen(int width, int height) {
    boolean phone = width <= 500;
    cdp(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 0, "mobile", phone));
    cdp("Emulation.setTouchEmulationEnabled", Map.of("enabled", phone));
    cdp("Emulation.setScrollbarsHidden", Map.of("hidden", phone));
  }

  /**
   * What is on the screen, or the whole page, as a PNG.
   *
   * @param scale how many pixels a CSS pixel has
   */
  byte[] picture(boolean whole, double scale) {
    String size =
        (String)
            script(
                "const {scrollWidth, scrollHeight} = document.documentElement;"
                    + "return `${scrollWidth} ${arguments[0] ? scrollHeight : innerHeight}`",
                whole);
    List<Integer> widthAndHeight = Stream.of(size.split(" ", -1)).map(Integer::valueOf).toList();
    Map<String, Object> clip =
        Map.of(
            "x",
            0,
            "y",
            0,
            "width",
            widthAndHeight.get(0),
            "height",
            widthAndHeight.get(1),
            "scale",
            scale);
    return Base64.getDecoder()
        .decode(
            (String)
                cdp("Page.captureScreenshot", Map.of("captureBeyondViewport", whole, "clip", clip))
                    .get("data"));
  }

  /** A preference that pages can ask for, such as {@code prefers-color-scheme}. */
  void prefers(String feature, String value) {
    cdp(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  Map<String, Object> cdp(String command, Map<String, Object> parameters) {
    return driver.executeCdpCommand(command, parameters);
  }

  /** Goes back in the tab's history. */
  void back() {
    driver.navigate().back();
  }

  /** The address of the last estimate that the page has asked for. */
  URI asked() {
    return requests().stream()
        .map(Seen::url)
        .filter(url -> url.contains("/predict/"))
        .reduce((earlier, later) -> later)
        .map(URI::create)
        .orElseThrow();
  }

  /** All requests of this tab so far, but those for what is within the page. */
  List<Seen> requests() {
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode event = json(entry.getMessage()).get("message");
      JsonNode parameters = event.get("params");
      String id = parameters.path("requestId").asText();
      switch (event.get("method").asText()) {
        case "Network.requestWillBeSent" ->
            requests.put(id, new Seen(parameters.at("/request/url").asText(), 0));
        case "Network.loadingFinished" ->
            requests.computeIfPresent(
                id,
                (same, seen) -> new Seen(seen.url(), parameters.get("encodedDataLength").asLong()));
        default -> {}
      }
    }
    return requests.values().stream().filter(seen -> !seen.url().startsWith("data:")).toList();
  }

  /** What the console has had since it was last asked. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** What axe-core finds wrong with what is shown now. */
  List<Finding> findings() {
    script(AXE);
    Object violations =
        driver.executeAsyncScript(
            """
            const done = arguments[0];
            axe.run({resultTypes: ['violations']})
                .then(results => done(JSON.stringify(results.violations)), done);\
            """);
    return json((String) violations)
        .valueStream()
        .map(
            rule ->
                new Finding(
                    rule.get("id").asText(),
                    rule.get("impact").asText(),
                    rule.get("nodes")
                        .valueStream()
                        .map(
                            node -> node.get("target") + ": " + node.get("failureSummary").asText())
                        .toList()))
        .toList();
  }

  private static String resource(String name) {
    try (InputStream content = Visit.class.getResourceAsStream(name)) {
      return new String(content.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
