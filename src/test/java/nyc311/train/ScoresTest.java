package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import nyc311.local.RealDays;
import nyc311.local.Skipped;
import nyc311.regression.Quantiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scores are those of the reference implementation, score.py. */
class ScoresTest {
  private static final double CAP = 1080;

  private final Scores scores = Scores.of(judged(), CAP);

  @Test
  void areThoseThatTheReferenceGaveOnce() {
    assertThat(scores.requests()).isEqualTo(64);
    assertThat(scores.closed()).isEqualTo(41);
    assertThat(scores.mlog()).isCloseTo(3.244238, within(1e-6));
    assertThat(scores.mlogCap()).isCloseTo(3.038248, within(1e-6));
    assertThat(scores.pinball10()).isCloseTo(.548998, within(1e-6));
    assertThat(scores.pinball50()).isCloseTo(1.622119, within(1e-6));
    assertThat(scores.pinball90()).isCloseTo(1.568529, within(1e-6));
    assertThat(scores.pinballSum()).isCloseTo(3.739646, within(1e-6));
    assertThat(scores.coverage()).isCloseTo(.390244, within(1e-6));
    assertThat(scores.aboveP90()).isCloseTo(.59375, within(1e-6));
    assertThat(scores.meanErrorHours()).isCloseTo(2629.111688, within(1e-6));
    assertThat(scores.medianErrorHours()).isCloseTo(77.7633, within(1e-6));
  }

  @Test
  void areThoseThatTheReferenceGivesNow(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path reference = RealDays.folder().resolve("../../score.py");
    for (Path needed : List.of(reference, Path.of("/usr/bin/python3"))) {
      if (!Files.exists(needed)) {
        throw Skipped.test("nyc311.train.ScoresTest", "no " + needed);
      }
    }
    Path csv = Files.write(folder.resolve("judged.csv"), BacktestCommand.lines(judged()));

    Process python =
        new ProcessBuilder(
                "/usr/bin/python3", reference.toString(), csv.toString(), "--cap", "" + CAP)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    JsonNode said = new ObjectMapper().readTree(python.getInputStream().readAllBytes());

    assertThat(python.waitFor()).isZero();
    assertThat(scores.mlog()).isCloseTo(said.get("mlog").asDouble(), within(1e-6));
    assertThat(scores.mlogCap()).isCloseTo(said.get("mlog_cap").asDouble(), within(1e-6));
    assertThat(scores.pinballSum()).isCloseTo(said.get("pin_sum").asDouble(), within(1e-6));
    assertThat(scores.coverage()).isCloseTo(said.get("cov80_closed").asDouble(), within(1e-6));
    assertThat(scores.aboveP90()).isCloseTo(said.get("above_all").asDouble(), within(1e-6));
    assertThat(scores.meanErrorHours()).isCloseTo(said.get("mae_h").asDouble(), within(1e-6));
    assertThat(scores.medianErrorHours()).isCloseTo(said.get("medae_h").asDouble(), within(1e-6));
  }

  private static List<Judged> judged() {
    BufferedReader csv =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ScoresTest.class.getResourceAsStream("judged.csv")),
                StandardCharsets.UTF_8));
    return csv.lines()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(
            row ->
                new Judged(
                    row[0],
                    null,
                    row[1].equals("1"),
                    Double.parseDouble(row[2]),
                    new Quantiles(
                        Double.parseDouble(row[3]),
                        Double.parseDouble(row[4]),
                        Double.parseDouble(row[5]))))
        .toList();
  }
}
