package nyc311.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Named.named;

import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.stream.Stream;
import nyc311.collect.CollectHandler;
import nyc311.local.LocalContext;
import nyc311.local.MemoryBucket;
import nyc311.medians.MediansJson;
import nyc311.regression.ModelPointer;
import nyc311.requests.Put;
import nyc311.requests.RawDay;
import nyc311.settings.Settings;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jackson's messages have a place in them that begins with why it does not tell its source. */
class JsonFaultTest {
  private static final Settings SETTINGS = new Settings(Map.of("DATA_BUCKET", "bucket"));
  private static final LocalContext CONTEXT =
      new LocalContext("test", Duration.ofSeconds(30), LogLevel.INFO);

  private interface Reading {
    void read(InputStream json) throws Exception;
  }

  static Stream<Named<Reading>> readings() {
    return Stream.of(
        named("medians", MediansJson::read),
        named("a model's pointer", json -> ModelPointer.read("k", json)),
        named(
            "a raw day",
            json -> {
              LocalDate day = LocalDate.parse("2019-07-01");
              RawDay.read(day, Put.byHand(json, Instant.EPOCH), request -> {});
            }),
        named(
            "the collector's event",
            json ->
                new CollectHandler(SETTINGS, new MemoryBucket(), Clock.systemUTC())
                    .handleRequest(json, OutputStream.nullOutputStream(), CONTEXT)));
  }

  @ParameterizedTest
  @MethodSource("readings")
  void whereverJsonIsReadItsFaultsHaveLineAndColumnAndNoWordOnTheSource(Reading reading) {
    for (String json : new String[] {"nonsense", "[{\"a\":1", "{\"a\":1", "{\"a\":{\n\"b\":"}) {
      Throwable fault =
          catchThrowable(() -> reading.read(new ByteArrayInputStream(json.getBytes(UTF_8))));

      assertThat(fault).message().doesNotContain("Source", "\n").doesNotStartWith("null");
    }
    assertThat(catchThrowable(() -> reading.read(new ByteArrayInputStream("\nx".getBytes(UTF_8)))))
        .message()
        .matches(".* line 2, column \\d.*");
  }

  @Test
  void whatIsNotJacksonsStaysAsItIs() {
    assertThat(JsonFault.plain("must be [a, b]: c")).isEqualTo("must be [a, b]: c");
    assertThat(JsonFault.plain(null)).isNull();
  }
}
