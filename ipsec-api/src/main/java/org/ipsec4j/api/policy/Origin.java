package org.ipsec4j.api.policy;

/**
 * Where a policy element was written, so that a decision can name the line.
 *
 * @param store the layer, such as {@code local}
 * @param file file or other source
 * @param line 1-based; 0 when unknown
 * @param vendorName the element's name in its source
 */
public record Origin(String store, String file, int line, String vendorName) {
  /** For elements made by a program. */
  public static final Origin PROGRAM = new Origin("program", "", 0, "");

  @Override
  public String toString() {
    return file.isEmpty() ? store : line > 0 ? file + ":" + line : file;
  }
}
