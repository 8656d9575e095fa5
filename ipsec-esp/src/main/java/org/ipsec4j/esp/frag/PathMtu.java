package org.ipsec4j.esp.frag;

/**
 * The largest outer packet that the way of one SA carries: what the policy says of the link,
 * lowered by ICMP errors, raised again with age (RFC 4301 8.2, RFC 1191, RFC 8201).
 *
 * <p>Nothing below believes that an ICMP error is true. The caller has found that it quotes a
 * packet of the SA; and the value may only lower the MTU, down to a floor, for a time. A forger who
 * knows SPI and addresses can slow the SA down to the floor, and no further.
 *
 * <p>Thread-safe: packet threads read while another learns. Allocates nothing.
 */
public final class PathMtu {
  /** What was done with an ICMP error. */
  public enum Lesson {
    /** The MTU was lowered. */
    LOWERED,
    /** The error confirms what is known; its age begins anew. */
    CONFIRMED,
    /** The policy says to ignore such errors. */
    NOT_BELIEVED,
    /** It says nothing new, or nothing that can be. */
    IGNORED
  }

  private static final int NOTHING = 0;

  /** MTUs of common links, for routers that do not report one (RFC 1191 7.1). */
  private static final int[] PLATEAUS = {
    65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
  };

  private volatile PathMtuPolicy policy;
  private volatile int learnt = NOTHING;
  private volatile long learntAt;

  /** Nothing is learnt yet. */
  public PathMtu(PathMtuPolicy policy) {
    this.policy = policy;
  }

  /** What it may believe. */
  public PathMtuPolicy policy() {
    return policy;
  }

  /** Changes what it may believe and forgets what was learnt. */
  public synchronized void configure(PathMtuPolicy newPolicy) {
    learnt = NOTHING;
    policy = newPolicy;
  }

  /** Forgets what was learnt: the way is another one. */
  public synchronized void forget() {
    learnt = NOTHING;
  }

  /** Takes over what another SA between the same ends knows, as when a rekey replaces it. */
  public synchronized void inherit(PathMtu former) {
    policy = former.policy;
    learntAt = former.learntAt;
    learnt = former.learnt;
  }

  /** Octets that an outer IP packet has at most. */
  public int octets(long now) {
    int seen = learnt;
    int link = policy.linkMtu();
    return seen == NOTHING || seen > link || now - learntAt >= policy.ageNanos() ? link : seen;
  }

  /**
   * Learns from an ICMP error that quotes one of our packets.
   *
   * @param v4 the family of the outer packets
   * @param reported the MTU that the error reports; 0 from IPv4 routers that do not know RFC 1191
   * @param quotedLength total length of our packet, as quoted
   * @param now engine time
   */
  public synchronized Lesson learn(boolean v4, int reported, int quotedLength, long now) {
    if (!policy.believesIcmp()) {
      return Lesson.NOT_BELIEVED;
    }
    int mtu = reported == 0 && v4 ? plateauBelow(quotedLength) : reported;
    // what fits cannot have been too big; and RFC 8201 4: less than 1280 is discarded
    boolean impossible =
        mtu < (v4 ? PathMtuPolicy.MIN_V4 : PathMtuPolicy.MIN_V6) || quotedLength <= mtu;
    if (impossible) {
      return Lesson.IGNORED;
    }
    int believed = v4 ? Math.max(mtu, policy.floorV4()) : mtu;
    int current = octets(now);
    if (believed > current || believed >= policy.linkMtu()) {
      return Lesson.IGNORED;
    }
    learntAt = now;
    learnt = believed;
    return believed == current ? Lesson.CONFIRMED : Lesson.LOWERED;
  }

  private static int plateauBelow(int length) {
    for (int plateau : PLATEAUS) {
      if (plateau < length) {
        return plateau;
      }
    }
    return 0;
  }

  @Override
  public String toString() {
    int seen = learnt;
    return "path MTU "
        + policy.linkMtu()
        + (seen == NOTHING ? "" : ", lowered to " + seen + " by ICMP");
  }
}
