package org.ipsec4j.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A chart of lines with logarithmic axes, as one SVG file without scripts or fonts of its own.
 *
 * @param title above the chart
 * @param across what the horizontal axis says
 * @param up what the vertical axis says
 * @param lines what is drawn
 */
public record SvgPlot(String title, String across, String up, List<Line> lines) {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 440;
  private static final int LEFT = 70;
  private static final int TOP = 44;
  private static final int RIGHT = 540;
  private static final int BOTTOM = 380;
  private static final List<String> COLOURS =
      List.of("#1b6ca8", "#d1495b", "#2e8b57", "#8d5a97", "#e08e0b", "#555555", "#00a6a6");
  private static final String MARK = "point";

  /** Copies the list. */
  public SvgPlot {
    lines = List.copyOf(lines);
  }

  /**
   * A point of a line; both numbers are above zero.
   *
   * @param x across
   * @param y up
   */
  public record Point(double x, double y) {
    /**
     * @throws IllegalArgumentException when a logarithm has no place for it
     */
    public Point {
      if (!(x > 0 && y > 0 && x < 1e15 && y < 1e15)) {
        throw new IllegalArgumentException("no place for " + x + ", " + y);
      }
    }
  }

  /**
   * A named line.
   *
   * @param name in the legend
   * @param points from left to right
   */
  public record Line(String name, List<Point> points) {
    /** Copies the list. */
    public Line {
      points = List.copyOf(points);
    }
  }

  /**
   * A point on its way between two processes.
   *
   * @param plot the plot's short name
   * @param line the line's name
   * @param point where
   */
  public record Sample(String plot, String line, Point point) {
    /** One line of text. */
    public String encode() {
      return String.join(
          "\t", MARK, plot, line, Double.toString(point.x), Double.toString(point.y));
    }

    /** Reads what {@link #encode} wrote; null for any other line. */
    public static @Nullable Sample decode(String text) {
      List<String> f = List.of(text.split("\t", -1));
      if (f.size() != 5 || !f.get(0).equals(MARK)) {
        return null;
      }
      Point point = new Point(Double.parseDouble(f.get(3)), Double.parseDouble(f.get(4)));
      return new Sample(f.get(1), f.get(2), point);
    }
  }

  /** The file's text. */
  public String svg() {
    Axis x = Axis.of(lines.stream().flatMap(line -> line.points.stream()).map(Point::x).toList());
    Axis y = Axis.of(lines.stream().flatMap(line -> line.points.stream()).map(Point::y).toList());
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT));
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    text(out, LEFT, 24, "start", "font-size=\"15\" font-weight=\"bold\"", title);
    text(out, (LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", "", across);
    text(
        out,
        18,
        (TOP + BOTTOM) / 2.0,
        "middle",
        "transform=\"rotate(-90 18 " + (TOP + BOTTOM) / 2 + ")\"",
        up);
    for (double tick : x.ticks()) {
      double at = LEFT + x.place(tick) * (RIGHT - LEFT);
      rule(out, at, TOP, at, BOTTOM);
      text(out, at, BOTTOM + 18, "middle", "", Figures.brief(tick));
    }
    for (double tick : y.ticks()) {
      double at = BOTTOM - y.place(tick) * (BOTTOM - TOP);
      rule(out, LEFT, at, RIGHT, at);
      text(out, LEFT - 6, at + 4, "end", "", Figures.brief(tick));
    }
    for (int i = 0; i < lines.size(); i++) {
      draw(out, lines.get(i), COLOURS.get(i % COLOURS.size()), x, y);
      double at = TOP + 14 + i * 20;
      out.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%.1f\" width=\"14\" height=\"4\" fill=\"%s\"/>%n",
              RIGHT + 12,
              at - 6,
              COLOURS.get(i % COLOURS.size())));
      text(out, RIGHT + 32, at, "start", "", lines.get(i).name());
    }
    return out.append("</svg>\n").toString();
  }

  private static void draw(StringBuilder out, Line line, String colour, Axis x, Axis y) {
    StringBuilder points = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (Point point : line.points) {
      double across = LEFT + x.place(point.x) * (RIGHT - LEFT);
      double up = BOTTOM - y.place(point.y) * (BOTTOM - TOP);
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", across, up));
      dots.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %s, %s</title>"
                  + "</circle>%n",
              across,
              up,
              colour,
              escape(line.name),
              Figures.brief(point.x),
              Figures.brief(point.y)));
    }
    out.append("<polyline fill=\"none\" stroke=\"").append(colour);
    out.append("\" stroke-width=\"2\" points=\"").append(points.toString().strip());
    out.append("\"/>\n").append(dots);
  }

  private static void rule(StringBuilder out, double x1, double y1, double x2, double y2) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String more, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n",
            x,
            y,
            anchor,
            more.isEmpty() ? "" : " " + more,
            escape(text)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** A logarithmic axis with ticks at 1, 2 and 5. */
  private record Axis(double low, double high) {
    static Axis of(List<Double> values) {
      double least = values.stream().mapToDouble(v -> v).min().orElse(1);
      double most = values.stream().mapToDouble(v -> v).max().orElse(10);
      return most > least ? new Axis(least / 1.1, most * 1.1) : new Axis(least / 2, least * 2);
    }

    double place(double value) {
      return Math.log(value / low) / Math.log(high / low);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      boolean fine = high / low < 200;
      for (double ten = Math.pow(10, Math.floor(Math.log10(low))); ten <= high; ten *= 10) {
        for (int digit : fine ? new int[] {1, 2, 5} : new int[] {1}) {
          if (ten * digit >= low && ten * digit <= high) {
            ticks.add(ten * digit);
          }
        }
      }
      return ticks;
    }
  }
}
