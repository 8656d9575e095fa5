package org.ipsec4j.api.sa;

/**
 * Names a Child SA (both directions) for the life of an engine; never reused.
 *
 * @param value counts up from 1 for what was negotiated; negative for manual keys
 */
public record ChildSaId(long value) {
  /** Whether it names an SA with manual keys, which no IKE engine knows. */
  public boolean isManual() {
    return value < 0;
  }

  @Override
  public String toString() {
    return "child#" + value;
  }
}
