package org.ipsec4j.api.sa;

/**
 * Names a Child SA (both directions) for the life of an engine; never reused.
 *
 * @param value counts up from 1
 */
public record ChildSaId(long value) {
  @Override
  public String toString() {
    return "child#" + value;
  }
}
