package nyc311.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDaysTest {
  @Test
  void otherDaysAreNotTakenForThemAndWhatIsSaidNamesTheProperty(@TempDir Path folder)
      throws IOException {
    Files.createFile(folder.resolve("2019-07-01.json"));
    assertThat(RealDays.problem(folder, "2019-01-01.json.gz"))
        .contains("no 2019-01-01.json.gz in " + folder + ": set -Dnyc311.rawDays=…");

    Files.createFile(folder.resolve("2019-01-01.json.gz"));
    assertThat(RealDays.problem(folder, "2019-01-01.json.gz")).isEmpty();
  }
}
