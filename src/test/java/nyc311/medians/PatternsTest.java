package nyc311.medians;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import nyc311.json.InvalidDocumentException;
import nyc311.medians.Patterns.Group;
import nyc311.requests.Borough;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published medians say how the median changes over hours, weekdays and boroughs. */
class PatternsTest {
  private static final Group FAST = new Group(1.5, false, 12, new Interval(1, 2));
  private static final Group SLOW =
      new Group(48, true, 3, new Interval(48, Double.POSITIVE_INFINITY));
  private static final Patterns PATTERNS =
      new Patterns(
          Map.of(0, FAST, 23, SLOW),
          Map.of(DayOfWeek.SUNDAY, SLOW),
          Map.of(Borough.BRONX, FAST, Borough.STATEN_ISLAND, SLOW));

  private static final String BOROUGHS = "\"boroughs\":[[12,1.5],[],[],[],[3,48.0,true]]";

  @Test
  void theyAreReadAsTheyWereWritten() throws IOException {
    TypeMedians read = read(json(PATTERNS)).types().get(0);

    assertThat(read.patterns()).isEqualTo(PATTERNS);
    assertThat(read.patterns().byHour()).containsExactly(Map.entry(0, FAST), Map.entry(23, SLOW));
    assertThat(read.patterns().byWeekday()).containsExactly(Map.entry(DayOfWeek.SUNDAY, SLOW));
    assertThat(read.patterns().byBorough())
        .containsExactly(Map.entry(Borough.BRONX, FAST), Map.entry(Borough.STATEN_ISLAND, SLOW));
  }

  @Test
  void mediansFromBeforeHaveNone() throws IOException {
    String json = json(Patterns.NONE);

    assertThat(json).doesNotContain("hours", "weekdays", "boroughs");
    assertThat(read(json).types().get(0).patterns()).isEqualTo(Patterns.NONE);
    assertThat(Patterns.NONE.byHour()).isEmpty();
  }

  @Test
  void theyArePublishedAsLists() {
    assertThat(json(PATTERNS))
        .contains(
            "\"hours\":[[12,1.5],[],", ",[],[3,48.0,true]],\"hours_intervals\":[[1.0,2.0],[48.0]],")
        .contains(BOROUGHS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "[]",
        "[[12,1.5]]",
        "[[12,1.5],[],[],[]]",
        "[[12,1.5],[],[],[],[],[]]",
        "[[12,1.5],[],[],[],null]",
        "[[12,1.5],[],[],[],0]",
        "[[12],[],[],[],[]]",
        "[[12,1.5,0],[],[],[],[]]",
        "[[12,1.5,true,1],[],[],[],[]]",
        "[[12,\"1.5\"],[],[],[],[]]",
        "[[12,-1.5,false],[],[],[],[]]",
        "[[12,1e10],[],[],[],[]]",
        "[[0,1.5],[],[],[],[]]",
        "[[-1,1.5],[],[],[],[]]",
      })
  void whatNoGroupsCanBeIsRefused(String boroughs) {
    String wrong = json(PATTERNS).replace(BOROUGHS, "\"boroughs\":" + boroughs);

    assertThat(wrong).doesNotContain(BOROUGHS);
    assertThatThrownBy(() -> read(wrong)).isInstanceOf(InvalidDocumentException.class);
  }

  @Test
  void aDayHas24Hours() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Patterns(Map.of(24, FAST), Map.of(), Map.of()))
        .withMessageContaining("24");
  }

  private static String json(Patterns patterns) {
    TypeMedians type =
        InventedType.of("Noise", 14, 1, 1, 2, 4, false, false, 4, List.of(.5), patterns);
    return new String(
        MediansJson.write(
            new Medians(
                Instant.parse("2019-07-10T12:00:00Z"),
                LocalDate.of(2019, 7, 1),
                LocalDate.of(2019, 7, 9),
                9,
                List.of(2.),
                List.of(type))),
        UTF_8);
  }

  private static Medians read(String json) throws IOException {
    return MediansJson.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }
}
