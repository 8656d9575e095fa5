package org.ipsec4j.esp;

/**
 * How tunnel mode fills the outer header where RFC 4301 leaves a choice (5.1.2, 8.1). ECN is no
 * choice: it is copied (RFC 6040 4.1).
 *
 * @param hopLimit time to live of the outer packet, 1 to 255
 * @param dscp 0 to 63 for a fixed value, or {@link #COPY_DSCP}
 * @param dontFragment what becomes of the IPv4 flag
 */
public record OuterHeaderPolicy(int hopLimit, int dscp, DontFragment dontFragment) {
  /** The outer header repeats the inner DSCP. */
  public static final int COPY_DSCP = -1;

  /** Hop limit 64, DSCP copied, DF copied. */
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
  }

  int trafficClass(int inner) {
    return dscp == COPY_DSCP ? inner : dscp << 2 | (inner & 3);
  }

  boolean setsDontFragment(boolean inner) {
    return switch (dontFragment) {
      case COPY -> inner;
      case SET -> true;
      case CLEAR -> false;
    };
  }
}
