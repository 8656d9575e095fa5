package org.ipsec4j.testkit.crypto;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, as vector files need it: looked up by name, with octets as hexadecimal digits.
 * Meant for files that we trust; the reader recurses.
 */
public final class Json {
  private final @Nullable Object value;

  private Json(@Nullable Object value) {
    this.value = value;
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException when the text is not JSON
   */
  public static Json parse(String text) {
    Reader reader = new Reader(text);
    Object value = reader.value();
    reader.skipBlanks();
    if (reader.at < text.length()) {
      throw reader.unexpected();
    }
    return new Json(value);
  }

  /** Whether the object has the member, and it is not null. */
  public boolean has(String name) {
    return value instanceof Map<?, ?> members && members.get(name) != null;
  }

  /**
   * A member of an object.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Json get(String name) {
    if (value instanceof Map<?, ?> members && members.containsKey(name)) {
      return new Json(members.get(name));
    }
    throw new IllegalArgumentException("there is no " + name);
  }

  /** The elements of an array. */
  public List<Json> list() {
    if (value instanceof List<?> elements) {
      List<Json> all = new ArrayList<>();
      elements.forEach(element -> all.add(new Json(element)));
      return all;
    }
    throw new IllegalArgumentException("not an array");
  }

  /** A member that is text. */
  public String text(String name) {
    return String.valueOf(get(name).value);
  }

  /** A member that is a number. */
  public int number(String name) {
    if (get(name).value instanceof Long number) {
      return Math.toIntExact(number);
    }
    throw new IllegalArgumentException(name + " is no number");
  }

  /** A member that is true or false. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(get(name).value);
  }

  /** A member that is octets in hexadecimal digits. */
  public Bytes hex(String name) {
    return Bytes.ofHex(text(name));
  }

  /** Texts of an array member. */
  public List<String> texts(String name) {
    return has(name)
        ? get(name).list().stream().map(element -> String.valueOf(element.value)).toList()
        : List.of();
  }

  @Override
  public String toString() {
    return String.valueOf(value);
  }

  /** Recursive descent over RFC 8259. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    @Nullable Object value() {
      skipBlanks();
      return switch (peek()) {
        case '{' -> object();
        case '[' -> array();
        case '"' -> string();
        case 't' -> word("true", true);
        case 'f' -> word("false", false);
        case 'n' -> word("null", null);
        default -> number();
      };
    }

    private Map<String, @Nullable Object> object() {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      at++;
      skipBlanks();
      while (peek() != '}') {
        skipBlanks();
        String name = string();
        skipBlanks();
        expect(':');
        members.put(name, value());
        separator('}');
      }
      at++;
      return members;
    }

    private List<@Nullable Object> array() {
      List<@Nullable Object> elements = new ArrayList<>();
      at++;
      skipBlanks();
      while (peek() != ']') {
        elements.add(value());
        separator(']');
      }
      at++;
      return elements;
    }

    private void separator(char end) {
      skipBlanks();
      if (peek() == ',') {
        at++;
        skipBlanks();
        if (peek() == end) {
          throw unexpected();
        }
      } else if (peek() != end) {
        throw unexpected();
      }
    }

    private String string() {
      expect('"');
      StringBuilder content = new StringBuilder();
      while (peek() != '"') {
        char c = text.charAt(at++);
        content.append(c == '\\' ? escape() : c);
      }
      at++;
      return content.toString();
    }

    private char escape() {
      char c = peek();
      at++;
      return switch (c) {
        case 'n' -> '\n';
        case 't' -> '\t';
        case 'r' -> '\r';
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'u' -> {
          at += 4;
          yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        default -> c;
      };
    }

    private Object number() {
      int start = at;
      while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      String digits = text.substring(start, at);
      if (digits.isEmpty()) {
        throw unexpected();
      }
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        return Double.parseDouble(digits);
      }
    }

    private @Nullable Object word(String word, @Nullable Object meaning) {
      if (!text.startsWith(word, at)) {
        throw unexpected();
      }
      at += word.length();
      return meaning;
    }

    private void expect(char c) {
      if (peek() != c) {
        throw unexpected();
      }
      at++;
    }

    private char peek() {
      if (at >= text.length()) {
        throw new IllegalArgumentException("the JSON text ends too early");
      }
      return text.charAt(at);
    }

    void skipBlanks() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    IllegalArgumentException unexpected() {
      return new IllegalArgumentException("unexpected character at " + at);
    }
  }
}
