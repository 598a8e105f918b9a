package nyc311.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import nyc311.local.FeedSource;
import nyc311.local.Program;
import nyc311.local.RawDaysFolder;
import nyc311.local.SampleFeed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Makes pictures of the page in each of its states, on a phone and on a desktop, in light and dark,
 * for people to look at. {@code answer-phone.png} and {@code answer-desktop.png} are those of
 * README.
 */
public final class Pictures {
  private static final Path FOLDER = Path.of("target", "pictures");
  private static final String QUESTION = "#type=noise-residential";
  private static final String PLACE_AND_TIME = "&lat=40.676&lon=-73.861&date=2019-06-14T22:02";

  private final Browser browser;
  private final Site site;
  private final Site empty;
  private final Instant now;

  private Pictures(Browser browser, Site site, Site empty, Instant now) {
    this.browser = browser;
    this.site = site;
    this.empty = empty;
    this.now = now;
  }

  /** Takes them all, in a minute. */
  public static void main(String[] arguments) {
    Program.run(new FromAFeed(), arguments);
  }

  @Command(name = "pictures", description = "Takes pictures of the page in each of its states.")
  private static final class FromAFeed implements Callable<Integer> {
    @Parameters(
        arity = "0..1",
        paramLabel = "FOLDER",
        description = "Of raw days to make the medians from; otherwise the sample's.")
    Path folder;

    @Override
    public Integer call() throws Exception {
      if (folder == null) {
        SampleFeed sample = SampleFeed.ofJuly2019();
        takeAll(sample, sample.allDays());
      } else {
        RawDaysFolder days = new RawDaysFolder(folder, Clock.systemUTC());
        takeAll(days, days.days());
      }
      return 0;
    }
  }

  private static void takeAll(FeedSource feed, List<LocalDate> days) throws Exception {
    Files.createDirectories(FOLDER);
    try (Browser browser = Browser.start();
        Site site = Site.of(feed, days);
        Site empty = Site.empty()) {
      Instant asOf = Instant.parse(site.answer("/complaint-types").get("as_of").asText());
      new Pictures(browser, site, empty, asOf.plusSeconds(2 * 3600)).take();
    }
  }

  private void take() throws IOException {
    for (Screen screen : Screen.values()) {
      Visit answer = visit(site, now, screen, "light");
      answer.screen(screen.width, screen.readmeHeight);
      answer.open(QUESTION + PLACE_AND_TIME, "answered");
      save(answer.picture(false, screen.scale), "answer-" + screen.fileName());
      for (String scheme : List.of("light", "dark")) {
        String name = scheme + "-" + screen.fileName();
        save(visit(site, now, screen, scheme).open("", "ready"), "ready-" + name);
        answer = visit(site, now, screen, scheme).open(QUESTION + PLACE_AND_TIME, "answered");
        save(answer, "answered-" + name);
        answer.offline(true);
        answer.find("#ask").click();
        save(answer.shows("offline"), "offline-" + name);
        save(
            visit(site, now, screen, scheme).open(QUESTION + "&open_for=6", "answered"),
            "waited-" + name);
        save(visit(site, Instant.now(), screen, scheme).open(QUESTION, "answered"), "old-" + name);
        save(
            visit(site, now, screen, scheme).open("#type=noise-disco", "unknown"),
            "unknown-" + name);
        save(visit(empty, now, screen, scheme).open("", "empty"), "empty-" + name);
      }
    }
  }

  private Visit visit(Site from, Instant clock, Screen screen, String scheme) {
    Visit visit = browser.visit(from.url(), clock);
    visit.screen(screen.width, screen.height);
    visit.prefers("prefers-color-scheme", scheme);
    return visit;
  }

  private static void save(Visit visit, String file) throws IOException {
    save(visit.picture(true, 1), file);
  }

  private static void save(byte[] png, String file) throws IOException {
    Path picture = FOLDER.resolve(file);
    Files.write(picture, png);
    System.out.printf("%,8d bytes  %s%n", png.length, picture);
  }

  private enum Screen {
    PHONE(390, 844, 1_160, 1.5),
    DESKTOP(1280, 900, 1_040, 1);

    private final int width;
    private final int height;

    /** As much as shows the answer and its curve. */
    private final int readmeHeight;

    private final double scale;

    Screen(int width, int height, int readmeHeight, double scale) {
      this.width = width;
      this.height = height;
      this.readmeHeight = readmeHeight;
      this.scale = scale;
    }

    private String fileName() {
      return (this == PHONE ? "phone" : "desktop") + ".png";
    }
  }
}
