package nyc311.browser;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nyc311.local.Patience;
import nyc311.local.Skipped;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.http.ClientConfig;

/**
 * A headless Chromium with a fresh profile, that reaches nothing but this machine. Not thread-safe.
 */
final class Browser implements AutoCloseable {
  private static final String PROPERTY = "nyc311.browser";

  /** Its warnings are about a protocol of Chromium's that is not used. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts one. Where {@code chromium} or {@code chromedriver} is not in {@code PATH} the test is
   * skipped, and a line says so; with {@code -Dnyc311.browser=required} it fails.
   */
  static Browser start() {
    SELENIUM.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(found("chromium"));
    options.addArguments(
        "--headless=new",
        "--window-size=1280,900",
        "--no-sandbox", // which root cannot have
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--no-proxy-server");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(found("chromedriver"))
            .withTimeout(Patience.LIMIT)
            .build();
    ChromeDriver driver =
        new ChromeDriver(
            service, options, ClientConfig.defaultConfig().readTimeout(Patience.LIMIT));
    driver.manage().timeouts().pageLoadTimeout(Patience.LIMIT).scriptTimeout(Patience.LIMIT);
    return new Browser(driver);
  }

  private static File found(String program) {
    Optional<File> found =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getenv("PATH"))
            .map(folder -> new File(folder, program))
            .filter(File::canExecute)
            .findFirst();
    return found.orElseGet(() -> missing(program));
  }

  private static File missing(String program) {
    String problem = "no " + program + " in PATH: install Chromium and its chromedriver";
    if ("required".equals(System.getProperty(PROPERTY))) {
      return fail(problem);
    }
    throw Skipped.test("tests in a browser", problem);
  }

  /**
   * A new tab on an empty profile, in place of the one before.
   *
   * @param site where the page is
   * @param now what the tab's clock shows when a document is opened
   */
  Visit visit(URI site, Instant now) {
    cdp("Storage.clearDataForOrigin", Map.of("origin", site.toString(), "storageTypes", "all"));
    cdp("Network.clearBrowserCache", Map.of());
    String before = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    String tab = driver.getWindowHandle();
    driver.switchTo().window(before).close();
    driver.switchTo().window(tab);
    Stream.of(LogType.BROWSER, LogType.PERFORMANCE).forEach(driver.manage().logs()::get);
    return new Visit(driver, site, now);
  }

  private void cdp(String command, Map<String, Object> parameters) {
    driver.executeCdpCommand(command, parameters);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
