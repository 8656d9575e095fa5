package org.ipsec4j.benchmarks.standard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.benchmarks.harness.Report;
import org.ipsec4j.benchmarks.harness.Row;
import org.ipsec4j.benchmarks.harness.SvgPlot;
import org.jspecify.annotations.Nullable;

/**
 * What a run leaves behind.
 *
 * @param report the table
 * @param samples points of plots
 * @param date when, in UTC
 * @param quick whether it was a short one
 */
public record Results(Report report, List<SvgPlot.Sample> samples, String date, boolean quick) {
  /** Copies the list. */
  public Results {
    samples = List.copyOf(samples);
  }

  /**
   * Writes the files that are asked for.
   *
   * @param folder for everything, made when it is not there; or null
   * @param json for the results; or null
   */
  public void write(@Nullable Path folder, @Nullable Path json) throws IOException {
    if (json != null) {
      Files.writeString(json, report.json(date, quick));
    }
    if (folder != null) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("bench.json"), report.json(date, quick));
      Files.writeString(folder.resolve("table.md"), markdown());
      for (SvgPlot plot : plots()) {
        Files.writeString(folder.resolve(fileOf(plot)), plot.svg());
      }
    }
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Results of `./ipsec bench`\n\n");
    text.append("Written by the command on ").append(date);
    text.append(quick ? ", with `--quick`" : "").append(". How to read it: ");
    text.append("[benchmarks.md](../benchmarks.md).\n\n");
    report.machine().forEach(fact -> text.append("- ").append(fact).append('\n'));
    text.append('\n').append(report.markdown()).append("\n`").append(report.lastLine());
    text.append("`\n");
    for (SvgPlot plot : plots()) {
      text.append("\n![").append(plot.title()).append("](").append(fileOf(plot)).append(")\n");
    }
    return text.toString();
  }

  private static String fileOf(SvgPlot plot) {
    for (SweepRows.Plot kind : SweepRows.Plot.values()) {
      if (kind.title().equals(plot.title())) {
        return kind.file() + ".svg";
      }
    }
    throw new IllegalArgumentException(plot.title());
  }

  /** The plots that have points. */
  List<SvgPlot> plots() {
    List<SvgPlot> plots = new ArrayList<>();
    for (SweepRows.Plot kind : SweepRows.Plot.values()) {
      Map<String, List<SvgPlot.Point>> lines = new LinkedHashMap<>();
      for (SvgPlot.Sample sample : samples) {
        if (sample.plot().equals(kind.file())) {
          lines.computeIfAbsent(sample.line(), name -> new ArrayList<>()).add(sample.point());
        }
      }
      if (!lines.isEmpty()) {
        List<SvgPlot.Line> drawn = new ArrayList<>();
        lines.forEach((name, points) -> drawn.add(new SvgPlot.Line(name, points)));
        plots.add(new SvgPlot(kind.title(), kind.across(), "ns of CPU time per packet", drawn));
      }
    }
    return plots;
  }

  /**
   * Of several runs of a group, for each row the one whose judged figure is the median. A row that
   * is not in every run counts as often as it is there.
   */
  public static List<Row> medians(List<List<Row>> runs) {
    Map<String, List<Row>> byWhat = new LinkedHashMap<>();
    for (List<Row> run : runs) {
      for (Row row : run) {
        byWhat.computeIfAbsent(row.what(), what -> new ArrayList<>()).add(row);
      }
    }
    List<Row> medians = new ArrayList<>();
    for (List<Row> same : byWhat.values()) {
      Row[] sorted = same.toArray(Row[]::new);
      Arrays.sort(sorted, (a, b) -> Double.compare(a.judged(), b.judged()));
      medians.add(sorted[sorted.length / 2]);
    }
    return medians;
  }
}
