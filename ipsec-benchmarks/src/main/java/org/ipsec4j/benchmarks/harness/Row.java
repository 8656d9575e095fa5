package org.ipsec4j.benchmarks.harness;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param group what it belongs to, such as {@code path-mb}
 * @param what what was measured, such as {@code outbound AES-128-GCM 1400 B}
 * @param unit of both figures, such as {@code ns}
 * @param figure ours
 * @param anchorName what it is compared with; empty when with nothing
 * @param anchor the anchor's figure; not a number when there is none
 * @param ratio what is judged where there is an anchor
 * @param low lower quartile of the ratio
 * @param high upper quartile
 * @param allocated octets of heap for each packet; not a number where nobody asked
 * @param bound of the ratio, or of the figure where there is no anchor
 * @param maxAllocated most octets of heap for each packet; not a number when there is no bound
 */
public record Row(
    String group,
    String what,
    String unit,
    double figure,
    String anchorName,
    double anchor,
    double ratio,
    double low,
    double high,
    double allocated,
    Bound bound,
    double maxAllocated) {
  /** Less than one small object in a burst of 32 packets: what the JVM does in between. */
  public static final double NOISE = 0.5;

  private static final String MARK = "row";
  private static final int FIELDS = 13;

  /** How a row came out. */
  public enum Verdict {
    /** All bounds are met. */
    OK("ok"),
    /** One is not. */
    SHORT("SHORT"),
    /** There is none. */
    SHOWN("-");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /** In tables. */
    public String text() {
      return text;
    }
  }

  /** A row with an anchor, from a pairing. */
  public static Row of(
      String group, String what, String anchorName, Measured m, Bound bound, double maxAllocated) {
    return new Row(
        group,
        what,
        "ns",
        m.ours(),
        anchorName,
        m.anchor(),
        m.ratio(),
        m.low(),
        m.high(),
        m.allocated(),
        bound,
        maxAllocated);
  }

  /** A figure that is judged by itself. */
  public static Row alone(String group, String what, String unit, double figure, Bound bound) {
    double none = Double.NaN;
    return new Row(group, what, unit, figure, "", none, none, none, none, none, bound, none);
  }

  /** The same with another ratio, of several runs. */
  public Row withRatio(double other) {
    return new Row(
        group,
        what,
        unit,
        figure,
        anchorName,
        anchor,
        other,
        low,
        high,
        allocated,
        bound,
        maxAllocated);
  }

  /** The ratio where there is an anchor, else the figure. */
  public double judged() {
    return anchorName.isEmpty() ? figure : ratio;
  }

  /** Whether all bounds are met. */
  public Verdict verdict() {
    boolean allocationJudged = !Double.isNaN(maxAllocated);
    if (!bound.isJudged() && !allocationJudged) {
      return Verdict.SHOWN;
    }
    boolean lean = !allocationJudged || allocated <= maxAllocated + NOISE;
    return lean && bound.allows(judged()) ? Verdict.OK : Verdict.SHORT;
  }

  /** What fell short, with figure and bound; empty when nothing did. */
  public String shortfall() {
    if (verdict() != Verdict.SHORT) {
      return "";
    }
    StringBuilder text = new StringBuilder(group).append(' ').append(what);
    if (!bound.allows(judged())) {
      text.append(' ').append(anchorName.isEmpty() ? Figures.brief(figure) : Figures.ratio(ratio));
      text.append(" (").append(bound).append(')');
    }
    if (!Double.isNaN(maxAllocated) && !(allocated <= maxAllocated + NOISE)) {
      text.append(' ').append(Figures.brief(allocated)).append(" B/packet (<=");
      text.append(Figures.brief(maxAllocated)).append(')');
    }
    return text.toString();
  }

  /** One line for another process. */
  public String encode() {
    return String.join(
        "\t",
        MARK,
        group,
        what,
        unit,
        Double.toString(figure),
        anchorName,
        Double.toString(anchor),
        Double.toString(ratio),
        Double.toString(low),
        Double.toString(high),
        Double.toString(allocated),
        bound.toString(),
        Double.toString(maxAllocated));
  }

  /** Reads what {@link #encode} wrote; null for any other line. */
  public static @Nullable Row decode(String line) {
    List<String> f = List.of(line.split("\t", -1));
    if (f.size() != FIELDS || !f.get(0).equals(MARK)) {
      return null;
    }
    return new Row(
        f.get(1),
        f.get(2),
        f.get(3),
        Double.parseDouble(f.get(4)),
        f.get(5),
        Double.parseDouble(f.get(6)),
        Double.parseDouble(f.get(7)),
        Double.parseDouble(f.get(8)),
        Double.parseDouble(f.get(9)),
        Double.parseDouble(f.get(10)),
        Bound.parse(f.get(11)),
        Double.parseDouble(f.get(12)));
  }
}
