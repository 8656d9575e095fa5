package org.ipsec4j.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SvgPlotTest {
  private static final SvgPlot PLOT =
      new SvgPlot(
          "Cost < size & more",
          "octets",
          "ns",
          List.of(
              new SvgPlot.Line(
                  "ours",
                  List.of(
                      new SvgPlot.Point(64, 58),
                      new SvgPlot.Point(1400, 170),
                      new SvgPlot.Point(9000, 790))),
              new SvgPlot.Line("one point", List.of(new SvgPlot.Point(576, 90)))));

  private static Document parsed(SvgPlot plot) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(plot.svg().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void everyPointIsDrawnInside() throws Exception {
    Document svg = parsed(PLOT);
    NodeList dots = svg.getElementsByTagName("circle");
    assertEquals(4, dots.getLength());
    assertEquals(2, svg.getElementsByTagName("polyline").getLength());
    double before = 0;
    for (int i = 0; i < 3; i++) {
      Element dot = (Element) dots.item(i);
      double x = Double.parseDouble(dot.getAttribute("cx"));
      double y = Double.parseDouble(dot.getAttribute("cy"));
      assertTrue(x > 70 && x < 540 && y > 44 && y < 380, "outside: " + x + ", " + y);
      assertTrue(x > before, "from left to right");
      before = x;
    }
    double low = Double.parseDouble(((Element) dots.item(0)).getAttribute("cy"));
    double high = Double.parseDouble(((Element) dots.item(2)).getAttribute("cy"));
    assertTrue(high < low, "more is further up");
  }

  @Test
  void textIsEscaped() throws Exception {
    Element title = (Element) parsed(PLOT).getElementsByTagName("text").item(0);
    assertEquals("Cost < size & more", title.getTextContent());
    assertTrue(PLOT.svg().contains("Cost &lt; size &amp; more"));
  }

  @Test
  void onePointIsAPlotToo() throws Exception {
    SvgPlot.Line line = new SvgPlot.Line("x", List.of(new SvgPlot.Point(1, 1)));
    SvgPlot plot = new SvgPlot("t", "x", "y", List.of(line));
    assertEquals(1, parsed(plot).getElementsByTagName("circle").getLength());
  }

  @Test
  void logarithmsHaveNoPlaceForZero() {
    assertThrows(IllegalArgumentException.class, () -> new SvgPlot.Point(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new SvgPlot.Point(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new SvgPlot.Point(1, Double.NaN));
  }

  @Test
  void samplesTravelBetweenProcesses() {
    SvgPlot.Sample sample = new SvgPlot.Sample("size", "C, mb", new SvgPlot.Point(64, 52.5));
    assertEquals(sample, SvgPlot.Sample.decode(sample.encode()));
    assertNull(SvgPlot.Sample.decode("row\t1"));
  }
}
