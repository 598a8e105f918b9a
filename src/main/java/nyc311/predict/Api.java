package nyc311.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import nyc311.estimate.Estimate;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.medians.Curve;
import nyc311.medians.Interval;
import nyc311.medians.Medians;
import nyc311.medians.Patterns;
import nyc311.medians.TypeMedians;
import nyc311.regression.BacktestFigures;
import nyc311.regression.Situation;
import nyc311.requests.Borough;
import nyc311.requests.ComplaintTypes;

/** The HTTP API: which request gets which answer. Thread-safe. */
final class Api {
  private static final Map<String, String> RETRY = Map.of("retry-after", "60");

  /** What can be asked; a path that ends in a slash is followed by a complaint type. */
  private enum Route {
    PAGE("/"),
    PREDICT("/predict/"),
    CURVE("/curve/"),
    COMPLAINT_TYPE("/complaint-types/"),
    COMPLAINT_TYPES("/complaint-types"),
    STATUS("/status"),
    RECORD("/record"),
    OPEN_API("/openapi.json");

    private static final Route[] ALL = values();
    private final String path;

    Route(String path) {
      this.path = path;
    }

    boolean isOfAType() {
      return path.length() > 1 && path.endsWith("/");
    }

    /** Null for an unknown path. */
    static Route of(String path) {
      for (Route route : ALL) {
        if (route.isOfAType()
            ? path.startsWith(route.path) && path.length() > route.path.length()
            : path.equals(route.path)) {
          return route;
        }
      }
      return null;
    }
  }

  /** The API's description, read when first asked for. */
  private static final class OpenApi {
    static final HttpAnswer DOCUMENT =
        HttpAnswer.fixed("application/json", "public, max-age=3600", Map.of(), read());

    private static byte[] read() {
      try (InputStream in = Api.class.getResourceAsStream("openapi.json")) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Supplier<Optional<Estimates>> published;
  private final Supplier<Optional<PublishedRecord>> record;
  private final Consumer<Estimate> answered;
  private final Duration refresh;
  private final Clock clock;
  private final String cacheControl;

  /**
   * @param published the newest estimates; empty while there are none
   * @param record how right they were; empty while nobody knows
   * @param answered is told each estimate that is answered
   * @param refresh how long estimates are served before there may be newer ones
   * @param clock tells how old they are
   */
  Api(
      Supplier<Optional<Estimates>> published,
      Supplier<Optional<PublishedRecord>> record,
      Consumer<Estimate> answered,
      Duration refresh,
      Clock clock) {
    this.published = published;
    this.record = record;
    this.answered = answered;
    this.refresh = refresh;
    this.clock = clock;
    this.cacheControl = HttpAnswer.cacheControl(refresh);
  }

  /** A path from where one of the API's begins; as it is where none does. */
  static String withoutBasePath(String path) {
    for (int at = 0; at >= 0; at = path.indexOf('/', at + 1)) {
      if (Route.of(path.substring(at)) != null) {
        return path.substring(at);
      }
    }
    return path;
  }

  HttpAnswer answer(HttpRequest request) {
    Route route = Route.of(request.path());
    if (route == null) {
      return failure(
          404, Map.of(), "There is no such path; /openapi.json describes those that there are");
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return failure(405, Map.of("allow", "GET, HEAD"), "Method is not allowed: use GET");
    }
    return route.isOfAType()
        ? answer(route, request.path().substring(route.path.length()), request)
        : answer(route);
  }

  private HttpAnswer answer(Route route) {
    if (route == Route.PAGE) {
      return Page.answer();
    }
    if (route == Route.OPEN_API) {
      return OpenApi.DOCUMENT;
    }
    if (route == Route.RECORD) {
      return record.get().map(PublishedRecord::answer).orElseGet(Api::noRecord);
    }
    Optional<Estimates> estimates = published.get();
    if (estimates.isEmpty()) {
      return nothingPublished();
    }
    return route == Route.STATUS ? status(estimates.get()) : complaintTypes(estimates.get());
  }

  private HttpAnswer answer(Route route, String complaintType, HttpRequest request) {
    Question question;
    try {
      question =
          route == Route.COMPLAINT_TYPE
              ? Question.of(complaintType, Map.of(), Set.of())
              : Question.of(complaintType, request.query(), request.repeated());
    } catch (InvalidQuestionException e) {
      return invalid(e);
    }
    Optional<Estimates> estimates = published.get();
    if (estimates.isEmpty()) {
      return nothingPublished();
    }
    Optional<TypeMedians> type = estimates.get().types().find(complaintType);
    if (type.isEmpty()) {
      return unknownType(question, estimates.get().types());
    }
    return switch (route) {
      case CURVE -> curve(question, type.get(), estimates.get());
      case COMPLAINT_TYPE -> complaintType(question, type.get(), estimates.get());
      default -> predict(question, type.get(), estimates.get());
    };
  }

  private static HttpAnswer invalid(InvalidQuestionException e) {
    return HttpAnswer.failure(
        400,
        Map.of(),
        e.getMessage(),
        json -> {
          json.writeStringField("parameter", e.parameter());
          // What the first edition's clients look for.
          json.writeStringField("error message", e.getMessage());
        });
  }

  private static HttpAnswer unknownType(Question question, KnownTypes types) {
    return HttpAnswer.failure(
        400,
        Map.of(),
        "Complaint type is not in database",
        json -> {
          json.writeStringField("complaint_type", question.complaintType());
          json.writeArrayFieldStart("suggestions");
          for (String suggestion : types.suggestions(question.complaintType())) {
            json.writeString(suggestion);
          }
          json.writeEndArray();
        });
  }

  private static HttpAnswer nothingPublished() {
    return failure(503, RETRY, "Nothing is published yet: try again in a minute");
  }

  private static HttpAnswer noRecord() {
    return failure(
        404,
        Map.of(),
        "There is no record yet: it begins when what was published before a day's requests has"
            + " been followed for a week after them");
  }

  static HttpAnswer failure(int status, Map<String, String> headers, String problem) {
    return HttpAnswer.failure(status, headers, problem, json -> {});
  }

  private HttpAnswer predict(Question question, TypeMedians type, Estimates estimates) {
    Estimate estimate =
        estimates.estimate(type, situation(question, type), question.openForHours());
    answered.accept(estimate);
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("complaint_type", question.complaintType());
          writeEstimate(json, estimate);
          writeBasis(json, question, estimate, estimates);
        });
  }

