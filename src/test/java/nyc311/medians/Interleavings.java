package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nyc311.bucket.Bucket;
import nyc311.bucket.Content;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.bucket.WriteConflictException;

/**
 * Every order in which the requests of several programs can reach one bucket, and, for programs
 * that may be killed, every request after which they can be.
 *
 * <p>Nothing runs at the same time here. What a program does next depends only on the answers that
 * it has had, so it is run from its beginning with these answers, until it asks for one that it has
 * not had: that request it waits for. A state is what the bucket holds and which answers each
 * program has had; each state is explored once, however many orders lead to it. Requests that a
 * program makes side by side are answered in every order too.
 *
 * <p>The bucket is S3 at its weakest: entity tags are those of the content, so that one comes back
 * with its content, and a listing looks at one key after the other, in any order, while others
 * write.
 */
final class Interleavings {
  private static final Instant WRITTEN = Instant.parse("2019-07-21T00:00:00Z");

  /** What may be listed: a listing looks at each of them. */
  private final Collection<String> keys;

  private final boolean remembersRefusals;
  private final BiConsumer<Map<String, Stored>, Map<String, Stored>> atEachStep;
  private final Consumer<Map<String, Stored>> atEachEnd;
  private final Map<List<Object>, Progress> progress = new HashMap<>();
  private final Map<Map<String, Stored>, Map<String, Stored>> buckets = new HashMap<>();
  private final Map<State, Explored> explored = new HashMap<>();
  private final Deque<String> schedule = new ArrayDeque<>();

  /** Whatever uses a bucket. It must do the same whenever it gets the same answers. */
  interface Program {
    void run(View bucket) throws IOException;
  }

  /**
   * Who runs a program.
   *
   * @param afterDeath what is run when this one was killed; empty: nobody kills it
   */
  record Actor(String name, Program program, Optional<Program> afterDeath) {}

  /**
   * How much there was to explore.
   *
   * @param schedules how many different orders there are
   * @param longest how many steps the longest of them has
   */
  record Extent(int states, BigInteger schedules, int longest) {}

