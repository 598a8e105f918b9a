package nyc311.local;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import nyc311.bucket.Bucket;
import nyc311.collect.CollectHandler;
import nyc311.settings.Settings;
import nyc311.train.TrainHandler;

/**
 * What the schedule starts, one simulated morning after another, and each time what that sets off
 * in the bucket: nothing waits for the clock. Not thread-safe.
 */
final class Mornings {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The most that Lambda gives a function. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private final SimulatedFeed feed;
  private final Collection<Integer> lookbackDays;
  private final CollectHandler collector;
  private final TrainHandler trainer;
  private final LocalTrigger trigger;
  private final LogLevel level;

  /**
   * @param settings say where the feed is served
   * @param trigger of the recomputer, on the feed's clock; has done its work before the next
   *     function runs
   * @throws IllegalArgumentException when a setting is wrong
   */
  Mornings(
      SimulatedFeed feed, Settings settings, Bucket bucket, LocalTrigger trigger, LogLevel level) {
    this.feed = feed;
    this.lookbackDays = settings.lookbackDays();
    this.collector = new CollectHandler(settings, bucket, feed.clock());
    this.trainer = new TrainHandler(bucket, feed.clock());
    this.trigger = trigger;
    this.level = level;
  }

  /**
   * Runs a morning: the collector first, then in their order the functions that come daily after
   * it. As on AWS, one that fails does not hold back the next.
   *
   * @return what each function answered, by its name; of one that failed its {@code problem}
   */
  Map<String, JsonNode> run(LocalDate day) throws InterruptedException, TimeoutException {
    feed.wakeOn(day);
    Map<String, JsonNode> answers = new LinkedHashMap<>();
    answers.put("collect", invoked("collect", collector, lookBack(day)));
    answers.put("train", invoked("train", trainer, JSON.createObjectNode()));
    return answers;
  }

  /**
   * The days that the schedule's event asks for by their age. It also asks for those that the
   * window lacks: of a recording they never come, and asking took most of the time.
   */
  private ObjectNode lookBack(LocalDate day) {
    ObjectNode event = JSON.createObjectNode();
    lookbackDays.forEach(age -> event.withArray("dates").add(day.minusDays(age).toString()));
    return event;
  }

  private JsonNode invoked(String name, RequestStreamHandler function, ObjectNode event)
      throws InterruptedException, TimeoutException {
    JsonNode answer;
    try {
      LocalContext context = new LocalContext(name, LIMIT, level);
      answer = JSON.readTree(context.invoke(function, event.toString()));
    } catch (IOException | RuntimeException e) {
      answer = JSON.createObjectNode().put("problem", e.toString());
    }
    trigger.awaitIdle(LIMIT);
    return answer;
  }
}
