package org.ipsec4j.benchmarks.standard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.benchmarks.anchor.AnchorBuild;
import org.ipsec4j.benchmarks.harness.Bound;
import org.ipsec4j.benchmarks.harness.Measured;
import org.ipsec4j.benchmarks.harness.Report;
import org.ipsec4j.benchmarks.harness.Row;
import org.ipsec4j.benchmarks.harness.SvgPlot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  private static Row row(String what, double ratio) {
    Measured measured = new Measured(50, 48, ratio, ratio, ratio, 0);
    return Row.of("path-mb", what, "C", measured, Bound.atLeast(0.95), 0);
  }

  @Test
  void theMedianOfThreeRunsCounts() {
    List<Row> medians =
        Results.medians(
            List.of(
                List.of(row("a", 0.90), row("b", 1.0)),
                List.of(row("a", 0.97), row("b", 0.5)),
                List.of(row("a", 0.96), row("b", 0.6))));
    assertEquals(List.of(row("a", 0.96), row("b", 0.6)), medians);
  }

  @Test
  void everythingIsWritten(@TempDir Path folder) throws Exception {
    Report report = new Report(List.of("cpu: one"), List.of(row("a", 1)), List.of());
    List<SvgPlot.Sample> samples =
        List.of(
            new SvgPlot.Sample("size", "ours", new SvgPlot.Point(64, 60)),
            new SvgPlot.Sample("size", "ours", new SvgPlot.Point(1400, 170)),
            new SvgPlot.Sample("threads", "ours", new SvgPlot.Point(1, 170)));
    Path json = folder.resolve("other.json");
    Path out = folder.resolve("new/bench");
    new Results(report, samples, "2026-01-02T03:04:05Z", false).write(out, json);
    assertEquals(Files.readString(json), Files.readString(out.resolve("bench.json")));
    String table = Files.readString(out.resolve("table.md"));
    assertTrue(table.contains("2026-01-02T03:04:05Z") && table.contains("`bench: ok`"), table);
    assertTrue(table.contains("(size.svg)") && table.contains("(threads.svg)"), table);
    assertTrue(Files.readString(out.resolve("size.svg")).startsWith("<svg"));
    assertFalse(Files.exists(out.resolve("burst.svg")), "nothing to draw");
  }

  @Test
  void aWeakLoopInCIsNoAnchor() {
    Dpdk dpdk =
        Dpdk.read(
            List.of(
                "version DPDK 22.11",
                "rte 64 out 18000.0 12000.0 1.5000 1.4000 1.6000",
                "rte 1400 out 4500.0 5000.0 0.9000 0.8900 0.9100"),
            0);
    assertEquals("DPDK 22.11", dpdk.version());
    assertEquals(2, dpdk.rows().size());
    assertEquals(1e6 / 18000, dpdk.rows().get(0).figure());
    assertEquals(1.0, dpdk.scale("out AES-128-GCM 64 B"));
    assertEquals(0.9, dpdk.scale("out AES-128-GCM 1400 B"));
    assertEquals(1.0, dpdk.scale("in AES-128-GCM 1400 B"), "not measured");
    assertNotEquals("", Dpdk.read(List.of("failed sa"), 3).failure());
  }

  @Test
  void linesOfAGroupAreSorted() {
    Fork fork = new Fork(new AnchorBuild(null, false, false, null, List.of()), true);
    List<Row> came = new ArrayList<>();
    fork.take(row("a", 1).encode(), came);
    fork.take(new SvgPlot.Sample("size", "x", new SvgPlot.Point(1, 2)).encode(), came);
    fork.take("notrun\tcbc (crypto-mb: not there)", came);
    fork.take("notrun\tcbc (crypto-mb: not there)", came);
    fork.take("WARNING: something else", came);
    assertEquals(List.of(row("a", 1)), came);
    assertEquals(1, fork.samples().size());
    assertEquals(List.of("cbc (crypto-mb: not there)"), fork.notRun());
  }

  @Test
  void theMachineIsDescribed() {
    List<String> facts = Machine.describe("DPDK 22.11");
    for (String name : List.of("cpu", "kernel", "jdk", "providers", "dpdk", "load")) {
      assertTrue(facts.stream().anyMatch(fact -> fact.startsWith(name + ": ")), facts::toString);
    }
    assertTrue(Machine.describe("").stream().noneMatch(fact -> fact.startsWith("dpdk")));
    assertTrue(Providers.versions().contains("jca"));
    assertFalse(Providers.named("none").reason().isEmpty());
  }

  @Test
  void groupsAreFoundByTitle() {
    for (Group group : Group.values()) {
      assertEquals(group, Group.named(group.title()).orElseThrow());
    }
    assertTrue(Group.named("PATH_MB").isEmpty());
  }
}
