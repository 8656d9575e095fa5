package org.ipsec4j.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.node.NodeEvent;

/** Prints events a line each, for people or for programs. Thread-safe. */
final class EventPrinter {
  /** How events are printed. */
  enum Style {
    /** For people. */
    text,
    /** One JSON object per line. */
    json
  }

  private final PrintWriter out;
  private final Style style;
  private final ObjectMapper json = new ObjectMapper();

  EventPrinter(PrintWriter out, Style style) {
    this.out = out;
    this.style = style;
  }

  void print(NodeEvent event) {
    Map<String, Object> fields = EventFields.of(event);
    if (style == Style.text && event instanceof NodeEvent.Ike(IkeEvent.NegotiationFailed failed)) {
      line(
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
              + " negotiation failed: "
              + failed.diagnosis().text());
    } else {
      print(fields);
    }
  }

  void print(Map<String, Object> fields) {
    if (style == Style.json) {
      try {
        line(json.writeValueAsString(fields));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS));
    fields.forEach(
        (name, value) ->
            text.append(name.equals("event") ? " " + value : " " + name + "=" + value));
    line(text.toString());
  }

  private synchronized void line(String text) {
    out.println(text);
    out.flush();
  }
}
