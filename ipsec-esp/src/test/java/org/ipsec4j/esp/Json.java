package org.ipsec4j.esp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** Reads the JSON of vector files into maps, lists, strings, booleans, longs and null. */
@NullUnmarked
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    return (Map<String, Object>) new Json(text).value();
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> objects(Map<String, Object> in, String name) {
    return (List<Map<String, Object>>) in.get(name);
  }

  private Object value() {
    skipBlanks();
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> members();
      case '[' -> elements();
      case '"' -> string();
      default -> word();
    };
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    while (next() != '}') {
      String name = string();
      next();
      at++;
      members.put(name, value());
      if (next() == ',') {
        at++;
      }
    }
    at++;
    return members;
  }

  private List<Object> elements() {
    List<Object> elements = new ArrayList<>();
    at++;
    while (next() != ']') {
      elements.add(value());
      if (next() == ',') {
        at++;
      }
    }
    at++;
    return elements;
  }

  private String string() {
    skipBlanks();
    StringBuilder string = new StringBuilder();
    for (at++; text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
        if (text.charAt(at) == 'u') {
          string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
          at += 4;
          continue;
        }
      }
      string.append(text.charAt(at));
    }
    at++;
    return string.toString();
  }

  private Object word() {
    int start = at;
    while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "null" -> null;
      case "true" -> true;
      case "false" -> false;
      default -> Long.parseLong(word);
    };
  }

  private char next() {
    skipBlanks();
    return text.charAt(at);
  }

  private void skipBlanks() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
