package org.ipsec4j.api.policy;

import java.util.List;

/**
 * A whole policy.
 *
 * @param name for people
 * @param order how rules are ranked
 * @param peers PAD entries in order
 * @param rules SPD rules in order
 * @param origin where it was written
 */
public record PolicySet(
    String name, Order order, List<PadEntry> peers, List<SpdRule> rules, Origin origin) {
  /** How rules are ranked. */
  public enum Order {
    /** As written; the first match wins. */
    SEQUENCE,
    /** The most specific match wins. */
    SPECIFICITY
  }

  /** Copies the lists. */
  public PolicySet {
    peers = List.copyOf(peers);
    rules = List.copyOf(rules);
  }
}
