package org.ipsec4j.api.policy;

import java.util.List;
import java.util.Optional;

/**
 * A whole policy.
 *
 * @param name for people
 * @param order how rules are ranked
 * @param peers PAD entries in order
 * @param manual protected flows with manual keys
 * @param rules SPD rules in order
 * @param origin where it was written
 */
public record PolicySet(
    String name,
    Order order,
    List<PadEntry> peers,
    List<ManualChild> manual,
    List<SpdRule> rules,
    Origin origin) {
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
    manual = List.copyOf(manual);
    rules = List.copyOf(rules);
  }

  /** A policy without manual keys. */
  public PolicySet(
      String name, Order order, List<PadEntry> peers, List<SpdRule> rules, Origin origin) {
    this(name, order, peers, List.of(), rules, origin);
  }

  /** The manual child of that name. */
  public Optional<ManualChild> manual(String child) {
    return manual.stream().filter(one -> one.name().equals(child)).findFirst();
  }
}
