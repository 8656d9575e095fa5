package org.ipsec4j.benchmarks.harness;

/** Writes JSON (RFC 8259), one value behind the other; the caller opens and closes in order. */
public final class Json {
  private final StringBuilder out = new StringBuilder();
  private boolean comma;

  /** Empty. */
  public Json() {}

  /**
   * Begins an object or an array.
   *
   * @param bracket <code>{</code> or {@code [}
   */
  public Json open(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  /**
   * Ends it.
   *
   * @param bracket <code>}</code> or {@code ]}
   */
  public Json close(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  /** The name of what comes next. */
  public Json name(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  /** A string. */
  public Json text(String value) {
    separate();
    quote(value);
    comma = true;
    return this;
  }

  /** A number; what is none becomes null. */
  public Json number(double value) {
    separate();
    if (!Double.isFinite(value)) {
      out.append("null");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(Math.round(value * 10_000) / 10_000.0);
    }
    comma = true;
    return this;
  }

  /** A truth value. */
  public Json value(boolean value) {
    separate();
    out.append(value);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(out.charAt(out.length() - 1) == '}' ? ",\n" : ",");
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out + "\n";
  }
}
