package nyc311.requests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A request's borough is known by the feed's name for it. */
class BoroughTest {
  @Test
  void theFeedNamesItInCapitals() {
    assertThat(Borough.named("STATEN ISLAND")).contains(Borough.STATEN_ISLAND);
    assertThat(Borough.named("BROOKLYN")).contains(Borough.BROOKLYN);
  }

  @Test
  void whatPeopleReadIsUnderstood() {
    for (Borough borough : Borough.values()) {
      assertThat(Borough.named(borough.displayName())).contains(borough);
    }
  }

  @Test
  void anythingElseIsNone() {
    assertThat(Borough.named("Unspecified")).isEmpty();
    assertThat(Borough.named(null)).isEmpty();
  }
}
