package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;

/**
 * What the two directions of a Child SA have in common: what was agreed, the keys in use, the outer
 * addresses, limits and counters. Thread-safe; any number of packet threads use it at once.
 */
public abstract sealed class SecurityAssociation permits InboundSa, OutboundSa {
  /** The time of the last packet before there was one. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final VarHandle LAST_USED;

  static {
    try {
      LAST_USED =
          MethodHandles.lookup().findVarHandle(SecurityAssociation.class, "lastUsed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChildSa child;
  private final SaOptions options;
  private final EspLayout layout;
  private final SelectorMatcher selectors;
  private final VolumeLimits limits;
  private final SaCounters counters = new SaCounters();
  private volatile PacketKey key;
  private volatile OuterPath path;
  private long lastUsed = NEVER;

  SecurityAssociation(ChildSa child, PacketKey key, SaOptions options, SelectorMatcher selectors) {
    if (child.transform().protocol() != SecurityProtocol.ESP) {
      throw new IllegalArgumentException("only ESP is carried, not " + child.transform());
    }
    if (!key.transform().equals(child.transform())) {
      throw new IllegalArgumentException(
          "the key is for " + key.transform() + ", the SA for " + child.transform());
    }
    this.child = child;
    this.options = options;
    this.layout = new EspLayout(child.transform(), key.salt());
    this.selectors = selectors;
    this.limits = new VolumeLimits(child.lifetime());
    this.key = key;
    this.path = OuterPath.of(child);
  }

  /** What was agreed. */
  public ChildSa child() {
    return child;
  }

  /** What was chosen beyond it. */
  public SaOptions options() {
    return options;
  }

  /** The SPI that the packets of this direction bear. */
  public abstract int spi();

  /** Packets and octets that were good, and drops by reason. */
  public SaCounters counters() {
    return counters;
  }

  /** True exactly once, after a soft limit was passed: ask for a rekey. */
  public boolean takeSoftExpired() {
    return limits.takeSoft();
  }

  /** Whether a hard limit was reached and nothing passes any more. */
  public boolean isExpired() {
    return limits.expired();
  }

  /** Changes the UDP addresses, atomically: a NAT has given the peer another mapping. */
  public void updateEncapsulation(UdpEncapsulation encapsulation) {
    path = OuterPath.udp(encapsulation);
  }

  /** Changes the outer addresses, atomically. */
  public void updatePath(OuterPath newPath) {
    path = newPath;
  }

  /** The outer addresses in use. */
  public OuterPath path() {
    return path;
  }

  /** The keys in use. */
  public PacketKey key() {
    return key;
  }

  /**
   * Moves the SA to another provider's set-up of the same keys, from the next burst on. Sequence
   * numbers go on.
   *
   * @return the former, to be destroyed after a quiescent point
   */
  public PacketKey replaceKey(PacketKey sameKeysElsewhere) {
    if (!sameKeysElsewhere.transform().equals(layout.transform())) {
      throw new IllegalArgumentException("the key is for " + sameKeysElsewhere.transform());
    }
    PacketKey former = key;
    key = sameKeysElsewhere;
    return former;
  }

  /**
   * Wipes the keys. Only when no packet thread can find it any more and each has passed a quiescent
   * point.
   */
  public void destroy() {
    key.destroy();
    layout.destroy();
  }

  boolean isTunnel() {
    return child.mode() == SaMode.TUNNEL;
  }

  EspLayout layout() {
    return layout;
  }

  SelectorMatcher selectors() {
    return selectors;
  }

  VolumeLimits limits() {
    return limits;
  }

  boolean admit(int octets) {
    return limits.admit(octets);
  }

  /** Engine time of the last good packet; {@link #NEVER} before. */
  long lastUsed() {
    return (long) LAST_USED.getOpaque(this);
  }

  void used(long now) {
    // once for a burst, whose packets share the time
    if (lastUsed != now) {
      LAST_USED.setOpaque(this, now);
    }
  }

  void dropped(DropReason reason) {
    counters.dropped(reason);
  }
}
