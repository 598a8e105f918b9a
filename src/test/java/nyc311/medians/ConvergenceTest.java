package nyc311.medians;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nyc311.bucket.Keys;
import nyc311.medians.Interleavings.Actor;
import nyc311.medians.Interleavings.Extent;
import nyc311.medians.Interleavings.Program;
import nyc311.medians.Interleavings.Stored;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * In whatever order the requests of recomputations reach the bucket, and of those who write raw
 * days, and wherever one of them is killed: every document that is ever there is made from whole
 * raw days, none is replaced by one that lacks what it had, and when all is quiet, the bucket holds
 * what one recomputation alone makes of the raw days that are there.
 */
class ConvergenceTest {
  private static final String KEPT = Keys.publishedMedians(LocalDate.parse("2019-07-21"));

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2019-07-21T10:00:00Z"), ZoneOffset.UTC);

  private static final int WINDOW_DAYS = 3;
  private static final Map<String, String> COLLECTED =
      Map.of(Keys.COLLECTED_AT, "2019-07-20T16:00:00Z");
  private static final LocalDate FIRST = LocalDate.parse("2019-07-09");
  private static final LocalDate SECOND = LocalDate.parse("2019-07-10");

  /** The window that ends here begins after the second. */
  private static final LocalDate LATER = LocalDate.parse("2019-07-13");

  /** Every raw day that there ever is, in all its versions. */
  private final Map<LocalDate, List<Stored>> versions = new TreeMap<>();

  private final List<Actor> actors = new ArrayList<>();
  private final Map<Map<String, Stored>, Map<String, Stored>> madeAlone = new HashMap<>();

  /** The documents of whole raw days, and which versions of these they can be from. */
  private final Map<Stored, Set<List<Integer>>> made = new HashMap<>();

  /** Whether the versions of a raw day come in the order of their list. */
  private boolean ordered = true;

  private Map<String, Stored> bucket = new HashMap<>();
  private String scenario;

  @BeforeEach
  void name(TestInfo test) {
    scenario = test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void twoEventsOfOneDay() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    event(SECOND);
    event(SECOND);
    assertConvergence(100_000_000_000L);
  }

