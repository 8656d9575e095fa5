package org.ipsec4j.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run gave, and what that means.
 *
 * @param machine what it ran on, each {@code name: value}
 * @param rows what was measured
 * @param notRun what was not, and why: each {@code what (why)}
 */
public record Report(List<String> machine, List<Row> rows, List<String> notRun) {
  /** Everything with a bound was measured and met it. */
  public static final int OK = 0;

  /** Something fell short. */
  public static final int SHORT = 1;

  /** Nothing fell short, but not everything was measured: this proves nothing of the rest. */
  public static final int INCOMPLETE = 3;

  private static final List<String> HEAD =
      List.of(
          "group", "what", "ours", "anchor", "unit", "ratio", "quartiles", "B/packet", "bound", "");

  /** Copies the lists. */
  public Report {
    machine = List.copyOf(machine);
    rows = List.copyOf(rows);
    notRun = List.copyOf(notRun);
  }

  /** What fell short. */
  public List<String> shortfalls() {
    return rows.stream().map(Row::shortfall).filter(text -> !text.isEmpty()).toList();
  }

  /** {@link #OK}, {@link #SHORT} or {@link #INCOMPLETE}. */
  public int status() {
    if (!shortfalls().isEmpty()) {
      return SHORT;
    }
    boolean judged = rows.stream().anyMatch(row -> row.verdict() == Row.Verdict.OK);
    return notRun.isEmpty() && judged ? OK : INCOMPLETE;
  }

  /**
   * The last line: exactly {@code bench: ok} when everything was measured and good. What was not
   * measured is never called ok.
   */
  public String lastLine() {
    String missing = notRun.isEmpty() ? "" : "not run: " + String.join("; ", notRun);
    return switch (status()) {
      case OK -> "bench: ok";
      case SHORT ->
          "bench: short: "
              + String.join("; ", shortfalls())
              + (missing.isEmpty() ? "" : "; " + missing);
      default -> "bench: incomplete: " + (missing.isEmpty() ? "nothing was measured" : missing);
    };
  }

  /** The table with aligned columns, for a terminal. */
  public String table() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    for (Row row : rows) {
      lines.add(cells(row));
    }
    int[] width = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < width.length; i++) {
        String gap = " ".repeat(width[i] - line.get(i).length());
        // words to the left, numbers to the right
        out.append(i < 2 || i > 7 ? line.get(i) + gap : gap + line.get(i)).append("  ");
      }
      text.append(out.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** The same for a document. */
  public String markdown() {
    StringBuilder text = new StringBuilder("| " + String.join(" | ", HEAD) + " |\n");
    text.append("|---|---|--:|--:|---|--:|---|--:|---|---|\n");
    for (Row row : rows) {
      text.append("| ").append(String.join(" | ", cells(row))).append(" |\n");
    }
    return text.toString();
  }

  private static List<String> cells(Row row) {
    boolean paired = !row.anchorName().isEmpty();
    String quartiles =
        Double.isNaN(row.low()) ? "-" : Figures.ratio(row.low()) + ".." + Figures.ratio(row.high());
    String allocated =
        Double.isNaN(row.allocated())
            ? "-"
            : row.allocated() < Row.NOISE ? "0" : Figures.brief(row.allocated());
    return List.of(
        row.group(),
        paired ? row.what() + " : " + row.anchorName() : row.what(),
        Figures.brief(row.figure()),
        Figures.brief(row.anchor()),
        row.unit(),
        Figures.ratio(row.ratio()),
        quartiles,
        allocated,
        row.bound().toString() + (Double.isNaN(row.maxAllocated()) ? "" : ", 0 B"),
        row.verdict().text());
  }

  /** Everything, for programs. */
  public String json(String date, boolean quick) {
    Json json = new Json().open('{').name("date").text(date).name("quick").value(quick);
    json.name("result").text(lastLine()).name("machine").open('{');
    for (String fact : machine) {
      int colon = fact.indexOf(": ");
      json.name(fact.substring(0, colon)).text(fact.substring(colon + 2));
    }
    json.close('}').name("rows").open('[');
    for (Row row : rows) {
      json.open('{').name("group").text(row.group()).name("what").text(row.what());
      json.name("unit").text(row.unit()).name("figure").number(row.figure());
      json.name("anchorName").text(row.anchorName()).name("anchor").number(row.anchor());
      json.name("ratio").number(row.ratio()).name("low").number(row.low());
      json.name("high").number(row.high()).name("allocated").number(row.allocated());
      json.name("bound").text(row.bound().toString());
      json.name("maxAllocated").number(row.maxAllocated());
      json.name("verdict").text(row.verdict().text()).close('}');
    }
    json.close(']').name("notRun").open('[');
    notRun.forEach(json::text);
    return json.close(']').close('}').toString();
  }
}
