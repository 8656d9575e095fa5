package org.ipsec4j.benchmarks.standard;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.benchmarks.harness.Bound;
import org.ipsec4j.benchmarks.harness.Plan;
import org.ipsec4j.benchmarks.harness.Row;

/**
 * The C loop against librte_ipsec in one process: whether it is good enough to be the anchor.
 *
 * @param rows one for each size and direction, without a bound of their own
 * @param version of DPDK; empty when it did not run
 * @param failure why there are no rows; empty when there are
 */
public record Dpdk(List<Row> rows, String version, String failure) {
  /** From here on the C loop is the anchor; below it librte_ipsec is. */
  static final double GOOD_ENOUGH = 0.95;

  static final String GROUP = "anchor";

  /** Copies the list. */
  public Dpdk {
    rows = List.copyOf(rows);
  }

  /** Runs the built program. */
  public static Dpdk run(Path program, Plan plan) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.add(Integer.toString(plan.pairs()));
    command.add(Long.toString(plan.sliceNanos() / 1000));
    AeadRows.SIZES.forEach(size -> command.add(size.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines;
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      lines = in.lines().toList();
    }
    int status = process.waitFor();
    return read(lines, status);
  }

  /** Reads what the program has printed. */
  static Dpdk read(List<String> lines, int status) {
    List<Row> rows = new ArrayList<>();
    String version = "";
    String failure = status == 0 ? "" : "the program ended with status " + status;
    for (String line : lines) {
      String[] word = line.split(" ", -1);
      if (word[0].equals("rte") && word.length == 8) {
        double c = 1e6 / Double.parseDouble(word[3]);
        double rte = 1e6 / Double.parseDouble(word[4]);
        rows.add(
            new Row(
                GROUP,
                "C loop " + word[2] + " AES-128-GCM " + word[1] + " B",
                "ns",
                c,
                "librte_ipsec",
                rte,
                Double.parseDouble(word[5]),
                Double.parseDouble(word[6]),
                Double.parseDouble(word[7]),
                Double.NaN,
                Bound.NONE,
                Double.NaN));
      } else if (word[0].equals("version")) {
        version = line.substring("version ".length());
      } else if (word[0].equals("failed")) {
        failure = line;
      }
    }
    return new Dpdk(rows, version, failure);
  }

  /**
   * The factor by which a ratio to the C loop is scaled for a row of the path with crypto-mb: 1
   * where the C loop is good enough, else the C loop's speed over librte_ipsec's, which makes the
   * ratio one to librte_ipsec.
   *
   * @param what the row's text, such as {@code out AES-128-GCM 1400 B}
   */
  public double scale(String what) {
    for (Row row : rows) {
      if (row.what().equals("C loop " + what) && row.ratio() < GOOD_ENOUGH) {
        return row.ratio();
      }
    }
    return 1;
  }
}
