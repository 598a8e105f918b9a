package nyc311.command;

import static nyc311.local.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import me.tongfei.progressbar.ProgressBar;
import org.junit.jupiter.api.Test;

/** Who waits at a terminal sees how far it has come, without what the library draws with. */
class ProgressTest {
  @Test
  void whatIsDoneIsDrawnAndGoesWhenAllIs() {
    List<String> drawn = new CopyOnWriteArrayList<>();

    try (ProgressBar progress = Progress.of("raw days", 2, drawn::add)) {
      await().until(() -> !drawn.isEmpty());
      progress.setExtraMessage("2019-07-01");
      progress.step();
      progress.step();
    }

    assertThat(drawn).hasSizeGreaterThan(1).allMatch(line -> line.startsWith("\r"));
    assertThat(drawn.get(drawn.size() - 2))
        .isEqualTo("\r%-79s", "raw days   100% [#########################] 2/2  2019-07-01");
    assertThat(drawn.get(drawn.size() - 1)).isBlank().endsWith("\r");
  }
}
