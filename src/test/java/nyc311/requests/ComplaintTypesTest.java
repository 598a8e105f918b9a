package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import nyc311.Draw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComplaintTypesTest {
  @ParameterizedTest
  @CsvSource({
    "Noise - Street/Sidewalk, noise street sidewalk",
    "noise-street-sidewalk, noise street sidewalk",
    "NOISE - STREET/SIDEWALK, noise street sidewalk",
    "'  HEAT/HOT WATER. ', heat hot water",
    "Animal-Abuse, animal abuse",
    "Alzheimer's Care, alzheimer s care",
    "Café №5 ½, café 5",
    "'/().', ''",
  })
  void spellingsOfOneTypeAreEqual(String spelling, String normalised) {
    assertThat(ComplaintTypes.normalise(spelling)).isEqualTo(normalised);
    assertThat(ComplaintTypes.normalise(normalised)).isEqualTo(normalised);
  }

  @Test
  void aTypeIsNamedWhenItsNormalFormIsNotEmpty() {
    Draw.cases(
        10_000,
        draw -> {
          String complaintType = draw.text(3);

          assertThat(ComplaintTypes.isNamed(complaintType))
              .isEqualTo(!ComplaintTypes.normalise(complaintType).isEmpty());
        });
  }
}
