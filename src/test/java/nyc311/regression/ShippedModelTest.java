package nyc311.regression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the model of this repository, which a new deployment may begin with, says of itself. */
class ShippedModelTest {
  private static PublishedModel shipped;

  @BeforeAll
  static void readIt() throws IOException {
    shipped = PublishedModel.read(object(Keys.MODEL_POINTER), key -> Optional.of(object(key)));
  }

  @Test
  void itNamesTheDescriptorsThatItKnows() {
    assertThat(shipped.descriptors("noise-residential"))
        .containsExactly("Loud Music/Party", "Banging/Pounding", "Loud Talking", "Loud Television");
    assertThat(shipped.descriptors("wrongtype")).isEmpty();
    shipped
        .model()
        .types()
        .forEach(
            (type, learnt) ->
                assertThat(learnt.descriptors())
                    .allSatisfy(
                        name ->
                            assertThat(
                                    shipped
                                        .model()
                                        .knowsDescriptor(
                                            new Situation(
                                                type,
                                                Optional.of(name),
                                                Optional.empty(),
                                                Optional.empty())))
                                .isTrue()));
  }

  @Test
  void itsFiguresAreThoseOfTheDocs() throws IOException {
    String quality = Files.readString(Path.of("docs", "quality.md"));
    BacktestFigures figures = shipped.backtest().orElseThrow();

    assertThat(quality).contains("## The model in `model/`");
    assertThat(figures.estimators().stream().map(ShippedModelTest::line).limit(4))
        .allSatisfy(line -> assertThat(quality).contains(line));
    assertThat(quality.replaceAll("\\s+", " "))
        .contains(String.format(Locale.ROOT, "tested on %,d requests", figures.tested()));
  }

  private static String line(BacktestFigures.Estimator of) {
    return List.of(of.mlog(), of.mlogCap(), of.pinballSum(), of.aboveP90(), of.coverage()).stream()
        .map(score -> String.format(Locale.ROOT, "%.4f", score))
        .collect(Collectors.joining(" | ", "\n| " + of.name() + " | ", " |\n"));
  }

  private static StoredObject object(String key) {
    try {
      byte[] content = Files.readAllBytes(Path.of("model").resolve(key));
      return new StoredObject(
          new ObjectHead(key, "", Instant.EPOCH, content.length, Map.of()),
          new ByteArrayInputStream(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
