package nyc311.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nyc311.bucket.Keys;
import nyc311.local.LocalS3;
import nyc311.local.ObjectCreated;
import software.amazon.awssdk.core.sync.RequestBody;

/** Invented days of service requests, as the feed has them and as the bucket has them. */
final class Days {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Days() {}

  /** A closed request made at noon. */
  static ObjectNode row(LocalDate day, int number, String complaintType, int minutes) {
    LocalDateTime noon = day.atTime(12, 0);
    return JSON.createObjectNode()
        .put("unique_key", String.valueOf(43_000_000 + number))
        .put("created_date", noon + ":00.000")
        .put("closed_date", noon.plusMinutes(minutes) + ":00.000")
        .put("status", "Closed")
        .put("agency", "NYPD")
        .put("complaint_type", complaintType)
        .put("descriptor", "Loud Music/Party")
        .put("latitude", "40.68")
        .put("longitude", "-73.93");
  }

  /** So many requests of one day, the n-th closed after n minutes and the given ones. */
  static List<ObjectNode> rows(LocalDate day, int count, int minutes) {
    return new ArrayList<>(
        IntStream.range(0, count)
            .mapToObj(i -> row(day, i, i % 2 == 0 ? "Noise" : "Rodent", minutes + i))
            .toList());
  }

  static String json(List<ObjectNode> rows) {
    return rows.stream().map(ObjectNode::toString).collect(Collectors.joining("\n,", "[", "]"));
  }

  static void put(LocalS3 s3, LocalDate day, List<ObjectNode> rows) {
    put(s3, Keys.rawDay(day), json(rows));
  }

  static void put(LocalS3 s3, String key, String content) {
    s3.client().putObject(r -> r.bucket(s3.bucket()).key(key), RequestBody.fromString(content));
  }

  static String get(LocalS3 s3, String key) {
    return s3.client()
        .getObjectAsBytes(r -> r.bucket(s3.bucket()).key(key))
        .asString(StandardCharsets.UTF_8);
  }

  /** What S3 sends when these keys were written, all in one event. */
  static String event(LocalS3 s3, Collection<String> keys) {
    ObjectNode event = JSON.createObjectNode();
    for (String key : keys) {
      event.withArray("Records").add(record(s3, key));
    }
    return event.toString();
  }

  private static JsonNode record(LocalS3 s3, String key) {
    ObjectCreated written =
        new ObjectCreated("Put", s3.bucket(), key, "0123456789abcdef", 1, Instant.now(), 1);
    try {
      return JSON.readTree(written.toJson()).at("/Records/0");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes what has keys of this beginning. */
  static void delete(LocalS3 s3, String prefix) {
    s3
        .client()
        .listObjectsV2Paginator(r -> r.bucket(s3.bucket()).prefix(prefix))
        .contents()
        .stream()
        .sorted(Comparator.comparing(object -> object.key()))
        .toList()
        .forEach(object -> s3.client().deleteObject(r -> r.bucket(s3.bucket()).key(object.key())));
  }
}
