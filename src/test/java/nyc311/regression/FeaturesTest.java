package nyc311.regression;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import nyc311.regression.Situation.Known;
import nyc311.requests.Place;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final Situation FRIDAY_NIGHT_IN_BROOKLYN =
      new Situation(
          "Noise - Residential",
          Optional.of("Loud Music/Party"),
          Optional.of(new Place(40.6757, -73.8605)),
          Optional.of(LocalDateTime.parse("2019-06-14T00:02:11")));

  @Test
  void everythingThatIsKnownIsNamed() {
    assertThat(Features.of(FRIDAY_NIGHT_IN_BROOKLYN, Optional.of("NYPD")))
        .containsExactlyInAnyOrder(
            "1",
            "T|noise residential",
            "P|ptx",
            "T*P|noise residential|ptx",
            "H|0",
            "D|FRIDAY",
            "T*H8|noise residential|0",
            "T*D|noise residential|FRIDAY",
            "T*W*H8|noise residential|false|0",
            "A*W*H|NYPD|false|0",
            "G5|813,-1478",
            "G2|2033,-3694",
            "T*G5|noise residential|813,-1478",
            "A*G2|NYPD|2033,-3694",
            "T*X|noise residential|loud music party",
            "T*X*H8|noise residential|loud music party|0");
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    assertThat(Features.of(Situation.of("Noise"), Optional.empty()))
        .containsExactly("1", "T|noise", "P|", "T*P|noise|");
    assertThat(
            Features.of(
                FRIDAY_NIGHT_IN_BROOKLYN.only(new Known(true, false, true)), Optional.empty()))
        .containsExactlyInAnyOrder(
            "1",
            "T|noise residential",
            "P|px",
            "T*P|noise residential|px",
            "G5|813,-1478",
            "G2|2033,-3694",
            "T*G5|noise residential|813,-1478",
            "T*X|noise residential|loud music party");
  }

  @Test
  void noFeatureTellsOneWeekFromAnother() {
    Situation weeksLater =
        new Situation(
            "NOISE: RESIDENTIAL!",
            Optional.of("loud music party"),
            FRIDAY_NIGHT_IN_BROOKLYN.place(),
            FRIDAY_NIGHT_IN_BROOKLYN.created().map(time -> time.plusWeeks(20).plusMinutes(50)));

    assertThat(Features.of(weeksLater, Optional.of("NYPD")))
        .isEqualTo(Features.of(FRIDAY_NIGHT_IN_BROOKLYN, Optional.of("NYPD")));
  }

  @Test
  void eachChoiceOfWhatIsKnownHasItsOwnPresence() {
    assertThat(Known.ALL.stream().map(Known::toString))
        .containsExactlyInAnyOrderElementsOf(List.of("", "p", "t", "x", "pt", "px", "tx", "ptx"));
  }
}
