package nyc311.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import nyc311.bucket.Keys;
import nyc311.bucket.ObjectHead;
import nyc311.bucket.StoredObject;
import nyc311.regression.Features;
import nyc311.regression.LearntType;
import nyc311.regression.PublishedModel;
import nyc311.regression.Quantiles;
import nyc311.regression.RegressionModel;
import nyc311.regression.Situation;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;
import org.tribuo.Model;
import org.tribuo.impl.ArrayExample;
import org.tribuo.protos.core.ModelProto;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.sgd.linear.LinearSGDModel;

/** The API does not ask Tribuo, but answers what Tribuo would. */
class ParityTest {
  private static final int SITUATIONS = 20_000;
  private static final Path SHIPPED = Path.of("model");

  @Test
  void aModelJustLearntIsServedAsTribuoPredicts() {
    LearntModel learnt = GoldenModel.learnt();

    assertParity(learnt.deviation(), learnt.served(), List.of("Loud Music/Party", "?"));
  }

  @Test
  void theModelOfThisRepositoryIsServedAsTribuoPredicts() throws IOException {
    JsonNode pointer = new ObjectMapper().readTree(SHIPPED.resolve(Keys.MODEL_POINTER).toFile());
    byte[] weights = Files.readAllBytes(SHIPPED.resolve(pointer.at("/weights/key").asText()));
    Model<Regressor> tribuo =
        Model.deserialize(ModelProto.parseFrom(weights)).castModel(Regressor.class);
    PublishedModel published;
    try (StoredObject current = object(Keys.MODEL_POINTER).orElseThrow()) {
      published = PublishedModel.read(current, ParityTest::object);
    }

    assertParity(
        (LinearSGDModel) tribuo,
        published.model(),
        List.of("Loud Music/Party", "Banging/Pounding", "ENTIRE BUILDING", "Pothole", "?"));
  }

  private static void assertParity(
      LinearSGDModel tribuo, RegressionModel served, List<String> descriptors) {
    SplittableRandom random = new SplittableRandom(311);
    List<String> types = new ArrayList<>(served.types().keySet());
    types.sort(null);
    types.add("unheard of");
    for (int i = 0; i < SITUATIONS; i++) {
      Situation situation = situation(random, types, descriptors);
      assertThat(logHours(served.estimate(situation)))
          .as(situation.toString())
          .containsExactly(expected(tribuo, served, situation), within(1e-5));
    }
  }

  private static Situation situation(
      SplittableRandom random, List<String> types, List<String> descriptors) {
    return new Situation(
        types.get(random.nextInt(types.size())),
        random.nextBoolean()
            ? Optional.of(descriptors.get(random.nextInt(descriptors.size())))
            : Optional.empty(),
        random.nextBoolean()
            ? Optional.of(new Place(random.nextDouble(40.4, 41), random.nextDouble(-74.4, -73.6)))
            : Optional.empty(),
        random.nextBoolean()
            ? Optional.of(LocalDateTime.parse("2019-01-01T00:30").plusHours(random.nextInt(9_000)))
            : Optional.empty());
  }

  /** What Tribuo itself predicts, with the offset added, in log1p(hours). */
  private static double[] expected(
      LinearSGDModel tribuo, RegressionModel served, Situation situation) {
    String type = situation.complaintType();
    String[] names =
        Features.of(
                situation,
                Optional.ofNullable(served.types().get(type)).flatMap(LearntType::agency))
            .toArray(String[]::new);
    double[] ones = new double[names.length];
    Arrays.fill(ones, 1);
    double[] logHours =
        tribuo
            .predict(new ArrayExample<>(RegressionFactory.UNKNOWN_REGRESSOR, names, ones))
            .getOutput()
            .getValues();
    double[] usual = served.offsets().of(situation);
    for (int i = 0; i < logHours.length; i++) {
      logHours[i] += usual[i];
    }
    Arrays.sort(logHours);
    if (served.types().containsKey(type)) {
      logHours[0] -= served.types().get(type).drift().p10();
      logHours[2] += served.types().get(type).drift().p90();
    }
    return Arrays.stream(logHours).map(value -> Math.max(0, value)).toArray();
  }

  private static double[] logHours(Quantiles hours) {
    return hours.map(Math::log1p).toArray();
  }

  private static Optional<StoredObject> object(String key) {
    try {
      Path file = SHIPPED.resolve(key);
      return Optional.of(
          new StoredObject(
              new ObjectHead(key, "", Instant.EPOCH, Files.size(file), Map.of()),
              Files.newInputStream(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
