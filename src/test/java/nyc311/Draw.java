package nyc311;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Input drawn at random for a test that must hold for any: the same on every run, with the ends of
 * each range far more often than chance would draw them, since faults live there.
 */
public final class Draw {
  private final RandomGenerator random;

  private Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** What must hold for any input. */
  public interface Property {
    void holdsFor(Draw draw) throws Exception;
  }

  /** Holds the property against input of the seeds 1 to {@code cases}; a failure names its seed. */
  public static void cases(int cases, Property property) {
    for (long seed = 1; seed <= cases; seed++) {
      try {
        property.holdsFor(new Draw(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("with the input of seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** For input that a test makes in its own way. */
  public RandomGenerator random() {
    return random;
  }

  /** Both ends are included. */
  public long between(long least, long most) {
    return switch (random.nextInt(10)) {
      case 0 -> least;
      case 1 -> most;
      case 2 -> Math.max(least, Math.min(0, most));
      default -> least < most ? random.nextLong(least, most) : least;
    };
  }

  /** Both ends are included. */
  public int between(int least, int most) {
    return (int) between((long) least, most);
  }

  /** Both ends are included. */
  public double between(double least, double most) {
    return switch (random.nextInt(20)) {
      case 0 -> least;
      case 1 -> most;
      case 2 -> Math.max(least, Math.min(0, most));
      default -> random.nextDouble(least, most);
    };
  }

  public <T> List<T> list(int least, int most, Supplier<T> element) {
    return Stream.generate(element).limit(between(least, most)).toList();
  }

  public <T> Optional<T> optional(Supplier<T> value) {
    return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(value.get());
  }

  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** Half of it ASCII, the rest any characters and lone surrogates. */
  public String text(int mostCharacters) {
    return Stream.generate(() -> between(0, oneOf(127, 127, 0xFFFF, Character.MAX_CODE_POINT)))
        .limit(between(0, mostCharacters))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
