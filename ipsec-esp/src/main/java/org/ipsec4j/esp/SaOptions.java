package org.ipsec4j.esp;

/**
 * What an SA does beyond what was agreed with the peer. Immutable; begin with {@link #DEFAULT}.
 *
 * @param outerHeader how tunnel mode fills the outer header
 */
public record SaOptions(OuterHeaderPolicy outerHeader) {
  /** What is used when nothing else is said. */
  public static final SaOptions DEFAULT = new SaOptions(OuterHeaderPolicy.DEFAULT);

  /** The same with another policy for outer headers. */
  public SaOptions withOuterHeader(OuterHeaderPolicy policy) {
    return new SaOptions(policy);
  }
}