  /** An object in the bucket. */
  record Stored(String content, Map<String, String> metadata, String etag) {
    static Stored of(byte[] content, Map<String, String> metadata) {
      try {
        byte[] hash = MessageDigest.getInstance("MD5").digest(content);
        return new Stored(new String(content, UTF_8), metadata, HexFormat.of().formatHex(hash));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private enum Kind {
    GET,
    LIST,
    PUT,
    REPLACE,
    DELETE
  }

  /** What an actor may do at its beginning only. */
  private static final Set<Kind> WRITES_IN_ANY_CASE = EnumSet.of(Kind.REPLACE, Kind.DELETE);

  /** One request; a listing is one for each key. */
  private record Request(Kind kind, String key, Optional<Stored> content, Optional<String> etag) {
    @Override
    public String toString() {
      return kind + " " + key + content.map(stored -> " " + stored.etag).orElse("");
    }
  }

  private record Answer(Optional<Stored> found, boolean refused) {}

  /** How far an actor has come. */
  private record Progress(
      int id,
      Actor actor,
      Optional<Progress> roundsBefore,
      Map<Request, Answer> round,
      SortedSet<Request> waitsFor,
      boolean roundIsDone) {
    /** Each is made only once. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return id;
    }
  }

  private record State(Map<String, Stored> bucket, List<Progress> actors) {
    /** Buckets are made only once. */
    @Override
    public boolean equals(Object other) {
      return other instanceof State state && bucket == state.bucket && actors.equals(state.actors);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(bucket) * 31 + actors.hashCode();
    }
  }

  private record Explored(BigInteger schedules, int longest) {}

  private static final Explored UNDER_WAY = new Explored(BigInteger.ZERO, -1);

  private Interleavings(
      Collection<String> keys,
      boolean remembersRefusals,
      BiConsumer<Map<String, Stored>, Map<String, Stored>> atEachStep,
      Consumer<Map<String, Stored>> atEachEnd) {
    this.keys = keys;
    this.remembersRefusals = remembersRefusals;
    this.atEachStep = atEachStep;
    this.atEachEnd = atEachEnd;
  }

  /**
   * Explores all orders.
   *
   * @param keys all that may ever be listed
   * @param remembersRefusals whether a program's state has the attempts in it that ended with a
   *     refused write; without them there are far fewer states, and a program that tries again must
   *     do it as if it had never tried
   * @param atEachStep called with what the bucket holds before a step and after it
   * @param atEachEnd called with what it holds when all programs have ended
   * @throws AssertionError when a program fails or a check does, with the order that led there
   */
  static Extent explore(
      Collection<String> keys,
      Map<String, Stored> bucket,
      List<Actor> actors,
      boolean remembersRefusals,
      BiConsumer<Map<String, Stored>, Map<String, Stored>> atEachStep,
      Consumer<Map<String, Stored>> atEachEnd) {
    Interleavings all = new Interleavings(keys, remembersRefusals, atEachStep, atEachEnd);
    State start = all.state(bucket, actors.stream().map(all::start).toList());
    Explored from = all.explore(start);
    return new Extent(all.explored.size(), from.schedules, from.longest);
  }

  /** In one order of the actors: the bucket does not know them apart. */
  private State state(Map<String, Stored> bucket, List<Progress> actors) {
    return new State(
        buckets.computeIfAbsent(Map.copyOf(bucket), made -> made),
        actors.stream().sorted(comparing(Progress::id)).toList());
  }

  private Explored explore(State state) {
    Explored known = explored.putIfAbsent(state, UNDER_WAY);
    if (UNDER_WAY.equals(known)) {
      throw new AssertionError("goes on for ever: " + String.join("\n", schedule));
    }
    if (known != null) {
      return known;
    }
    BigInteger schedules = BigInteger.ZERO;
    int longest = 0;
    boolean ended = true;
    for (Progress actor : movers(state)) {
      int i = state.actors.indexOf(actor);
      for (Step step : steps(actor, state.bucket)) {
        ended = false;
        schedule.addLast(step.name);
        check(after -> atEachStep.accept(state.bucket, after), step.bucket);
        List<Progress> actors = new ArrayList<>(state.actors);
        actors.set(i, step.next);
        Explored rest = explore(state(step.bucket, actors));
        schedules = schedules.add(rest.schedules);
        longest = Math.max(longest, 1 + rest.longest);
        schedule.removeLast();
      }
    }
    if (ended) {
      check(atEachEnd, state.bucket);
      schedules = BigInteger.ONE;
    }
    Explored result = new Explored(schedules, longest);
    explored.put(state, result);
    return result;
  }

  /**
   * Those whose steps must be tried. A reading of raw days that nobody will write any more has the
   * same answer now and later, and means nothing to the others: it goes first, and nothing else
   * need be tried instead.
   */
  private static List<Progress> movers(State state) {
    boolean written =
        state.actors.stream()
            .flatMap(actor -> actor.waitsFor.stream())
            .anyMatch(request -> WRITES_IN_ANY_CASE.contains(request.kind));
    if (!written) {
      for (Progress actor : state.actors) {
        if (!actor.waitsFor.isEmpty()
            && actor.waitsFor.stream().allMatch(r -> r.key.startsWith(Keys.RAW_DAYS))) {
          return List.of(actor);
        }
      }
    }
    return state.actors;
  }

  private void check(Consumer<Map<String, Stored>> check, Map<String, Stored> bucket) {
    try {
      check.accept(bucket);
    } catch (AssertionError e) {
      throw new AssertionError("after " + String.join("\n", schedule), e);
    }
  }

  /** What can happen next: a request is answered, or the actor dies. */
  private record Step(String name, Map<String, Stored> bucket, Progress next) {}

  private List<Step> steps(Progress actor, Map<String, Stored> bucket) {
    List<Step> steps = new ArrayList<>();
    for (Request request : actor.waitsFor) {
      Optional<Stored> found = Optional.ofNullable(bucket.get(request.key));
      Map<String, Stored> after = bucket;
      Answer answer = new Answer(found, false);
      switch (request.kind) {
        case GET -> {}
        case LIST ->
            answer = new Answer(found.map(object -> new Stored("", Map.of(), object.etag)), false);
        case PUT -> {
          boolean refused = !found.map(Stored::etag).equals(request.etag);
          answer = new Answer(Optional.empty(), refused);
          after = refused ? bucket : with(bucket, request);
        }
        case REPLACE, DELETE -> {
          answer = new Answer(Optional.empty(), false);
          after = with(bucket, request);
        }
      }
      String name = actor.actor.name + ": " + request + (answer.refused ? " refused" : "");
      Progress next =
          answer.refused && !remembersRefusals
              ? beforeAttempt(actor, request.key)
              : answered(actor, request, answer);
      steps.add(new Step(name, after, next));
    }
    if (!steps.isEmpty() && actor.actor.afterDeath.isPresent()) {
      Progress again =
          start(
              new Actor(
                  actor.actor.name + " again", actor.actor.afterDeath.get(), Optional.empty()));
      steps.add(new Step(actor.actor.name + " dies", bucket, again));
    }
    return steps;
  }

  /** Where an actor was when it began the attempt that is refused: it read the same key then. */
  private static Progress beforeAttempt(Progress refused, String key) {
    Progress reading = refused;
    while (reading.round.keySet().stream()
        .noneMatch(request -> request.kind == Kind.GET && request.key.equals(key))) {
      reading = reading.roundsBefore.orElseThrow();
    }
    return reading.roundsBefore.orElseThrow();
  }

  private static Map<String, Stored> with(Map<String, Stored> bucket, Request request) {
    Map<String, Stored> after = new HashMap<>(bucket);
    request.content.ifPresentOrElse(
        content -> after.put(request.key, content), () -> after.remove(request.key));
    return after;
  }

  private Progress start(Actor actor) {
    return progress.computeIfAbsent(
        List.of(actor), first -> played(actor, Optional.empty(), Map.of()));
  }

  private Progress answered(Progress before, Request request, Answer answer) {
    Optional<Progress> roundsBefore =
        before.roundIsDone ? Optional.of(before) : before.roundsBefore;
    Map<Request, Answer> round = new HashMap<>(before.roundIsDone ? Map.of() : before.round);
    round.put(request, answer);
    List<Object> identity = List.of(before.actor, roundsBefore.orElseThrow().id, round);
    Progress known = progress.get(identity);
    if (known == null) {
      SortedSet<Request> open = new TreeSet<>(before.waitsFor);
      open.remove(request);
      known =
          open.isEmpty()
              ? played(before.actor, roundsBefore, round)
              : new Progress(progress.size(), before.actor, roundsBefore, round, open, false);
      progress.put(identity, known);
    }
    return known;
  }

  /** Runs the program with the answers that it has had. */
  private Progress played(Actor actor, Optional<Progress> before, Map<Request, Answer> round) {
    Deque<Map<Request, Answer>> rounds = new ArrayDeque<>();
    rounds.push(round);
    for (Optional<Progress> p = before; p.isPresent(); p = p.get().roundsBefore) {
      rounds.push(p.get().round);
    }
    View view = new View(rounds);
    try {
      actor.program.run(view);
    } catch (Unanswered e) {
      if (view.asked.isEmpty()) {
        throw new IllegalStateException(e);
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("a program failed after " + String.join("\n", schedule), e);
    }
    if (before.isPresent()
        && view.asked.stream().anyMatch(r -> WRITES_IN_ANY_CASE.contains(r.kind))) {
      throw new IllegalStateException("only at the beginning: " + view.asked);
    }
    return new Progress(progress.size(), actor, before, round, view.asked, true);
  }

  /** Where a program waits. An error, since nobody catches those. */
  private static final class Unanswered extends Error {
    private static final long serialVersionUID = 1L;

    Unanswered() {
      super("no answer yet", null, false, false);
    }
  }

  /** The bucket as one program sees it. */
  final class View implements Bucket {
    private final Map<Request, Deque<Answer>> answers = new HashMap<>();
    private final SortedSet<Request> asked = new TreeSet<>(comparing(Request::toString));

    private View(Collection<Map<Request, Answer>> rounds) {
      for (Map<Request, Answer> round : rounds) {
        round.forEach(
            (request, answer) ->
                answers.computeIfAbsent(request, r -> new ArrayDeque<>()).add(answer));
      }
    }

    private synchronized List<Answer> answers(List<Request> requests) {
      List<Answer> had = new ArrayList<>();
      for (Request request : requests) {
        Answer next = answers.getOrDefault(request, new ArrayDeque<>()).poll();
        if (next == null) {
          asked.add(request);
        } else {
          had.add(next);
        }
      }
      if (had.size() < requests.size()) {
        throw new Unanswered();
      }
      return had;
    }

    private Answer answer(Kind kind, String key, Optional<Stored> content, Optional<String> etag) {
      return answers(List.of(new Request(kind, key, content, etag))).get(0);
    }

    /** Writes in any case; at the beginning only. */
    void replace(String key, Stored content) {
      answer(Kind.REPLACE, key, Optional.of(content), Optional.empty());
    }

    /** Deletes; at the beginning only. */
    void delete(String key) {
      answer(Kind.DELETE, key, Optional.empty(), Optional.empty());
    }

    @Override
    public Optional<StoredObject> get(String key) {
      return answer(Kind.GET, key, Optional.empty(), Optional.empty())
          .found
          .map(
              stored -> {
                byte[] content = stored.content.getBytes(UTF_8);
                return new StoredObject(
                    new ObjectHead(key, stored.etag, WRITTEN, content.length, stored.metadata),
                    new ByteArrayInputStream(content));
              });
    }

    @Override
    public void put(
        String key, Content content, Map<String, String> metadata, Optional<String> expectedEtag)
        throws IOException {
      try (InputStream in = content.open()) {
        Stored stored = Stored.of(in.readAllBytes(), metadata);
        if (answer(Kind.PUT, key, Optional.of(stored), expectedEtag).refused) {
          throw new WriteConflictException(key, null);
        }
      }
    }

    @Override
    public List<ListedObject> list(String prefix, String after) {
      List<Request> lines =
          keys.stream()
              .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
              .sorted()
              .map(key -> new Request(Kind.LIST, key, Optional.empty(), Optional.empty()))
              .toList();
      List<Answer> found = answers(lines);
      List<ListedObject> listed = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        String key = lines.get(i).key;
        found.get(i).found.ifPresent(object -> listed.add(new ListedObject(key, object.etag)));
      }
      return listed;
    }

    @Override
    public Optional<ObjectHead> head(String key) {
      return get(key).map(StoredObject::head);
    }
  }
}
