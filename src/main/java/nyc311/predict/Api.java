package nyc311.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import nyc311.medians.Medians;
import nyc311.medians.TypeMedians;
import nyc311.requests.ComplaintTypes;

/** The HTTP API: which request gets which answer. Thread-safe. */
final class Api {
  private static final String PAGE = "/";
  private static final String PREDICT = "/predict/";
  private static final String COMPLAINT_TYPES = "/complaint-types";
  private static final Map<String, String> RETRY = Map.of("retry-after", "60");

  private final Supplier<Optional<Estimates>> published;
  private final Consumer<Estimate> answered;
  private final String cacheControl;

  /**
   * @param published the newest estimates; empty while there are none
   * @param answered is told each estimate that is answered
   * @param refresh how long estimates are served before there may be newer ones
   */
  Api(Supplier<Optional<Estimates>> published, Consumer<Estimate> answered, Duration refresh) {
    this.published = published;
    this.answered = answered;
    this.cacheControl = refresh.isZero() ? "no-cache" : "public, max-age=" + refresh.toSeconds();
  }

  HttpAnswer answer(HttpRequest request) {
    Optional<Supplier<HttpAnswer>> route = route(request.path(), request.query());
    if (route.isEmpty()) {
      return failure(404, Map.of(), "No such path: ask /predict/{complaint_type}");
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return failure(405, Map.of("allow", "GET, HEAD"), "Method is not allowed: use GET");
    }
    return route.get().get();
  }

  /** Empty for an unknown path. */
  private Optional<Supplier<HttpAnswer>> route(String path, Map<String, String> query) {
    if (path.equals(PAGE)) {
      return Optional.of(Page::answer);
    }
    if (path.equals(COMPLAINT_TYPES)) {
      return Optional.of(this::complaintTypes);
    }
    return below(PREDICT, path).map(type -> () -> predict(type, query));
  }

  /** What follows a prefix, if that is anything. */
  private static Optional<String> below(String prefix, String path) {
    return path.length() > prefix.length() && path.startsWith(prefix)
        ? Optional.of(path.substring(prefix.length()))
        : Optional.empty();
  }

  private HttpAnswer predict(String complaintType, Map<String, String> query) {
    Question question;
    try {
      question = Question.of(complaintType, query);
    } catch (InvalidQuestionException e) {
      return HttpAnswer.failure(
          400,
          Map.of(),
          json -> {
            json.writeStringField("status", "failure");
            json.writeStringField("problem", e.getMessage());
            json.writeStringField("parameter", e.parameter());
            // What the first edition's clients look for.
            json.writeStringField("error message", e.getMessage());
          });
    }
    Optional<Estimates> estimates = published.get();
    if (estimates.isEmpty()) {
      return nothingPublished();
    }
    return estimates
        .get()
        .estimate(question)
        .map(estimate -> success(question, estimate, estimates.get()))
        .orElseGet(() -> unknownType(question, estimates.get().types()));
  }

  private HttpAnswer success(Question question, Estimate estimate, Estimates estimates) {
    answered.accept(estimate);
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("status", "success");
          json.writeStringField("complaint_type", question.complaintType());
          writeEstimate(json, estimate);
          json.writeStringField("matched_type", estimate.type().complaintType());
          json.writeStringField("basis", estimate.basis());
          if (estimate.fallback().isPresent()) {
            json.writeStringField("fallback", estimate.fallback().get());
          }
          if (estimate.model().isPresent()) {
            json.writeStringField("model", estimate.model().get());
          }
          json.writeStringField("as_of", estimates.types().asOf());
        });
  }

  private static HttpAnswer unknownType(Question question, KnownTypes types) {
    return HttpAnswer.failure(
        400,
        Map.of(),
        json -> {
          json.writeStringField("status", "failure");
          json.writeStringField("problem", "Complaint type is not in database");
          json.writeStringField("complaint_type", question.complaintType());
          json.writeArrayFieldStart("suggestions");
          for (String suggestion : types.suggestions(question.complaintType())) {
            json.writeString(suggestion);
          }
          json.writeEndArray();
        });
  }

  private HttpAnswer complaintTypes() {
    return published.get().map(this::complaintTypes).orElseGet(Api::nothingPublished);
  }

  private HttpAnswer complaintTypes(Estimates estimates) {
    Medians medians = estimates.types().medians();
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("status", "success");
          json.writeStringField("as_of", estimates.types().asOf());
          json.writeObjectFieldStart("window");
          json.writeStringField("from", medians.from().toString());
          json.writeStringField("to", medians.to().toString());
          json.writeEndObject();
          json.writeNumberField("requests", medians.requests());
          json.writeArrayFieldStart("complaint_types");
          for (TypeMedians type : medians.types()) {
            json.writeStartObject();
            json.writeStringField("complaint_type", type.complaintType());
            json.writeStringField(
                "path", PREDICT + ComplaintTypes.normalise(type.complaintType()).replace(' ', '-'));
            writeEstimate(json, Estimate.median(type));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void writeEstimate(JsonGenerator json, Estimate estimate) throws IOException {
    json.writeNumberField("estimated_time", twoDecimals(estimate.hours().p50()));
    json.writeBooleanField("at_least", estimate.atLeast());
    json.writeObjectFieldStart("range");
    json.writeNumberField("p10", twoDecimals(estimate.hours().p10()));
    json.writeNumberField("p90", twoDecimals(estimate.hours().p90()));
    json.writeBooleanField("p90_at_least", estimate.p90AtLeast());
    json.writeEndObject();
    json.writeNumberField("requests", estimate.type().requests());
  }

  /** Plain digits, whatever the size. */
  private static BigDecimal twoDecimals(double hours) {
    return BigDecimal.valueOf(hours).setScale(2, RoundingMode.HALF_UP);
  }

  private static HttpAnswer nothingPublished() {
    return failure(503, RETRY, "Nothing is published yet: try again in a minute");
  }

  static HttpAnswer failure(int status, Map<String, String> headers, String problem) {
    return HttpAnswer.failure(
        status,
        headers,
        json -> {
          json.writeStringField("status", "failure");
          json.writeStringField("problem", problem);
        });
  }
}
