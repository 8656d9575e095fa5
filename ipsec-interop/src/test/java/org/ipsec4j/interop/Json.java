package org.ipsec4j.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small JSON reader (RFC 8259) for the gateway's event lines; strict, without streaming. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** A JSON value; asking for a member that is not there gives {@link Absent}. */
  sealed interface Node {
    /** A member of an object. */
    default Node get(String name) {
      return this instanceof Members members && members.values.containsKey(name)
          ? members.values.get(name)
          : new Absent();
    }

    /** A text, or a number as it was written; empty for all else. */
    default String text() {
      return switch (this) {
        case Text(String value) -> value;
        case Digits(String value) -> value;
        case Literal _, Items _, Members _, Absent _ -> "";
      };
    }

    /** Whether it is the literal {@code true}. */
    default boolean isTrue() {
      return this instanceof Literal(String value) && value.equals("true");
    }

    /** A number, in decimal digits or as a text with 0x in front; 0 when absent. */
    default long number() {
      return text().isEmpty() ? 0 : Long.decode(text());
    }

    /** The elements of an array; none for all else. */
    default List<Node> items() {
      return this instanceof Items(List<Node> values) ? values : List.of();
    }

    /** The members of an object; none for all else. */
    default Map<String, Node> members() {
      return this instanceof Members(Map<String, Node> values) ? values : Map.of();
    }
  }

  record Text(String value) implements Node {}

  record Digits(String value) implements Node {}

  record Literal(String value) implements Node {}

  record Items(List<Node> values) implements Node {}

  record Members(Map<String, Node> values) implements Node {}

  record Absent() implements Node {}

  /** Reads one value that fills the whole text. */
  static Node parse(String text) {
    Json reader = new Json(text);
    Node value = reader.value();
    reader.space();
    if (reader.at != text.length()) {
      throw reader.wrong("nothing more");
    }
    return value;
  }

  private Node value() {
    return switch (peek()) {
      case '{' -> members();
      case '[' -> items();
      case '"' -> new Text(string());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> new Digits(token());
      default -> {
        String word = token();
        if (!List.of("true", "false", "null").contains(word)) {
          throw wrong("a value");
        }
        yield new Literal(word);
      }
    };
  }

  private Members members() {
    Map<String, Node> found = new LinkedHashMap<>();
    take('{');
    if (peek() != '}') {
      do {
        peek();
        String name = string();
        take(':');
        found.put(name, value());
      } while (more());
    }
    take('}');
    return new Members(found);
  }

  private Items items() {
    List<Node> found = new ArrayList<>();
    take('[');
    if (peek() != ']') {
      do {
        found.add(value());
      } while (more());
    }
    take(']');
    return new Items(found);
  }

  private boolean more() {
    if (peek() == ',') {
      at++;
      return true;
    }
    return false;
  }

  private String string() {
    take('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = next();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw wrong("four digits");
        }
        at += 4;
        yield (char) Integer.parseInt(text, at - 4, at, 16);
      }
      case '"', '\\', '/' -> c;
      default -> throw wrong("an escape");
    };
  }

  private char next() {
    if (at >= text.length()) {
      throw wrong("more text");
    }
    return text.charAt(at++);
  }

  private String token() {
    int from = at;
    while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    space();
    if (at >= text.length()) {
      throw wrong("more text");
    }
    return text.charAt(at);
  }

  private void take(char wanted) {
    if (peek() != wanted) {
      throw wrong("'" + wanted + "'");
    }
    at++;
  }

  private InteropFailure wrong(String expected) {
    return new InteropFailure("not JSON: expected " + expected + " at " + at + " of: " + text);
  }
}