  private static Situation situation(Question question, TypeMedians type) {
    return question.situation(type.complaintType());
  }

  private HttpAnswer curve(Question question, TypeMedians type, Estimates estimates) {
    Estimates.Curves curves =
        estimates.curves(type, situation(question, type), question.openForHours());
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("complaint_type", question.complaintType());
          json.writeNumberField("requests", type.requests());
          writeBasis(json, question, curves.estimate(), estimates);
          writeCurve(json, "curve", curves.asked());
          writeCurve(json, "overall", curves.overall());
        });
  }

  private HttpAnswer complaintTypes(Estimates estimates) {
    Medians medians = estimates.types().medians();
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("as_of", estimates.types().asOf());
          writeWindow(json, medians);
          json.writeNumberField("requests", medians.requests());
          json.writeArrayFieldStart("complaint_types");
          for (TypeMedians type : medians.types()) {
            json.writeStartObject();
            json.writeStringField("complaint_type", type.complaintType());
            json.writeStringField(
                "path",
                Route.PREDICT.path
                    + ComplaintTypes.normalise(type.complaintType()).replace(' ', '-'));
            writeEstimate(json, Estimate.median(type));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private HttpAnswer complaintType(Question question, TypeMedians type, Estimates estimates) {
    Patterns patterns = type.patterns();
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("complaint_type", question.complaintType());
          writeEstimate(json, Estimate.median(type));
          json.writeStringField("matched_type", type.complaintType());
          json.writeStringField("as_of", estimates.types().asOf());
          writeWindow(json, estimates.types().medians());
          json.writeArrayFieldStart("by_hour");
          for (Map.Entry<Integer, Patterns.Group> hour : patterns.byHour().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("hour", hour.getKey());
            writeGroup(json, hour.getValue());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("by_weekday");
          for (Map.Entry<DayOfWeek, Patterns.Group> day : patterns.byWeekday().entrySet()) {
            json.writeStartObject();
            String name = day.getKey().name();
            json.writeStringField(
                "weekday", name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT));
            writeGroup(json, day.getValue());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("by_borough");
          for (Map.Entry<Borough, Patterns.Group> borough : patterns.byBorough().entrySet()) {
            json.writeStartObject();
            json.writeStringField("borough", borough.getKey().displayName());
            writeGroup(json, borough.getValue());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("descriptors");
          if (estimates.model().isPresent()) {
            for (String descriptor : estimates.model().get().descriptors(type.complaintType())) {
              json.writeString(descriptor);
            }
          }
          json.writeEndArray();
        });
  }

  private HttpAnswer status(Estimates estimates) {
    Optional<PublishedRecord> judged = record.get();
    Medians medians = estimates.types().medians();
    Duration age = Duration.between(medians.asOf(), clock.instant());
    return HttpAnswer.success(
        cacheControl,
        json -> {
          json.writeStringField("as_of", estimates.types().asOf());
          json.writeNumberField("age_hours", rounded(Math.max(0, age.toSeconds() / 3600.), 2));
          if (judged.isPresent()) {
            writeRecord(json, judged.get());
          } else {
            json.writeNullField("record");
          }
          writeWindow(json, medians);
          json.writeNumberField("requests", medians.requests());
          json.writeNumberField("complaint_types", medians.types().size());
          json.writeNumberField("refresh_seconds", refresh.toSeconds());
          if (estimates.model().isPresent()) {
            json.writeObjectFieldStart("model");
            json.writeStringField("version", estimates.model().get().version());
            Optional<BacktestFigures> backtest = estimates.model().get().backtest();
            if (backtest.isPresent()) {
              json.writeFieldName("backtest");
              backtest.get().writeTo(json);
            } else {
              json.writeNullField("backtest");
            }
            json.writeEndObject();
          } else {
            json.writeNullField("model");
          }
        });
  }

  private static void writeRecord(JsonGenerator json, PublishedRecord record) throws IOException {
    json.writeObjectFieldStart("record");
    json.writeStringField("from", record.from().toString());
    json.writeStringField("to", record.to().toString());
    json.writeNumberField("requests", record.served().requests());
    json.writeNumberField("within", record.served().within());
    json.writeNumberField("above", record.served().above());
    json.writeNumberField("below", record.served().below());
    json.writeEndObject();
  }

  private static void writeEstimate(JsonGenerator json, Estimate estimate) throws IOException {
    json.writeNumberField("estimated_time", rounded(estimate.hours().p50(), 2));
    json.writeBooleanField("at_least", estimate.atLeast());
    json.writeObjectFieldStart("range");
    json.writeNumberField("p10", rounded(estimate.hours().p10(), 2));
    json.writeNumberField("p90", rounded(estimate.hours().p90(), 2));
    json.writeBooleanField("p10_at_least", estimate.p10AtLeast());
    json.writeBooleanField("p90_at_least", estimate.p90AtLeast());
    json.writeEndObject();
    if (estimate.interval().isPresent()) {
      writeInterval(json, estimate.interval().get());
    }
    json.writeBooleanField("rough", estimate.rough());
    json.writeNumberField("day_only", rounded(estimate.type().dayOnly(), 4));
    json.writeNumberField("requests", estimate.type().requests());
  }

  private static void writeInterval(JsonGenerator json, Interval interval) throws IOException {
    json.writeObjectFieldStart("interval");
    json.writeNumberField("lower", rounded(interval.lower(), 2));
    if (interval.upper() < Double.POSITIVE_INFINITY) {
      json.writeNumberField("upper", rounded(interval.upper(), 2));
    } else {
      json.writeNullField("upper");
    }
    json.writeEndObject();
  }

  /** What an answer to a question rests on. */
  private static void writeBasis(
      JsonGenerator json, Question question, Estimate estimate, Estimates estimates)
      throws IOException {
    if (question.openForHours().isPresent()) {
      json.writeNumberField("open_for", question.openForHours().getAsDouble());
      if (estimate.stillOpen().isPresent()) {
        json.writeNumberField("still_open", rounded(estimate.stillOpen().getAsDouble(), 4));
      } else {
        json.writeNullField("still_open");
      }
      if (estimate.followed().isPresent()) {
        json.writeNumberField("followed", estimate.followed().getAsInt());
      }
    }
    json.writeStringField("matched_type", estimate.type().complaintType());
    json.writeStringField("basis", estimate.basis());
    if (estimate.fallback().isPresent()) {
      json.writeStringField("fallback", estimate.fallback().get());
    }
    if (estimate.model().isPresent()) {
      json.writeStringField("model", estimate.model().get());
    }
    json.writeStringField("as_of", estimates.types().asOf());
  }

  private static void writeWindow(JsonGenerator json, Medians medians) throws IOException {
    json.writeObjectFieldStart("window");
    json.writeStringField("from", medians.from().toString());
    json.writeStringField("to", medians.to().toString());
    json.writeNumberField("days", medians.days());
    if (medians.daysWithData() > 0) {
      json.writeNumberField("days_with_data", medians.daysWithData());
    }
    json.writeEndObject();
  }

  /** Writes the rest of an object that has been begun. */
  private static void writeGroup(JsonGenerator json, Patterns.Group group) throws IOException {
    json.writeNumberField("estimated_time", rounded(group.p50(), 2));
    json.writeBooleanField("at_least", group.atLeast());
    if (group.interval().isTold()) {
      writeInterval(json, group.interval());
    }
    json.writeBooleanField("rough", group.interval().isRough());
    json.writeNumberField("requests", group.requests());
    json.writeEndObject();
  }

  private static void writeCurve(JsonGenerator json, String field, Curve curve) throws IOException {
    json.writeObjectFieldStart(field);
    writeNumbers(json, "hours", curve.hours());
    writeNumbers(json, "closed_by", curve.closedBy());
    json.writeEndObject();
  }

  private static void writeNumbers(JsonGenerator json, String field, List<Double> numbers)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (double number : numbers) {
      json.writeNumber(rounded(number, 4).stripTrailingZeros().toPlainString());
    }
    json.writeEndArray();
  }

  /** Plain digits, whatever the size, halves up. */
  private static BigDecimal rounded(double value, int decimals) {
    // Exact for what is published, which has four decimals; BigDecimal's own way takes ten times
    // as long.
    long millionths = Math.round(value * 1e6);
    long unit = decimals == 2 ? 10_000 : 100;
    return BigDecimal.valueOf(Math.floorDiv(millionths + unit / 2, unit), decimals);
  }
}
