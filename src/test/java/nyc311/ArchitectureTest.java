package nyc311;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Handlers are adapters around a domain that knows nothing of AWS, and arrows point one way. */
@AnalyzeClasses(packages = "nyc311", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule onlyHandlersAndTheBucketsKnowAws =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Handler")
          .and()
          .doNotHaveSimpleName("S3Bucket")
          .and()
          .doNotHaveSimpleName("S3Reader")
          .and()
          .doNotHaveSimpleName("ParameterStore")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.amazonaws..", "software.amazon..");

  /** What the API loads at its start is small. */
  @ArchTest
  static final ArchRule onlyTrainingKnowsTribuo =
      noClasses()
          .that()
          .resideOutsideOfPackage("nyc311.train..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.tribuo..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("nyc311.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nobodyButLambdaUsesTheHandlers =
      classes()
          .that()
          .haveSimpleNameEndingWith("Handler")
          .should()
          .onlyHaveDependentClassesThat()
          .haveSimpleNameEndingWith("Handler");
}
