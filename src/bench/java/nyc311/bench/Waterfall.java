package nyc311.bench;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import nyc311.bench.Starts.First;
import nyc311.local.Jdk;
import nyc311.local.LocalS3.Served;

/**
 * What a start is made of, seen from outside: when the runtime API and S3 were asked. The JVM and
 * the client are what a constant handler takes until it is ready.
 */
final class Waterfall {
  private static final int COLUMNS = 50;

  private final Map<String, Step> steps = new LinkedHashMap<>();

  private record Step(Samples from, Samples to) {}

  /** Adds a round: the starts of a constant handler and of the real one. */
  void add(First constant, First start) {
    double floor = (constant.readyAt() - constant.startedAt()) / 1e6;
    add("JVM and runtime client", 0, floor);
    double last = floor;
    String next = "our classes, signature";
    for (Served request : start.served()) {
      double from = (request.receivedAt() - start.startedAt()) / 1e6;
      double to = (request.answeredAt() - start.startedAt()) / 1e6;
      if (from > last) {
        add(next, last, from);
      }
      String name = name(request);
      add("S3 " + name, from, to);
      next = "after " + name;
      last = Math.max(last, to);
    }
    double ready = (start.readyAt() - start.startedAt()) / 1e6;
    add(next, last, ready);
    add("first answer", ready, start.millis());
  }

  private static String name(Served request) {
    String file = request.path().substring(request.path().lastIndexOf('/') + 1);
    return file.length() > 20 ? file.substring(0, 8) + "…" + file.substring(64) : file;
  }

  private void add(String name, double from, double to) {
    Step step = steps.computeIfAbsent(name, key -> new Step(new Samples(), new Samples()));
    step.from.add(from);
    step.to.add(to);
  }

  /** A picture of the medians, as Markdown. */
  String text(Jdk jdk) {
    double end = steps.values().stream().mapToDouble(step -> step.to.median()).max().orElse(1);
    StringBuilder text =
        new StringBuilder("Where our start goes, " + jdk.name() + ", ms (medians):\n\n```\n");
    steps.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> entry.getValue().from.median()))
        .forEachOrdered(entry -> text.append(line(entry.getKey(), entry.getValue(), end)));
    return text.append("```").toString();
  }

  private static String line(String name, Step step, double end) {
    double from = step.from.median();
    double to = step.to.median();
    int indent = (int) (from / end * COLUMNS);
    int length = Math.max(1, (int) Math.round((to - from) / end * COLUMNS));
    return "%-28s %5.0f – %5.0f  %s%s%n"
        .formatted(name, from, to, " ".repeat(indent), "█".repeat(length));
  }
}
