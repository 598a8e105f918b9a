package nyc311.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LocalContextTest {
  @Test
  void theRemainingTimeRunsOut() {
    LocalContext hour = new LocalContext("collect", Duration.ofHours(1), LogLevel.INFO);
    assertThat(hour.getRemainingTimeInMillis()).isBetween(3_500_000, 3_600_000);
    assertThat(
            new LocalContext("collect", Duration.ofMillis(-1), LogLevel.INFO)
                .getRemainingTimeInMillis())
        .isZero();
  }

  @Test
  void linesBelowTheLevelAreNotPrinted() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      LambdaLogger logger = new LocalContext("collect", Duration.ZERO, LogLevel.INFO).getLogger();
      logger.log("details", LogLevel.DEBUG);
      logger.log("done", LogLevel.INFO);
      logger.log("a line\n");
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(UTF_8).lines()).containsExactly("collect: done", "collect: a line");
  }

  @Test
  void everyInvocationHasItsOwnId() {
    assertThat(new LocalContext("a", Duration.ZERO, LogLevel.INFO).getAwsRequestId())
        .isNotEqualTo(new LocalContext("a", Duration.ZERO, LogLevel.INFO).getAwsRequestId());
  }
}
