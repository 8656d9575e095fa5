package org.ipsec4j.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what {@code swanctl --list-sas --raw} prints: one line per IKE SA, sections in braces,
 * lists in brackets, values without quotes.
 */
final class ViciText {
  private final String text;
  private int at;

  private ViciText(String text) {
    this.text = text;
  }

  /** Returns the section of every {@code list-sa} event: connection name to its settings. */
  static List<Map<String, Object>> listSas(String output) {
    String mark = "list-sa event ";
    return output
        .lines()
        .filter(line -> line.startsWith(mark))
        .map(line -> new ViciText(line.substring(mark.length())).section())
        .toList();
  }

  /** The value of a plain setting, or an empty text. */
  static String value(Map<String, Object> section, String name) {
    return section.get(name) instanceof String value ? value : "";
  }

  /** The sections inside of a section. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> sections(Map<String, Object> section) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Object value : section.values()) {
      if (value instanceof Map<?, ?> map) {
        found.add((Map<String, Object>) map);
      }
    }
    return found;
  }

  private Map<String, Object> section() {
    expect('{');
    Map<String, Object> found = new LinkedHashMap<>();
    while (peek() != '}') {
      String name = word();
      if (peek() == '=') {
        at++;
        found.put(name, peek() == '[' ? list() : word());
      } else {
        found.put(name, section());
      }
    }
    at++;
    return found;
  }

  private List<String> list() {
    expect('[');
    List<String> items = new ArrayList<>();
    while (peek() != ']') {
      items.add(word());
    }
    at++;
    return items;
  }

  private String word() {
    peek();
    int from = at;
    while (at < text.length() && " {}[]=".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private char peek() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    if (at >= text.length()) {
      throw new InteropFailure("swanctl's answer ends too early: " + text);
    }
    return text.charAt(at);
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw new InteropFailure("swanctl's answer has no '" + wanted + "' at " + at + ": " + text);
    }
    at++;
  }
}
