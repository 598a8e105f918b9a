package nyc311.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A line in CloudWatch's <a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 * metric format</a>: the log service makes metrics of it, so that no function waits for a call. The
 * function's name is their one dimension, which keeps the stacks of an account apart. Not
 * thread-safe.
 */
public final class MetricLine {
  public static final String NAMESPACE = "nyc311";

  public static final String DIMENSION = "FunctionName";

  private static final JsonFactory JSON = new JsonFactory();
  private static final Optional<String> FUNCTION =
      Optional.ofNullable(System.getenv("AWS_LAMBDA_FUNCTION_NAME"));

  private final Instant at;
  private final Map<Metric, Long> values = new LinkedHashMap<>();
  private final Map<String, String> properties = new LinkedHashMap<>();

  /**
   * @param at when it was measured
   */
  public MetricLine(Instant at) {
    this.at = at;
  }

  public MetricLine with(Metric metric, long value) {
    values.put(metric, value);
    return this;
  }

  /** Adds what helps a person who reads the log, and is no metric. */
  public MetricLine because(String name, String value) {
    properties.put(name, value);
    return this;
  }

  /**
   * Prints it to standard output: what goes through Lambda's logger is wrapped in a JSON field,
   * where no metric is looked for. Elsewhere than on Lambda nobody makes metrics of it, so it is
   * printed only if it tells a person something.
   */
  public void print() {
    if (FUNCTION.isPresent() || !properties.isEmpty()) {
      System.out.println(this);
    }
  }

  /** The line, without its end. */
  @Override
  public String toString() {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeObjectFieldStart("_aws");
      json.writeNumberField("Timestamp", at.toEpochMilli());
      json.writeArrayFieldStart("CloudWatchMetrics");
      json.writeStartObject();
      json.writeStringField("Namespace", NAMESPACE);
      json.writeArrayFieldStart("Dimensions");
      json.writeStartArray();
      json.writeString(DIMENSION);
      json.writeEndArray();
      json.writeEndArray();
      json.writeArrayFieldStart("Metrics");
      for (Metric metric : values.keySet()) {
        json.writeStartObject();
        json.writeStringField("Name", metric.cloudWatchName());
        json.writeStringField("Unit", metric.unit());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
      json.writeStringField(DIMENSION, FUNCTION.orElse("none"));
      for (Map.Entry<Metric, Long> value : values.entrySet()) {
        json.writeNumberField(value.getKey().cloudWatchName(), value.getValue());
      }
      for (Map.Entry<String, String> property : properties.entrySet()) {
        json.writeStringField(property.getKey(), property.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }
}
