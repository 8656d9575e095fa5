package org.ipsec4j.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.ipsec4j.benchmarks.anchor.AnchorBuild;
import org.ipsec4j.benchmarks.harness.Plan;
import org.ipsec4j.benchmarks.harness.Report;
import org.ipsec4j.benchmarks.harness.Row;
import org.ipsec4j.benchmarks.standard.Dpdk;
import org.ipsec4j.benchmarks.standard.Fork;
import org.ipsec4j.benchmarks.standard.Group;
import org.ipsec4j.benchmarks.standard.Machine;
import org.ipsec4j.benchmarks.standard.Results;

/** {@code ./ipsec bench}: the standard set, its table, and one line that says how it came out. */
public final class BenchMain {
  /** Wrong usage. */
  static final int USAGE = 2;

  private static final String HELP =
      """
      Usage: ipsec bench [--quick] [--only GROUP]... [--out DIR] [--json FILE]
      Measures the packet path and its crypto providers against loops in C on the same libraries,
      in the same processes, and prints a table: nanoseconds of CPU time for each packet, the
      anchor's, the ratio, octets of heap allocated for each packet, bound and verdict.
            --quick        three minutes instead of fifteen, and no plots
            --only GROUP   only this group; may be repeated. Groups:
                           %s
        -o, --out DIR      write bench.json, table.md and the plots there
            --json FILE    write the results there
        -h, --help         this text
      The last line is for programs: `bench: ok` (exit status 0), `bench: short: ...` with what
      fell short (1), or `bench: incomplete: not run: ...` (3) when something was not measured.

      Examples:
        ipsec bench --quick                a first answer
        ipsec bench --out docs/bench       everything, as it is committed
        ipsec bench --only path-mb         one group
      """;

  private final PrintStream out;
  private final PrintStream err;

  private BenchMain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs and ends the JVM with the exit status.
   *
   * @param arguments the command line behind {@code bench}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.exit(execute(arguments, System.out, System.err));
  }

  static int execute(String[] arguments, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    BenchOptions options;
    try {
      options = BenchOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      err.println("ipsec bench: " + e.getMessage() + "; see `ipsec bench --help`");
      return USAGE;
    }
    if (options.help()) {
      out.printf(HELP, String.join(", ", titles()));
      return 0;
    }
    return new BenchMain(out, err).run(options);
  }

  private static List<String> titles() {
    return Stream.of(Group.values()).map(Group::title).toList();
  }

  private int run(BenchOptions options) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ipsec-bench");
    try {
      AnchorBuild anchors = AnchorBuild.build(folder, "cc");
      anchors.missing().forEach(text -> err.println("anchors: " + text));
      return measure(options, anchors);
    } finally {
      delete(folder);
    }
  }

  private int measure(BenchOptions options, AnchorBuild anchors)
      throws IOException, InterruptedException {
    Fork fork = new Fork(anchors, options.quick());
    List<Row> rows = new ArrayList<>();
    List<String> notRun = new ArrayList<>();
    Dpdk dpdk = new Dpdk(List.of(), "", "");
    if (options.wants(Group.PATH_MB)) {
      dpdk = dpdk(anchors, options.quick() ? Plan.QUICK : Plan.FULL, notRun);
      rows.addAll(dpdk.rows());
    }
    for (Group group : Group.values()) {
      if (options.wants(group)) {
        err.println("measuring " + group.title() + " ...");
        List<Row> came = fork.run(group, List.of());
        rows.addAll(
            confirmed(fork, group, group == Group.PATH_MB ? scaled(came, dpdk) : came, dpdk));
      }
    }
    notRun.addAll(fork.notRun());
    options.left().forEach(group -> notRun.add(group.title() + " (not asked for)"));
    Report report = new Report(Machine.describe(dpdk.version()), rows, notRun);
    out.print(report.table());
    report.machine().forEach(fact -> out.println("# " + fact));
    String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    new Results(report, fork.samples(), date, options.quick())
        .write(options.folder(), options.json());
    out.println(report.lastLine());
    return report.status();
  }

  /**
   * Rows that fell short are measured twice again, each time in a new JVM, and the median of the
   * three counts: a JVM may have compiled unluckily, and libcrypto has two speeds.
   */
  private List<Row> confirmed(Fork fork, Group group, List<Row> first, Dpdk dpdk)
      throws IOException, InterruptedException {
    List<Row> fell = first.stream().filter(row -> !row.shortfall().isEmpty()).toList();
    if (fell.isEmpty()) {
      return first;
    }
    err.println("  " + fell.size() + " rows fell short; twice again ...");
    List<List<Row>> all = new ArrayList<>(List.of(first));
    for (int i = 0; i < 2; i++) {
      List<Row> again = fork.run(group, fell);
      all.add(group == Group.PATH_MB ? scaled(again, dpdk) : again);
    }
    return Results.medians(all);
  }

  private static List<Row> scaled(List<Row> rows, Dpdk dpdk) {
    return rows.stream().map(row -> row.withRatio(row.ratio() * dpdk.scale(row.what()))).toList();
  }

  private Dpdk dpdk(AnchorBuild anchors, Plan plan, List<String> notRun)
      throws IOException, InterruptedException {
    Path program = anchors.dpdk();
    if (program == null) {
      notRun.add("anchor (no librte_ipsec to prove the C loop with)");
      return new Dpdk(List.of(), "", "");
    }
    err.println("measuring the C loop against librte_ipsec ...");
    Dpdk dpdk = Dpdk.run(program, plan);
    if (!dpdk.failure().isEmpty()) {
      notRun.add("anchor (librte_ipsec: " + dpdk.failure() + ")");
    }
    return dpdk;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
