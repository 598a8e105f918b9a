package nyc311.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits at a terminal sees how far it has come. */
class ProgressBarTest {
  private final List<String> drawn = new ArrayList<>();

  @Test
  void whatIsDoneIsDrawnAndGoesWhenAllIs() {
    ProgressBar bar = new ProgressBar(drawn::add);
    bar.show("raw days", 1, 4);
    bar.show("raw days", 4, 4);
    bar.clear();
    bar.clear();

    assertThat(drawn)
        .containsExactly(
            "\r%-79s".formatted("raw days    25% [######                   ] 1/4"),
            "\r%-79s".formatted("raw days   100% [#########################] 4/4"),
            "\r%-79s\r".formatted(""));
  }

  @Test
  void millionsOfStepsAreNotDrawnOneByOne() {
    ProgressBar bar = new ProgressBar(drawn::add);

    for (int done = 1; done <= 2_000_000; done++) {
      bar.show("training", done, 2_000_000);
    }

    assertThat(drawn).hasSizeBetween(2, 1_000);
  }
}
