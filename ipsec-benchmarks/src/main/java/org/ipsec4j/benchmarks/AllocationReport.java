package org.ipsec4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link EspAllocation} for all shapes, writes a table, and ends with status 1 when the packet
 * path allocates anything for any of them. What the default provider allocates is told apart from
 * it, and is no failure.
 */
public final class AllocationReport {
  /** Octets per packet that are noise: less than one small object in a burst of 32. */
  private static final double NOISE = 0.5;

  private static final String HEAD =
      """
      # What the packet path allocates

      Octets of heap per packet (`gc.alloc.rate.norm` of JMH), written by `AllocationReport` of ipsec-benchmarks.
      First the path alone, with a provider that allocates nothing, for one transform of each shape: protocol,
      lengths of IV, block and ICV, extended sequence numbers. It must be 0 everywhere.

      """;

  private static final String MIDDLE =
      """

      Then the same with the default provider: what is here is allocated by the JDK's ciphers and by Bouncy Castle.

      """;

  private static final String NORM = "gc.alloc.rate.norm";

  private AllocationReport() {}

  /**
   * Called by people.
   *
   * @param arguments the file to write the tables to
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    Map<String, Row> path =
        measure(EspAllocation.Provider.UNSEALED, 0, Shapes.names(), "TUNNEL", "TRANSPORT");
    again(path);
    Map<String, Row> jca = measure(EspAllocation.Provider.JCA, 0, Shapes.algorithms(), "TUNNEL");
    String text = HEAD + table(path) + MIDDLE + table(jca);
    System.out.println(text);
    if (arguments.length > 0) {
      Files.writeString(Path.of(arguments[0]), text);
    }
    List<String> bad = bad(path);
    System.out.println(
        bad.isEmpty()
            ? "allocation: ok rows=" + path.size() + " octets per packet=0"
            : "allocation: failed " + bad);
    System.exit(bad.isEmpty() ? 0 : 1);
  }

  /**
   * Measures anew, and longer, where something was allocated: JMH and the JVM allocate in between,
   * which weighs the less the more packets share it. What the path allocates stays.
   */
  private static void again(Map<String, Row> rows) throws RunnerException {
    for (String name : bad(rows)) {
      String[] parts = name.split(" [|] ", 2);
      rows.putAll(measure(EspAllocation.Provider.UNSEALED, 3, List.of(parts[0]), parts[1]));
    }
  }

  private static List<String> bad(Map<String, Row> rows) {
    return rows.entrySet().stream()
        .filter(row -> row.getValue().worst() >= NOISE)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, Row> measure(
      EspAllocation.Provider provider, int seconds, List<String> shapes, String... modes)
      throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include("\\bEspAllocation\\b")
        .param("shape", shapes.toArray(String[]::new))
        .param("provider", provider.name())
        .param("mode", modes)
        .jvmArgsAppend("-XX:+UseSerialGC", "-Xmx256m")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true);
    if (seconds > 0) {
      options.measurementTime(TimeValue.seconds(seconds));
    }
    Map<String, Row> rows = new TreeMap<>();
    for (RunResult result : new Runner(options.build()).run()) {
      String name =
          result.getParams().getParam("shape") + " | " + result.getParams().getParam("mode");
      Row row = rows.computeIfAbsent(name, absent -> new Row());
      double octets = Objects.requireNonNull(result.getSecondaryResults().get(NORM)).getScore();
      if (result.getParams().getBenchmark().endsWith("sealAndOpen")) {
        row.both = octets;
      } else {
        row.out = octets;
      }
    }
    return rows;
  }

  /** Octets per packet. */
  private static final class Row {
    private double out = Double.MAX_VALUE;
    private double both = Double.MAX_VALUE;

    double worst() {
      return Math.max(out, both);
    }
  }

  private static String table(Map<String, Row> rows) {
    StringBuilder table = new StringBuilder("| transform | mode | out | out and in |\n");
    table.append("|---|---|---|---|\n");
    rows.forEach(
        (name, row) ->
            table
                .append("| ")
                .append(name)
                .append(cell(row.out))
                .append(cell(row.both))
                .append(" |\n"));
    return table.toString();
  }

  private static String cell(double octets) {
    return " | " + (octets < NOISE ? "0" : String.format(Locale.ROOT, "%.0f", octets));
  }
}
