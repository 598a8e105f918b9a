package nyc311.train;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.estimate.Rules;
import nyc311.medians.Curve;
import nyc311.medians.KaplanMeier;
import nyc311.medians.Medians;
import nyc311.medians.TypeMedians;
import nyc311.regression.BacktestFigures;
import nyc311.regression.PublishedModel;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import nyc311.regression.Situation;
import nyc311.regression.Situation.Known;
import nyc311.requests.NewYork;
import nyc311.requests.Progress;
import nyc311.requests.RawDays;

/**
 * Learns from what was known at one instant, and is judged by requests that were created later, as
 * the newest files know them; and two simple alternatives beside it, learnt from the same.
 *
 * @param asOf the instant
 * @param byEstimator what each estimator said of each tested request, all in the same order
 * @param curves of each complaint type that was learnt from, as it would have been published
 * @param trained how many requests were learnt from
 * @param capHours the cap of {@link Scores#mlogCap}
 */
public record Backtest(
    Instant asOf,
    Map<String, List<Judged>> byEstimator,
    Map<String, Curve> curves,
    int trained,
    double capHours) {
  static final String CLOSED_ONLY = "median of closed requests";

  /** The one that the regression must not be worse than. */
  public static final String KAPLAN_MEIER = "Kaplan–Meier median";

  /** The one that is published and compared. */
  public static final String REGRESSION = "regression: place, time";

  /** What the API would have answered, asked with the same: by its rules, medians included. */
  private static final Map<String, Known> SERVED = new LinkedHashMap<>();

  /** Three days. */
  private static final double MIN_FOLLOW_UP_HOURS = 72;

  /** What the regression is asked with, beside the complaint type. */
  private static final Map<String, Known> REGRESSIONS = new LinkedHashMap<>();

  static {
    REGRESSIONS.put(REGRESSION, new Known(true, true, false));
    REGRESSIONS.put("regression: place, time, descriptor", new Known(true, true, true));
    REGRESSIONS.put("regression: time", new Known(false, true, false));
    REGRESSIONS.put("regression: place", new Known(true, false, false));
    SERVED.put("served: place, time", new Known(true, true, false));
    SERVED.put("served: place, time, descriptor", new Known(true, true, true));
  }

  /** The names of the estimators, in the order of the table. */
  public static List<String> estimators() {
    return Stream.of(List.of(CLOSED_ONLY, KAPLAN_MEIER), REGRESSIONS.keySet(), SERVED.keySet())
        .flatMap(Collection::stream)
        .toList();
  }

  /**
   * Learns, and judges.
   *
   * @param trainDays the days to learn from; what was created from the instant on is left out
   * @param testDays the days to be judged by; what was created before the instant is left out
   * @param capHours a cap for the error; NaN: for how long all were followed
   */
  public static Backtest run(
      RawDays rawDays,
      Instant asOf,
      Collection<LocalDate> trainDays,
      Collection<LocalDate> testDays,
      double capHours,
      long seed,
      Progress progress)
      throws IOException {
    return run(
        Observations.read(rawDays, trainDays, progress).at(asOf),
        Observations.read(rawDays, testDays, progress).since(asOf),
        capHours,
        seed,
        progress);
  }

  /**
   * The requests of those days that were followed for long enough: a day that was collected soon
   * after its end has open requests of which next to nothing is known, and would pull the cap down
   * to their age, below which no error counts.
   */
  static List<Observation> followedUp(List<Observation> tested) {
    Set<LocalDate> tooEarly =
        tested.stream()
            .filter(one -> !one.closed() && one.hours() < MIN_FOLLOW_UP_HOURS)
            .map(one -> NewYork.day(one.created()))
            .collect(Collectors.toSet());
    return tested.stream().filter(one -> !tooEarly.contains(NewYork.day(one.created()))).toList();
  }

  static Backtest run(
      Observations known, List<Observation> tested, double capHours, long seed, Progress progress) {
    if (known.all().isEmpty() || tested.isEmpty()) {
      throw new IllegalArgumentException(
          "there must be requests before and after " + known.asOf() + " in the raw days");
    }
    Map<String, List<Judged>> byEstimator = new LinkedHashMap<>();
    byEstimator.put(
        CLOSED_ONLY,
        judge(tested, medians(known, all -> all.stream().filter(Observation::closed).toList())));
    byEstimator.put(KAPLAN_MEIER, judge(tested, medians(known, all -> all)));
    RegressionModel model = Training.train(known, seed, progress).served();
    REGRESSIONS.forEach(
        (name, parts) ->
            byEstimator.put(
                name, judge(tested, situation -> model.estimate(situation.only(parts)))));
    Map<String, TypeMedians> medians = published(known);
    Function<Situation, Quantiles> served = served(medians, model);
    SERVED.forEach(
        (name, parts) ->
            byEstimator.put(name, judge(tested, situation -> served.apply(situation.only(parts)))));
    double cap = Double.isNaN(capHours) ? followedUpFor(tested) : capHours;
    Map<String, Curve> curves = new HashMap<>();
    medians.forEach((type, own) -> curves.put(type, Curve.of(own, Medians.MOMENTS)));
    return new Backtest(known.asOf(), byEstimator, curves, known.all().size(), cap);
  }

  /** The youngest open request's age; when all are closed, how long the longest one took. */
  private static double followedUpFor(List<Observation> tested) {
    return tested.stream()
        .filter(observation -> !observation.closed())
        .mapToDouble(Observation::hours)
        .min()
        .orElseGet(() -> tested.stream().mapToDouble(Observation::hours).max().orElseThrow());
  }

  private static List<Judged> judge(
      List<Observation> tested, Function<Situation, Quantiles> estimator) {
    return tested.stream()
        .map(
            observation ->
                new Judged(
                    observation.complaintType(),
                    observation.agency(),
                    observation.closed(),
                    observation.hours(),
                    estimator.apply(observation.situation())))
        .toList();
  }

  /** A type's quantiles, for a type that was not seen those of all requests. */
  private static Function<Situation, Quantiles> medians(
      Observations known, UnaryOperator<List<Observation>> counted) {
    Quantiles overall = quantiles(counted.apply(known.all()));
    Map<String, Quantiles> byType = new HashMap<>();
    known
        .byType()
        .forEach(
            (type, all) -> {
              List<Observation> some = counted.apply(all);
              if (!some.isEmpty()) {
                byType.put(type, quantiles(some));
              }
            });
    return situation -> byType.getOrDefault(situation.complaintType(), overall);
  }

  /** What the API would answer; of a type that it would not know, what the model says. */
  private static Function<Situation, Quantiles> served(
      Map<String, TypeMedians> medians, RegressionModel model) {
    Optional<PublishedModel> published =
        Optional.of(new PublishedModel("backtest", model, Optional.empty()));
    return situation -> {
      TypeMedians type = medians.get(situation.complaintType());
      return type == null
          ? model.estimate(situation)
          : Rules.believed(type, situation, published).estimate().hours();
    };
  }

  /** The medians of each complaint type that was learnt from, as they would have been published. */
  private static Map<String, TypeMedians> published(Observations known) {
    Map<String, TypeMedians> medians = new HashMap<>();
    known
        .byType()
        .forEach(
            (type, all) ->
                medians.put(
                    type,
                    TypeMedians.of(
                        type, Labels.ascending(all, true), Labels.ascending(all, false))));
    return medians;
  }

  private static Quantiles quantiles(List<Observation> observations) {
    KaplanMeier curve = Labels.curve(observations);
    return Training.hours(curve);
  }

  /** Whether the regression is not worse than the Kaplan–Meier median, on both proper scores. */
  public boolean isAsGoodAsKaplanMeier() {
    Scores regression = scores().get(REGRESSION);
    Scores median = scores().get(KAPLAN_MEIER);
    return regression.mlogCap() <= median.mlogCap()
        && regression.pinballSum() <= median.pinballSum();
  }

  /** What is published of it; empty where no request was closed, and so some score is none. */
  Optional<BacktestFigures> figures() {
    List<Judged> any = byEstimator.get(KAPLAN_MEIER);
    if (any.stream().noneMatch(Judged::closed)) {
      return Optional.empty();
    }
    List<BacktestFigures.Estimator> estimators = new ArrayList<>();
    scores()
        .forEach(
            (name, scores) ->
                estimators.add(
                    new BacktestFigures.Estimator(
                        name,
                        fourDecimals(scores.mlog()),
                        fourDecimals(scores.mlogCap()),
                        fourDecimals(scores.pinballSum()),
                        fourDecimals(scores.coverage()),
                        fourDecimals(scores.aboveP90()),
                        fourDecimals(scores.medianErrorHours()))));
    return Optional.of(
        new BacktestFigures(asOf, trained, any.size(), fourDecimals(capHours), estimators));
  }

  private static double fourDecimals(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  /** The scores of each estimator. */
  public Map<String, Scores> scores() {
    Map<String, Scores> scores = new LinkedHashMap<>();
    byEstimator.forEach((name, judged) -> scores.put(name, Scores.of(judged, capHours)));
    return scores;
  }

  /**
   * The scores of one estimator by complaint type or agency, the one with most requests first.
   *
   * @param group requests for which it is null are left out
   */
  public Map<String, Scores> scoresBy(Function<Judged, String> group, String estimator) {
    Map<String, Scores> scores = new LinkedHashMap<>();
    byEstimator.get(estimator).stream()
        .filter(judged -> group.apply(judged) != null)
        .collect(Collectors.groupingBy(group))
        .entrySet()
        .stream()
        .sorted(
            Comparator.comparingInt((Map.Entry<String, List<Judged>> all) -> -all.getValue().size())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(all -> scores.put(all.getKey(), Scores.of(all.getValue(), capHours)));
    return scores;
  }
}
