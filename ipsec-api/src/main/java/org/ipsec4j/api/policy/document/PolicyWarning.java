package org.ipsec4j.api.policy.document;

/**
 * Something that a policy may do but that a person should know.
 *
 * @param file the file as it was named
 * @param line 1-based; 0 when the file as a whole is meant
 * @param column 1-based; 0 when the line as a whole is meant
 * @param message one sentence
 */
public record PolicyWarning(String file, int line, int column, String message) {

  /** {@code site-a.yaml:7:15: warning: ...} */
  @Override
  public String toString() {
    return place(file, line, column) + ": warning: " + message;
  }

  static String place(String file, int line, int column) {
    return file + (line > 0 ? ":" + line + (column > 0 ? ":" + column : "") : "");
  }
}
