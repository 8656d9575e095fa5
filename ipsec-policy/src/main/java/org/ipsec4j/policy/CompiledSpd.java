package org.ipsec4j.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.api.policy.SpdRule;

/**
 * The SPD for the packet path: answers as {@link LinearSpd} does, without allocating.
 *
 * <p>Rules are laid out per address family and protocol; within each, a sorted table of the address
 * boundaries of one side leads to the few candidates, which are compared in order. Immutable,
 * thread-safe.
 */
public final class CompiledSpd {
  /** No rule selects the packet: it is discarded. */
  public static final int NO_MATCH = LinearSpd.NO_MATCH;

  /** The packet does not show its protocol or ports, and they decide. */
  public static final int UNDECIDED = LinearSpd.UNDECIDED;

  private static final int PROTOCOLS = 256;

  private final List<SpdRule> rules;
  private final SpdTable[] v4;
  private final SpdTable[] v6;

  /** Compiles the rules of a policy. */
  public CompiledSpd(PolicySet policy) {
    rules = policy.rules();
    List<SpdEntry> entries = SpdEntry.ranked(policy);
    int[] effects = effects(rules);
    v4 = tables(entries, effects, true);
    v6 = tables(entries, effects, false);
  }

  /** The rule of an index that {@code classify} returned, 0 or more. */
  public SpdRule rule(int index) {
    return rules.get(index);
  }

  /**
   * The rule that decides about a packet.
   *
   * @param isV4 address family of both addresses
   * @param localHigh upper 64 bits of our side's address, 0 for IPv4
   * @param localLow lower 64 bits, or the 32 bits of an IPv4 address zero-extended
   * @param remoteHigh the other side's
   * @param remoteLow the other side's
   * @param protocol upper-layer protocol, or -1 when not shown
   * @param localPort as in {@link Flow}
   * @param remotePort likewise
   * @return the index of the rule in the policy, or {@link #NO_MATCH} or {@link #UNDECIDED}
   */
  public int classify(
      boolean isV4,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      int protocol,
      int localPort,
      int remotePort) {
    SpdTable table = (isV4 ? v4 : v6)[protocol < 0 ? PROTOCOLS : protocol & 0xff];
    return table.classify(localHigh, localLow, remoteHigh, remoteLow, localPort, remotePort);
  }

  /**
   * The rule that decides about a packet.
   *
   * @param packet successfully parsed
   * @param outbound whether our side is the source
   * @return the index of the rule in the policy, or {@link #NO_MATCH} or {@link #UNDECIDED}
   */
  public int classify(IpHeaderView packet, boolean outbound) {
    int sender = packet.sourcePort();
    int receiver = packet.isTypeAndCode() ? Flow.NOT_COMPARED : packet.destinationPort();
    return outbound
        ? classify(
            packet.isV4(),
            packet.sourceHigh(),
            packet.sourceLow(),
            packet.destinationHigh(),
            packet.destinationLow(),
            packet.protocol(),
            sender,
            receiver)
        : classify(
            packet.isV4(),
            packet.destinationHigh(),
            packet.destinationLow(),
            packet.sourceHigh(),
            packet.sourceLow(),
            packet.protocol(),
            receiver,
            sender);
  }

  /** The rule that decides about a flow; for tools, which have one already. */
  public int classify(Flow flow) {
    return classify(
        flow.local().isV4(),
        flow.local().high(),
        flow.local().low(),
        flow.remote().high(),
        flow.remote().low(),
        flow.protocol(),
        flow.localPort(),
        flow.remotePort());
  }

  /** Numbers the rules by what they do, so that two of them are quickly compared. */
  private static int[] effects(List<SpdRule> rules) {
    Map<SpdEntry.Effect, Integer> numbers = new HashMap<>();
    int[] effects = new int[rules.size()];
    for (int i = 0; i < effects.length; i++) {
      SpdEntry.Effect effect = SpdEntry.Effect.of(rules.get(i));
      effects[i] = numbers.computeIfAbsent(effect, unknown -> numbers.size());
    }
    return effects;
  }

  private static SpdTable[] tables(List<SpdEntry> entries, int[] effects, boolean isV4) {
    List<SpdEntry> family =
        entries.stream()
            .filter(
                entry ->
                    entry.local().addresses().isV4() == isV4
                        && entry.remote().addresses().isV4() == isV4)
            .toList();
    boolean[] named = new boolean[PROTOCOLS];
    for (SpdEntry entry : family) {
      named[entry.local().protocol()] = true;
      named[entry.remote().protocol()] = true;
    }
    SpdTable unnamed = table(family, effects, -1);
    SpdTable[] tables = new SpdTable[PROTOCOLS + 1];
    tables[PROTOCOLS] = new SpdTable(family, effects, false);
    for (int protocol = 0; protocol < PROTOCOLS; protocol++) {
      // 0 stands for any protocol in a selector; in a packet it is just an unlikely number.
      tables[protocol] =
          named[protocol] && protocol != 0 ? table(family, effects, protocol) : unnamed;
    }
    return tables;
  }

  private static SpdTable table(List<SpdEntry> family, int[] effects, int protocol) {
    return new SpdTable(
        family.stream()
            .filter(
                entry ->
                    fits(entry.local().protocol(), protocol)
                        && fits(entry.remote().protocol(), protocol))
            .toList(),
        effects,
        true);
  }

  private static boolean fits(int selected, int protocol) {
    return selected == 0 || selected == protocol;
  }
}
