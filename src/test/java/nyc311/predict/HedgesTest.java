package nyc311.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import nyc311.bucket.StoredObject;
import nyc311.estimate.Estimate;
import nyc311.estimate.Estimates;
import nyc311.estimate.KnownTypes;
import nyc311.local.RealDays;
import nyc311.medians.MediansWindow;
import nyc311.medians.TypeMedians;
import nyc311.regression.Situation;
import nyc311.requests.ComplaintTypes;
import nyc311.requests.NewYork;
import nyc311.requests.Place;
import nyc311.requests.RawDay;
import nyc311.requests.RawDays;
import nyc311.requests.ServiceRequest;
import org.junit.jupiter.api.Test;

/**
 * Who asks for a place, a time or a descriptor is not answered by a lower bound more often than who
 * asks for the type alone. The shares are those of docs/quality.md.
 */
class HedgesTest {
  private long requests;
  private long medianUnknown;
  private final Answers typeAlone = new Answers("type alone");
  private final Answers placed = new Answers("place and time");
  private final Answers described = new Answers("place, time and descriptor");

  @Test
  void ofTheDaysOf2019() throws IOException {
    ask(RawDays.in(RealDays.folder()), "2019");
  }

  @Test
  void ofTheDaysOf2026() throws IOException {
    ask(RawDays.in(RealDays.recent()), "2026");
  }

  private void ask(RawDays rawDays, String year) throws IOException {
    Estimates estimates =
        new Estimates(
            new KnownTypes(
                MediansWindow.newest(rawDays, 400, (task, done, all) -> {}).orElseThrow()),
            FollowUpTest.ofTheRepository().model());
    for (LocalDate day : rawDays.days()) {
      try (StoredObject raw = rawDays.open(day)) {
        RawDay.read(day, raw, request -> ask(estimates, request));
      }
    }

    List<String> shares = new ArrayList<>();
    for (Answers answers : List.of(typeAlone, placed, described)) {
      assertThat(answers.flagged).as(answers.to).isLessThanOrEqualTo(medianUnknown);
      shares.add(answers.line(year));
    }
    shares.add(line(year + ", the type's own median is unknown", medianUnknown, "").strip());
    assertThat(Files.readString(Path.of("docs", "quality.md"))).contains(shares);
  }

  private void ask(Estimates estimates, ServiceRequest request) {
    TypeMedians type = estimates.types().find(request.complaintType()).orElseThrow();
    Optional<LocalDateTime> created =
        Optional.of(request.created().atZone(NewYork.ZONE).toLocalDateTime());
    Optional<Place> place =
        Optional.ofNullable(request.latitude())
            .map(latitude -> new Place(latitude, request.longitude()));
    Optional<String> descriptor =
        Optional.ofNullable(request.descriptor()).filter(ComplaintTypes::isNamed);
    requests++;
    medianUnknown += type.atLeast() ? 1 : 0;
    typeAlone.count(estimates, type, Optional.empty(), Optional.empty(), Optional.empty());
    placed.count(estimates, type, Optional.empty(), place, created);
    described.count(estimates, type, descriptor, place, created);
  }

  private String line(String what, long flagged, String rough) {
    return String.format(Locale.ROOT, "| %s | %.4f | %s |", what, share(flagged), rough);
  }

  private double share(long some) {
    return (double) some / requests;
  }

  /** What questions of one kind were answered. */
  private final class Answers {
    private final String to;
    private long flagged;
    private long rough;

    Answers(String to) {
      this.to = to;
    }

    void count(
        Estimates estimates,
        TypeMedians type,
        Optional<String> descriptor,
        Optional<Place> place,
        Optional<LocalDateTime> created) {
      Estimate estimate =
          estimates.estimate(
              type,
              new Situation(type.complaintType(), descriptor, place, created),
              OptionalDouble.empty());
      flagged += estimate.atLeast() ? 1 : 0;
      rough += estimate.rough() ? 1 : 0;
    }

    String line(String year) {
      return HedgesTest.this.line(
          year + ", " + to, flagged, String.format(Locale.ROOT, "%.4f", share(rough)));
    }
  }
}
