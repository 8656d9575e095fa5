package org.ipsec4j.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final double NONE = Double.NaN;

  private static Row row(double ratio, double allocated, Bound bound, double most) {
    Measured measured = new Measured(50, 48, ratio, ratio - 0.01, ratio + 0.01, allocated);
    return Row.of("path-mb", "out 64 B", "C", measured, bound, most);
  }

  private static Report report(List<Row> rows, String... notRun) {
    return new Report(List.of("cpu: one"), rows, List.of(notRun));
  }

  @Test
  void allGoodIsExactlyOk() {
    Report report = report(List.of(row(0.95, 0, Bound.atLeast(0.95), 0)));
    assertEquals("bench: ok", report.lastLine());
    assertEquals(0, report.status());
  }

  @Test
  void shortIsNamedWithFigureAndBound() {
    Report report =
        report(List.of(row(0.9499, 0, Bound.atLeast(0.95), 0), row(1, 0, Bound.atLeast(0.95), 0)));
    assertEquals("bench: short: path-mb out 64 B 0.94 (>=0.95)", report.lastLine());
    assertEquals(1, report.status());
  }

  @Test
  void allocationAloneFallsShort() {
    Report report = report(List.of(row(1, 24, Bound.atLeast(0.9), 0)));
    assertEquals("bench: short: path-mb out 64 B 24 B/packet (<=0)", report.lastLine());
    assertEquals(Row.Verdict.OK, row(1, 0.4, Bound.atLeast(0.9), 0).verdict());
    assertEquals(Row.Verdict.SHORT, row(1, NONE, Bound.atLeast(0.9), 0).verdict());
  }

  @Test
  void whatWasNotMeasuredIsNeverOk() {
    Report missing = report(List.of(row(1, 0, Bound.atLeast(0.9), 0)), "cbc (no library)");
    assertEquals("bench: incomplete: not run: cbc (no library)", missing.lastLine());
    assertEquals(3, missing.status());
    Report both = report(List.of(row(0.5, 0, Bound.atLeast(0.9), 0)), "cbc (no library)");
    assertEquals(
        "bench: short: path-mb out 64 B 0.50 (>=0.90); not run: cbc (no library)", both.lastLine());
    assertEquals(1, both.status());
    assertEquals(3, report(List.of()).status());
    assertEquals("bench: incomplete: nothing was measured", report(List.of()).lastLine());
    assertEquals(3, report(List.of(row(1, 0, Bound.NONE, NONE))).status(), "nothing was judged");
    assertEquals(Row.Verdict.SHORT, row(NONE, 0, Bound.atLeast(0.9), 0).verdict());
  }

  @Test
  void figuresAreJudgedWhereThereIsNoAnchor() {
    Row good = Row.alone("many-sas", "heap", "B", 1024, Bound.atMost(1024));
    Row fat = Row.alone("many-sas", "heap", "B", 1025, Bound.atMost(1024));
    assertEquals(Row.Verdict.OK, good.verdict());
    assertEquals("many-sas heap 1025 (<=1024)", fat.shortfall());
    assertEquals(Row.Verdict.SHOWN, Row.alone("many-sas", "native", "B", 9, Bound.NONE).verdict());
  }

  @Test
  void atMostIsAnUpperBound() {
    assertEquals("", row(1.5, 0, Bound.atMost(1.5), 0).shortfall());
    assertEquals("path-mb out 64 B 1.51 (<=1.50)", row(1.511, 0, Bound.atMost(1.5), 0).shortfall());
  }

  @Test
  void rowsTravelBetweenProcesses() {
    for (Row row :
        List.of(
            row(0.94321, 12.5, Bound.atLeast(0.95), 0),
            row(1, NONE, Bound.NONE, NONE),
            row(1, 0, Bound.atMost(1.5), 0),
            Row.alone("many-sas", "heap", "B", 1025, Bound.atMost(1024)))) {
      assertEquals(row, Row.decode(row.encode()));
    }
    assertNull(Row.decode("some other line"));
    assertNull(Row.decode("row\ttoo\tshort"));
    assertThrows(IllegalArgumentException.class, () -> Bound.parse("about 3"));
  }

  @Test
  void theTableShowsWhatWasMeasured() {
    Report report =
        report(
            List.of(
                row(0.949, 0.1, Bound.atLeast(0.95), 0),
                Row.alone("many-sas", "heap", "B", 800, Bound.atMost(1024))));
    String[] lines = report.table().split("\n", -1);
    assertTrue(lines[1].contains("ns   0.94  "), "not rounded up: " + lines[1]);
    assertTrue(lines[1].endsWith(">=0.95, 0 B  SHORT"), lines[1]);
    assertTrue(lines[2].endsWith("<=1024       ok"), lines[2]);
    assertEquals(lines[0].indexOf("what"), lines[2].indexOf("heap"));
    assertTrue(report.markdown().contains("| path-mb | out 64 B : C | 50 | 48 | ns | 0.94 |"));
  }

  @Test
  void jsonIsWellFormed() {
    Report report =
        new Report(
            List.of("cpu: a \"fast\" one\\two", "load: 0.5: really"),
            List.of(row(0.5, NONE, Bound.NONE, NONE)),
            List.of("x (y\tz)"));
    String json = report.json("2026-01-02T03:04:05Z", true);
    assertEquals(json.length(), new JsonReader(json).end(), json);
    assertTrue(json.contains("\"cpu\":\"a \\\"fast\\\" one\\\\two\""), json);
    assertTrue(json.contains("\"load\":\"0.5: really\""), json);
    assertTrue(json.contains("\"ratio\":0.5,"), json);
    assertTrue(json.contains("\"allocated\":null,"), json);
    assertTrue(json.contains("\"notRun\":[\"x (y\\tz)\"]"), json);
  }

  @Test
  void figuresForPeople() {
    assertEquals("0.94", Figures.ratio(0.9499999));
    assertEquals("0.95", Figures.ratio(0.95));
    assertEquals("-", Figures.ratio(NONE));
    assertEquals("52.8", Figures.brief(52.81));
    assertEquals("1234", Figures.brief(1234.4));
    assertEquals("1.50", Figures.brief(1.5));
  }
}
