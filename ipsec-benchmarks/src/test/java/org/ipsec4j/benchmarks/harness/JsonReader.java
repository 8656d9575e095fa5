package org.ipsec4j.benchmarks.harness;

/** Reads over one JSON value by the grammar of RFC 8259, and complains where it is none. */
final class JsonReader {
  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  /** Where the value and the white space behind it end. */
  int end() {
    value();
    skip();
    return at;
  }

  private void value() {
    skip();
    char c = text.charAt(at);
    if (c == '{' || c == '[') {
      list(c);
    } else if (c == '"') {
      string();
    } else {
      int start = at;
      while (at < text.length() && "-+.eE0123456789truefalsn".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      String word = text.substring(start, at);
      if (!word.matches("true|false|null|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
        throw new AssertionError("`" + word + "` at " + start);
      }
    }
  }

  private void list(char open) {
    at++;
    skip();
    char close = open == '{' ? '}' : ']';
    if (text.charAt(at) == close) {
      at++;
      return;
    }
    while (true) {
      if (open == '{') {
        skip();
        string();
        skip();
        expect(':');
      }
      value();
      skip();
      if (text.charAt(at) == close) {
        at++;
        return;
      }
      expect(',');
    }
  }

  private void string() {
    expect('"');
    while (text.charAt(at) != '"') {
      if (text.charAt(at) < 0x20) {
        throw new AssertionError("control character at " + at);
      }
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  private void expect(char c) {
    if (text.charAt(at) != c) {
      throw new AssertionError("no " + c + " at " + at + ": " + text.substring(at));
    }
    at++;
  }

  private void skip() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
