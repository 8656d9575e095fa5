package org.ipsec4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link EspAllocation} for all shapes, writes a table, and ends with status 1 when the packet
 * path allocates anything for any of them. What the default provider allocates is told apart from
 * it, and is no failure.
 */
public final class AllocationReport {
  /** Octets per packet that are noise: JMH's own allocation, spread over all packets. */
  private static final double NOISE = 0.05;

  private static final String NORM = "gc.alloc.rate.norm";

  private AllocationReport() {}

  /**
   * Called by people and by {@code .ci/run}.
   *
   * @param arguments the file to write the table to; {@code --path-only} leaves the default
   *     provider out
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    boolean pathOnly = List.of(arguments).contains("--path-only");
    OptionsBuilder options = new OptionsBuilder();
    options
        .include("\\bEspAllocation\\b")
        .param("shape", Shapes.names().toArray(String[]::new))
        .param("provider", pathOnly ? new String[] {"UNSEALED"} : new String[] {"UNSEALED", "JCA"})
        .jvmArgsAppend("-XX:+UseSerialGC", "-Xmx256m")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true);
    Map<String, Row> rows = rows(new Runner(options.build()).run());
    String table = table(rows, pathOnly);
    System.out.println(table);
    for (String argument : arguments) {
      if (!argument.startsWith("--")) {
        Files.writeString(Path.of(argument), table);
      }
    }
    List<String> bad =
        rows.entrySet().stream()
            .filter(row -> row.getValue().worst() >= NOISE)
            .map(Map.Entry::getKey)
            .toList();
    System.out.println(
        bad.isEmpty()
            ? "allocation: ok shapes=" + rows.size() + " octets per packet=0"
            : "allocation: failed " + bad);
    System.exit(bad.isEmpty() ? 0 : 1);
  }

  /** Octets per packet; NaN where nothing was measured. */
  private static final class Row {
    private double pathSeal = Double.NaN;
    private double pathBoth = Double.NaN;
    private double jcaSeal = Double.NaN;
    private double jcaBoth = Double.NaN;

    double worst() {
      return Double.isNaN(pathSeal) || Double.isNaN(pathBoth)
          ? Double.MAX_VALUE
          : Math.max(pathSeal, pathBoth);
    }
  }

  private static Map<String, Row> rows(Collection<RunResult> results) {
    Map<String, Row> rows = new TreeMap<>();
    for (RunResult result : results) {
      String name =
          result.getParams().getParam("shape") + " " + result.getParams().getParam("mode");
      Row row = rows.computeIfAbsent(name, absent -> new Row());
      double octets = result.getSecondaryResults().get(NORM).getScore();
      boolean both = result.getParams().getBenchmark().endsWith("sealAndOpen");
      if (result.getParams().getParam("provider").equals("JCA")) {
        row.jcaSeal = both ? row.jcaSeal : octets;
        row.jcaBoth = both ? octets : row.jcaBoth;
      } else {
        row.pathSeal = both ? row.pathSeal : octets;
        row.pathBoth = both ? octets : row.pathBoth;
      }
    }
    return rows;
  }

  private static String table(Map<String, Row> rows, boolean pathOnly) {
    StringBuilder table = new StringBuilder();
    table.append("| transform | mode | path, out | path, out and in |");
    table.append(pathOnly ? "\n|---|---|---|---|\n" : " JCA, out | JCA, out and in |\n");
    table.append(pathOnly ? "" : "|---|---|---|---|---|---|\n");
    rows.forEach(
        (name, row) -> {
          String[] parts = name.split(" ", 2);
          table.append("| ").append(parts[0]).append(" | ").append(parts[1]);
          table.append(cell(row.pathSeal)).append(cell(row.pathBoth));
          if (!pathOnly) {
            table.append(cell(row.jcaSeal)).append(cell(row.jcaBoth));
          }
          table.append(" |\n");
        });
    return table.toString();
  }

  private static String cell(double octets) {
    return " | " + (octets < NOISE ? "0" : String.format(Locale.ROOT, "%.0f", octets));
  }
}
