package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nyc311.metrics.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The runbook, docs/operate.md, read in a bad night: what it names is what is deployed. (What can
 * be done on one machine, {@code .ci/runbook} does.)
 */
class RunbookTest {
  private static final Pattern OUTPUT =
      Pattern.compile("\\b(?:output|invoke|redrive) \"?([A-Z]\\w+)(?: ([A-Z]\\w+))?");

  private final Template template = Template.read();
  private final String runbook = Files.readString(Path.of("docs", "operate.md"));

  RunbookTest() throws IOException {}

  @Test
  void everyAlarmHasItsLineAndEveryLineItsAlarm() {
    Set<String> lines = new TreeSet<>();
    Matcher line = Pattern.compile("(?m)^\\| `(\\w+Alarm)` \\|").matcher(runbook);
    while (line.find()) {
      lines.add(line.group(1));
    }

    assertThat(lines).isEqualTo(template.logicalIds("AWS::CloudWatch::Alarm"));
  }

  @Test
  void everyOutputThatAStepAsksForIsThere() {
    Set<String> asked = new TreeSet<>();
    Matcher step = OUTPUT.matcher(runbook);
    while (step.find()) {
      asked.add(step.group(1));
      if (step.group(2) != null) {
        asked.add(step.group(2));
      }
    }

    assertThat(asked)
        .contains("CollectFunctionName", "CollectFailuresUrl", "MediansFailuresUrl")
        .isSubsetOf(Template.names(template.section("Outputs")));
  }

  @Test
  void everyQueueIsEmptiedIntoTheFunctionThatFilledIt() {
    for (String name : Set.of("Collect", "Medians", "Train")) {
      assertThat(runbook).contains("redrive %sFailuresUrl %sFunctionName".formatted(name, name));
    }
    assertThat(template.logicalIds("AWS::SQS::Queue")).hasSize(3);
  }

  @Test
  void everyLogGroupIsWhereTheStepsLook() {
    Set<String> groups = new TreeSet<>();
    for (String id : template.logicalIds("AWS::Logs::LogGroup")) {
      groups.add(template.text(template.properties(id).path("LogGroupName")));
    }
    Matcher tail = Pattern.compile("aws logs tail (\\S+)").matcher(runbook);

    assertThat(tail.results().map(match -> match.group(1).replace("$STACK", "nyc311")))
        .isNotEmpty()
        .isSubsetOf(groups);
  }

  @Test
  void everyParameterThatAStepNamesIsThere() {
    assertThat(Template.names(template.section("Parameters")))
        .contains(
            "AlarmEmail", "FeedUrl", "FeedArchiveUrl", "MediansConcurrency", "WatchDeployments");
    assertThat(runbook)
        .contains(
            "AlarmEmail=",
            "`FeedUrl`",
            "`FeedArchiveUrl`",
            "`MediansConcurrency`",
            "WatchDeployments=no");
  }

  /** A version without its snapshot would refuse all callers. */
  @ParameterizedTest
  @CsvSource({
    "Inactive Pending Active, State invoke State invoke State update-alias",
    "Active, State update-alias",
    "Inactive Failed, State invoke State",
  })
  void theWayBackWaitsUntilTheVersionCanServe(String states, String calls, @TempDir Path folder)
      throws Exception {
    String section = runbook.substring(runbook.indexOf("## Go back to the version before"));
    String steps = section.split("```", -1)[1];
    Files.writeString(folder.resolve("states"), states.replace(' ', '\n') + "\n");
    String stub =
        """
        output() { echo PREDICT; }
        sleep() { :; }
        aws() {
          case "$2" in
            list-versions-by-function) ;;
            get-function-configuration)
              [ "$4 $6 $8" = "PREDICT 7 State" ] || exit 9
              echo State >>calls; head -1 states; sed -i 1d states ;;
            invoke) [ "$6 $8" = "7 fileb://events/status.json" ] || exit 9; echo invoke >>calls; return 1 ;;
            update-alias) [ "$4 $6 $8" = "PREDICT live 7" ] || exit 9; echo update-alias >>calls ;;
            *) exit 9 ;;
          esac
        }
        """;

    Process bash =
        new ProcessBuilder("bash", "-c", stub + steps).directory(folder.toFile()).start();
    bash.getInputStream().readAllBytes();

    assertThat(bash.waitFor()).isEqualTo(states.endsWith("Failed") ? 1 : 0);
    assertThat(Files.readAllLines(folder.resolve("calls"))).containsExactly(calls.split(" ", -1));
  }

  @Test
  void everyMetricIsNamed() {
    assertThat(Arrays.stream(Metric.values()).map(metric -> "`" + metric.cloudWatchName() + "`"))
        .allMatch(runbook::contains);
  }
}
