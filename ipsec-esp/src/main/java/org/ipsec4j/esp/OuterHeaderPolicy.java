package org.ipsec4j.esp;

/**
 * How tunnel mode fills the outer header where RFC 4301 leaves a choice (5.1.2, 8.1), and what it
 * takes back from one.
 *
 * @param hopLimit time to live of the outer packet, 1 to 255
 * @param dscp 0 to 63 for a fixed value, or {@link #COPY_DSCP}
 * @param dontFragment what becomes of the IPv4 flag
 * @param ecn what becomes of the congestion field
 * @param flowLabel of an outer IPv6 header: 0 to 0xfffff for a fixed value, or {@link
 *     #COPY_FLOW_LABEL}
 * @param dscpInward whether the receiver writes the outer DSCP into the inner packet: the uniform
 *     model of RFC 2983 3. An outsider can change the outer value, so it is off unless asked for
 */
public record OuterHeaderPolicy(
    int hopLimit,
    int dscp,
    DontFragment dontFragment,
    EcnMode ecn,
    int flowLabel,
    boolean dscpInward) {
  /** The outer header repeats the inner DSCP. */
  public static final int COPY_DSCP = -1;

  /**
   * The outer IPv6 header repeats the inner flow label; 0 for an inner IPv4 packet. A host may, a
   * gateway should not (RFC 4301 5.1.2.2, note 8).
   */
  public static final int COPY_FLOW_LABEL = -1;

  /** Hop limit 64, DSCP, DF and ECN copied, flow label 0, nothing taken from the outer DSCP. */
  public static final OuterHeaderPolicy DEFAULT =
      new OuterHeaderPolicy(64, COPY_DSCP, DontFragment.COPY);

  /** What becomes of the IPv4 flag Don't Fragment. */
  public enum DontFragment {
    /** As the inner packet has it; an inner IPv6 packet counts as having it set. */
    COPY,
    /** Always set. */
    SET,
    /** Never set. */
    CLEAR
  }

  /** What the sender makes of the congestion field (RFC 6040 4.1). The receiver has no choice. */
  public enum EcnMode {
    /** The outer field repeats the inner one. */
    NORMAL,
    /** The outer field says that its ends do not understand ECN: for a receiver that is older. */
    COMPATIBILITY
  }

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public OuterHeaderPolicy {
    if (hopLimit < 1 || hopLimit > 255) {
      throw new IllegalArgumentException("hop limit " + hopLimit + " is not in 1..255");
    }
    if (dscp != COPY_DSCP && (dscp < 0 || dscp > 63)) {
      throw new IllegalArgumentException("DSCP " + dscp + " is not in 0..63");
    }
    if (flowLabel != COPY_FLOW_LABEL && (flowLabel < 0 || flowLabel > 0xfffff)) {
      throw new IllegalArgumentException("flow label " + flowLabel + " is not in 0..0xfffff");
    }
  }

  /** With ECN copied, flow label 0, and nothing taken from the outer DSCP. */
  public OuterHeaderPolicy(int hopLimit, int dscp, DontFragment dontFragment) {
    this(hopLimit, dscp, dontFragment, EcnMode.NORMAL, 0, false);
  }

  /** The same with another mode of ECN. */
  public OuterHeaderPolicy withEcn(EcnMode mode) {
    return new OuterHeaderPolicy(hopLimit, dscp, dontFragment, mode, flowLabel, dscpInward);
  }

  /** The same with another flow label. */
  public OuterHeaderPolicy withFlowLabel(int label) {
    return new OuterHeaderPolicy(hopLimit, dscp, dontFragment, ecn, label, dscpInward);
  }

  /** The same, with the outer DSCP written into the inner packet or not. */
  public OuterHeaderPolicy withDscpInward(boolean inward) {
    return new OuterHeaderPolicy(hopLimit, dscp, dontFragment, ecn, flowLabel, inward);
  }

  /** The outer traffic class (RFC 4301 5.1.2, RFC 6040 4.1). */
  int trafficClass(int inner) {
    int upper = dscp == COPY_DSCP ? inner & 0xfc : dscp << 2;
    return ecn == EcnMode.NORMAL ? upper | (inner & 3) : upper;
  }

  int flowLabel(int inner) {
    return flowLabel == COPY_FLOW_LABEL ? inner : flowLabel;
  }

  boolean setsDontFragment(boolean inner) {
    return switch (dontFragment) {
      case COPY -> inner;
      case SET -> true;
      case CLEAR -> false;
    };
  }
}