  @Test
  void twoEventsOfDifferentDays() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    event(FIRST);
    event(SECOND);
    assertConvergence(1_000_000_000);
  }

  @Test
  void aRawDayThatIsReplacedWhileItIsRecomputed() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    writer(rats(SECOND, 120));
    event(SECOND);
    assertConvergence(30_000_000);
  }

  /** The one brings back what was there, and so its entity tag. */
  @Test
  void twoWritersOfOneDay() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    writer(rats(SECOND, 120));
    writer(rats(SECOND, 60));
    ordered = false;
    assertConvergence(100_000_000_000L);
  }

  @Test
  void aNewestDayThatMovesTheWindow() {
    exist(rats(FIRST, 60));
    published();
    writer(rats(FIRST, 120));
    writer(rats(LATER, 120));
    assertConvergence(1_000_000);
  }

  @Test
  void aRawDayThatIsDeleted() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    event(SECOND);
    Program recompute = recompute(List.of(FIRST));
    actor(
        "deleting",
        view -> {
          view.delete(Keys.rawDay(SECOND));
          recompute.run(view);
        });
    ordered = false;
    assertConvergence(1_000_000_000_000L);
  }

  /** Killed anywhere, and run again as Lambda does. */
  @Test
  void twoOfWhichEachIsKilled() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    killed(FIRST, FIRST);
    killed(SECOND, SECOND);
    assertConvergence(1_000_000_000_000_000L);
  }

  /** Killed anywhere, and not run again: the raw day has changed, and no event says so. */
  @Test
  void whatAKilledOneLeftIsDoneByTheNextEvent() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    exist(rats(SECOND, 120));
    killed(SECOND, FIRST);
    event(FIRST);
    assertConvergence(1_000_000);
  }

  @Test
  void threeEventsOfOneDay() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    event(SECOND);
    event(SECOND);
    event(SECOND);
    assertConvergence(1_000_000_000_000_000_000L);
  }

  @Test
  void threeEventsOfDifferentDays() {
    exist(rats(FIRST, 60), rats(SECOND, 60), rats(LATER, 60));
    event(FIRST);
    event(SECOND);
    event(LATER);
    assertConvergence(1_000_000_000_000_000_000L);
  }

  @Test
  void aWriterAndTwoEvents() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    writer(rats(SECOND, 120));
    event(SECOND);
    event(FIRST);
    assertConvergence(1_000_000_000_000_000_000L);
  }

  @Test
  void twoWritersAndAnEvent() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    writer(rats(SECOND, 120));
    writer(rats(FIRST, 120));
    event(SECOND);
    assertConvergence(1_000_000_000_000_000_000L);
  }

  @Test
  void threeOfWhichOneIsKilled() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    published();
    writer(rats(SECOND, 120));
    event(SECOND);
    killed(FIRST, FIRST);
    assertConvergence(1_000_000_000_000_000_000L);
  }

  /** What the other scenarios rest on, which leave refused attempts out of a program's state. */
  @Test
  void aRefusedAttemptLeavesNoTrace() {
    exist(rats(FIRST, 60), rats(SECOND, 60));
    event(FIRST);
    event(SECOND);

    Extent forgetting = explore(bucket, actors, false, (before, after) -> {}, end -> {});
    Extent remembering = explore(bucket, actors, true, (before, after) -> {}, end -> {});

    assertThat(remembering.states()).isGreaterThan(forgetting.states());
    assertThat(remembering.schedules()).isEqualTo(forgetting.schedules());
  }

  private void exist(Raw... days) {
    for (Raw day : days) {
      bucket.put(Keys.rawDay(day.day), version(day));
    }
  }

  private void published() {
    bucket = madeAlone(bucket);
  }

  private void event(LocalDate day) {
    actor("event of " + day, recompute(List.of(day)));
  }

  /** An event whose recomputation may be killed, and the day of the event that then follows. */
  private void killed(LocalDate day, LocalDate next) {
    Program then = recompute(List.of(next));
    actors.add(new Actor("killed, of " + day, recompute(List.of(day)), Optional.of(then)));
  }

  /** Writes a raw day in any case, and is the event of it. */
  private void writer(Raw raw) {
    Stored version = version(raw);
    Program recompute = recompute(List.of(raw.day));
    actor(
        "writer of " + raw.day,
        view -> {
          view.replace(Keys.rawDay(raw.day), version);
          recompute.run(view);
        });
  }

  private void actor(String name, Program program) {
    actors.add(new Actor(name, program, Optional.empty()));
  }

  private Stored version(Raw raw) {
    Stored stored = Stored.of(raw.rows.json(), COLLECTED);
    versions.computeIfAbsent(raw.day, key -> new ArrayList<>()).add(stored);
    return stored;
  }

  /**
   * @param schedules how many there are at least: fewer mean that something was not explored
   */
  private void assertConvergence(long schedules) {
    Optional<Stored> inForce = Optional.ofNullable(bucket.get(Keys.MEDIANS));
    made.clear();
    makeDocuments(new ArrayList<>(versions.keySet()), new HashMap<>(), new ArrayList<>());
    Extent extent =
        explore(
            bucket,
            actors,
            false,
            (before, after) -> {
              Map<String, Stored> written = new HashMap<>(documents(after));
              written.entrySet().removeAll(before.entrySet());
              written.forEach(
                  (key, document) -> {
                    assertThat(made).containsKey(document);
                    assertThat(ordered && isOlder(document, before.get(key))).isFalse();
                  });
              assertKept(inForce, before, after);
            },
            end -> {
              assertThat(withoutVanished(withoutKept(end)))
                  .isEqualTo(withoutKept(madeAlone(withoutKept(end))));
              if (inForce.isPresent() && !inForce.get().equals(end.get(Keys.MEDIANS))) {
                assertThat(end).containsKey(KEPT);
              }
            });
    System.out.printf(
        "%s: %,d schedules through %,d states, the longest of %d steps%n",
        scenario, extent.schedules(), extent.states(), extent.longest());
    assertThat(extent.schedules()).isGreaterThan(BigInteger.valueOf(schedules));
  }

  /** What was in force is kept before anything else is published, and stays for ever. */
  private static void assertKept(
      Optional<Stored> inForce, Map<String, Stored> before, Map<String, Stored> after) {
    if (before.containsKey(KEPT)) {
      assertThat(after.get(KEPT)).isEqualTo(before.get(KEPT));
    } else if (after.containsKey(KEPT) && inForce.isPresent()) {
      assertThat(after.get(KEPT).content()).isEqualTo(inForce.get().content());
    }
    if (inForce.isPresent() && !after.containsKey(KEPT)) {
      assertThat(after.get(Keys.MEDIANS)).isEqualTo(inForce.get());
    }
  }

  private Extent explore(
      Map<String, Stored> from,
      List<Actor> programs,
      boolean remembersRefusals,
      BiConsumer<Map<String, Stored>, Map<String, Stored>> atEachStep,
      Consumer<Map<String, Stored>> atEachEnd) {
    List<String> keys =
        versions.keySet().stream()
            .flatMap(day -> Stream.of(Keys.rawDay(day), Keys.daySummary(day)))
            .toList();
    return Interleavings.explore(keys, from, programs, remembersRefusals, atEachStep, atEachEnd);
  }

  /** Makes all documents that can be made of whole raw days, one version of each or none. */
  private void makeDocuments(
      List<LocalDate> days, Map<String, Stored> chosen, List<Integer> numbers) {
    if (days.isEmpty()) {
      documents(madeAlone(chosen))
          .values()
          .forEach(document -> made.computeIfAbsent(document, d -> new HashSet<>()).add(numbers));
      return;
    }
    LocalDate day = days.get(0);
    List<LocalDate> others = days.subList(1, days.size());
    made.put(summaryOfNothing(day), new HashSet<>());
    makeDocuments(others, chosen, with(numbers, 0));
    List<Stored> all = versions.get(day);
    for (Stored version : all) {
      Map<String, Stored> more = new HashMap<>(chosen);
      more.put(Keys.rawDay(day), version);
      makeDocuments(others, more, with(numbers, 1 + all.indexOf(version)));
    }
  }

  private static List<Integer> with(List<Integer> numbers, int next) {
    return Stream.concat(numbers.stream(), Stream.of(next)).toList();
  }

  /** Whether a document lacks what the one before it had. */
  private boolean isOlder(Stored document, Stored before) {
    return before != null
        && made.get(before).stream()
            .noneMatch(
                had ->
                    made.get(document).stream()
                        .anyMatch(
                            has ->
                                IntStream.range(0, had.size())
                                    .allMatch(day -> has.get(day) >= had.get(day))));
  }

  /** What one recomputation of all days, alone, makes of the raw days. */
  private Map<String, Stored> madeAlone(Map<String, Stored> from) {
    return madeAlone.computeIfAbsent(
        only(from, key -> key.startsWith(Keys.RAW_DAYS)),
        raw -> {
          Map<String, Stored> end = new HashMap<>();
          Actor alone = new Actor("alone", recompute(versions.keySet()), Optional.empty());
          explore(raw, List.of(alone), false, (before, after) -> {}, end::putAll);
          return end;
        });
  }

  private static Map<String, Stored> documents(Map<String, Stored> from) {
    return only(withoutKept(from), key -> !key.startsWith(Keys.RAW_DAYS));
  }

  private static Map<String, Stored> withoutKept(Map<String, Stored> from) {
    return only(from, key -> !key.startsWith(Keys.PUBLISHED));
  }

  /** Without the empty summaries of days that were there once. */
  private Map<String, Stored> withoutVanished(Map<String, Stored> from) {
    Map<String, Stored> rest = new HashMap<>(from);
    versions.keySet().forEach(day -> rest.remove(Keys.daySummary(day), summaryOfNothing(day)));
    return rest;
  }

  private static Stored summaryOfNothing(LocalDate day) {
    return Stored.of(DaySummaryJson.write(DaySummary.ofNothing(day)), Map.of());
  }

  private static Map<String, Stored> only(Map<String, Stored> from, Predicate<String> keys) {
    return from.entrySet().stream()
        .filter(object -> keys.test(object.getKey()))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Program recompute(Collection<LocalDate> days) {
    return view -> assertThat(new Recompute(view, WINDOW_DAYS, CLOCK).run(days).failed()).isEmpty();
  }

  private record Raw(LocalDate day, RawRows rows) {}

  private static Raw rats(LocalDate day, int minutes) {
    return new Raw(day, RawRows.of(day.toString()).closed("Rats", minutes).open("Rats", 1));
  }
}
