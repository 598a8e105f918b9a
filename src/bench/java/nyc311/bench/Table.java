package nyc311.bench;

import java.util.ArrayList;
import java.util.List;

/** What was measured, as Markdown. */
final class Table {
  private final List<String> lines =
      new ArrayList<>(
          List.of(
              "| figure | ours | alternative | ratio | must / stretch | kept |",
              "|---|---|---|---|---|---|"));
  private final List<String> notes = new ArrayList<>();

  /** A figure that nothing is compared with. */
  void add(String figure, Samples ours, Budget budget) {
    add(figure, ours, "", new Samples(), budget);
  }

  /**
   * A figure beside the same of another program.
   *
   * @param alternative the other program's name
   */
  void add(String figure, Samples ours, String alternative, Samples theirs, Budget budget) {
    double ratio = ours.median() / theirs.median();
    lines.add(
        "| %s | %s | %s | %s | %s | %s |"
            .formatted(
                figure,
                ours,
                (alternative + " " + theirs).strip(),
                Double.isNaN(ratio) ? "–" : Samples.text(ratio),
                budget,
                budget.verdict(ours.median(), ratio)));
  }

  /** Something to know about the figures; Markdown, printed below the table. */
  void note(String text) {
    notes.add(text);
  }

  @Override
  public String toString() {
    return String.join("\n", lines) + "\n\n" + String.join("\n\n", notes) + "\n";
  }
}
