package org.ipsec4j.api.policy.document;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong in a policy file, as a person needs it to mend it.
 *
 * @param file the file as it was named
 * @param line 1-based; 0 when the file as a whole is meant
 * @param column 1-based; 0 when the line as a whole is meant
 * @param expected what should stand there
 * @param found what stands there; never the text of a secret
 * @param example the right form; null when there is none
 */
public record PolicyError(
    String file, int line, int column, String expected, String found, @Nullable String example) {

  /** {@code site-a.yaml:7:15: expected ...; found ...; example: ...} */
  @Override
  public String toString() {
    return PolicyWarning.place(file, line, column)
        + ": expected "
        + expected
        + "; found "
        + found
        + (example == null ? "" : "; example: " + example);
  }
}
