package nyc311.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nyc311.local.LocalContext;
import nyc311.local.MemoryBucket;
import nyc311.predict.PredictHandler;
import nyc311.settings.Settings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A warm answer in process, from the event's bytes to the answer's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PredictBenchmark {
  private final Context context =
      new LocalContext("predict", Duration.ofMinutes(10), LogLevel.WARN);
  private PredictHandler handler;
  private byte[] forType;
  private byte[] forPlaceAndTime;

  /** Publishes what comes with the repository. */
  @Setup
  public void publish() throws IOException {
    handler =
        new PredictHandler(new Settings(Map.of()), MemoryBucket.published(), Clock.systemUTC());
    forType = Files.readAllBytes(Suite.MEDIAN_EVENT);
    forPlaceAndTime = Files.readAllBytes(Suite.REGRESSION_EVENT);
  }

  /** A question for a complaint type alone. */
  @Benchmark
  public byte[] median() throws IOException {
    return answer(forType);
  }

  /** A question for a type at a place and a time. */
  @Benchmark
  public byte[] regression() throws IOException {
    return answer(forPlaceAndTime);
  }

  private byte[] answer(byte[] event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    handler.handleRequest(new ByteArrayInputStream(event), out, context);
    return out.toByteArray();
  }
}
