package org.ipsec4j.benchmarks.standard;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.benchmarks.anchor.AnchorBuild;
import org.ipsec4j.benchmarks.harness.Row;
import org.ipsec4j.benchmarks.harness.SvgPlot;

/** Runs groups in JVMs of their own, and collects what they say. */
public final class Fork {
  private final AnchorBuild anchors;
  private final boolean quick;
  private final List<SvgPlot.Sample> samples = new ArrayList<>();
  private final List<String> notRun = new ArrayList<>();

  /**
   * @param anchors what was built
   * @param quick whether to measure for a short time
   */
  public Fork(AnchorBuild anchors, boolean quick) {
    this.anchors = anchors;
    this.quick = quick;
  }

  /** Points of plots. */
  public List<SvgPlot.Sample> samples() {
    return samples;
  }

  /** What could not be measured, and why. */
  public List<String> notRun() {
    return notRun;
  }

  /**
   * Measures one group. A JVM that fails is among {@link #notRun}.
   *
   * @param only the rows that are wanted; empty for all
   * @return the rows that came of it
   */
  public List<Row> run(Group group, List<Row> only) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(group, only))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Row> came = new ArrayList<>();
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        take(line, came);
      }
    }
    int status = process.waitFor();
    if (status != 0) {
      notRun.add(group.title() + " (its JVM ended with status " + status + ")");
    }
    return came;
  }

  /** Reads one line that a group has printed. */
  void take(String line, List<Row> came) {
    Row row = Row.decode(line);
    SvgPlot.Sample sample = SvgPlot.Sample.decode(line);
    String missing = Run.missing(line);
    if (row != null) {
      came.add(row);
    } else if (sample != null) {
      samples.add(sample);
    } else if (missing != null && !notRun.contains(missing)) {
      notRun.add(missing);
    }
  }

  private List<String> command(Group group, List<Row> only) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx2g", "-Xmn256m"));
    command.addAll(group.jvm());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(GroupMain.class.getName());
    command.add(group.title());
    command.add(quick ? "quick" : "full");
    Path library = anchors.library();
    command.add(library == null ? GroupMain.NO_ANCHORS : library.toString());
    command.add(Boolean.toString(anchors.mb()));
    command.add(Boolean.toString(anchors.evp()));
    only.forEach(row -> command.add(row.what()));
    return command;
  }
}
