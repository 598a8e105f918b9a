package nyc311;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Who may use whom: arrows point one way, and few know the world outside. */
@AnalyzeClasses(packages = "nyc311", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  /** Each package, and those that it may use: only such as stand before it, so in no circle. */
  private static final List<Map.Entry<String, List<String>>> ARROWS =
      List.of(
          entry("nyc311.settings", List.of()),
          entry("nyc311.metrics", List.of()),
          entry("nyc311.json", List.of()),
          entry("nyc311.bucket", nyc311("settings")),
          entry("nyc311.requests", nyc311("bucket", "json")),
          entry("nyc311.collect", nyc311("bucket", "json", "metrics", "requests", "settings")),
          entry("nyc311.medians", nyc311("bucket", "json", "metrics", "requests", "settings")),
          entry("nyc311.regression", nyc311("bucket", "json", "requests")),
          entry("nyc311.estimate", nyc311("medians", "regression", "requests")),
          entry(
              "nyc311.predict",
              nyc311(
                  "bucket",
                  "estimate",
                  "json",
                  "medians",
                  "metrics",
                  "regression",
                  "requests",
                  "settings")),
          entry(
              "nyc311.record",
              nyc311("bucket", "estimate", "json", "medians", "regression", "requests")),
          entry(
              "nyc311.train",
              nyc311(
                  "bucket",
                  "estimate",
                  "json",
                  "medians",
                  "metrics",
                  "record",
                  "regression",
                  "requests",
                  "settings")),
          entry(
              "nyc311.commands",
              nyc311(
                  "bucket",
                  "collect",
                  "medians",
                  "regression",
                  "record",
                  "requests",
                  "settings",
                  "train")),
          entry("nyc311", nyc311("commands")));

  private static final String HANDLERS =
      "nyc311.(collect.Collect|medians.Medians|predict.Predict|train.Train)Handler";

  /** What speaks to a service of AWS. */
  private static final String ADAPTERS =
      "nyc311.(bucket.S3Bucket|bucket.S3Reader|collect.ParameterStore)";

  private static List<String> nyc311(String... packages) {
    return Stream.of(packages).map(name -> "nyc311." + name).toList();
  }

  @ArchTest
  static void packagesUseThoseThatTheyMay(JavaClasses all) {
    assertThat(ARROWS)
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(
            new TreeSet<>(all.stream().map(JavaClass::getPackageName).toList()));
    List<String> before = new ArrayList<>();
    for (Map.Entry<String, List<String>> arrows : ARROWS) {
      assertThat(before).as("before " + arrows.getKey()).containsAll(arrows.getValue());
      String[] others =
          ARROWS.stream()
              .map(Map.Entry::getKey)
              .filter(name -> !name.equals(arrows.getKey()) && !arrows.getValue().contains(name))
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(arrows.getKey())
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(all);
      before.add(arrows.getKey());
    }
  }

  @ArchTest static final ArchRule onlyHandlersKnowLambda = only(HANDLERS, "com.amazonaws..");

  @ArchTest
  static final ArchRule onlyHandlersAndAdaptersKnowTheSdk =
      only(HANDLERS + "|" + ADAPTERS, "software.amazon..");

  @ArchTest
  static final ArchRule onlyCommandsKnowPicocli = only("nyc311.(Main|commands.*)", "picocli..");

  /** What the API loads at its start is small. */
  @ArchTest
  static final ArchRule onlyTrainingKnowsTribuo =
      only("nyc311.train.*", "org.tribuo..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule nobodyButLambdaUsesTheHandlers =
      noClasses()
          .that()
          .haveNameNotMatching(HANDLERS + ".*")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(HANDLERS);

  private static ArchRule only(String names, String... packages) {
    return noClasses()
        .that()
        .haveNameNotMatching("(" + names + ")(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }
}
