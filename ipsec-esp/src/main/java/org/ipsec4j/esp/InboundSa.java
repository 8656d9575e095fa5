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
 * The receiving half of a Child SA: what the packet path knows of it. Thread-safe; any number of
 * packet threads open packets with it at once.
 */
public final class InboundSa {
  /** {@link #lastInboundNanos()} before the first packet. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final VarHandle LAST_INBOUND;

  static {
    try {
      LAST_INBOUND =
          MethodHandles.lookup().findVarHandle(InboundSa.class, "lastInbound", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChildSa child;
  private final EspLayout layout;
  private final ReplayWindow replay;
  private final SelectorMatcher selectors;
  private final VolumeLimits limits;
  private final SaCounters counters = new SaCounters();
  private volatile PacketKey key;
  private volatile OuterPath path;
  private long lastInbound = NEVER;

  private InboundSa(ChildSa child, PacketKey key) {
    this.child = child;
    this.layout = layoutOf(child, key);
    this.replay =
        new ReplayWindow(child.replayWindow(), child.transform().extendedSequenceNumbers());
    this.selectors = new SelectorMatcher(child.remoteSelectors(), child.localSelectors());
    this.limits = new VolumeLimits(child.lifetime());
    this.key = key;
    this.path = OuterPath.of(child);
  }

  /**
   * The receiving half.
   *
   * @param child as agreed; its key material is not touched, the caller destroys it
   * @param key set up from {@link ChildSa#inboundKeys()}
   * @throws IllegalArgumentException when the replay window is out of range, the protocol is not
   *     ESP, or the key is for another transform
   */
  public static InboundSa of(ChildSa child, PacketKey key) {
    return new InboundSa(child, key);
  }

  static EspLayout layoutOf(ChildSa child, PacketKey key) {
    if (child.transform().protocol() != SecurityProtocol.ESP) {
      throw new IllegalArgumentException("only ESP is carried, not " + child.transform());
    }
    if (!key.transform().equals(child.transform())) {
      throw new IllegalArgumentException(
          "the key is for " + key.transform() + ", the SA for " + child.transform());
    }
    return new EspLayout(child.transform(), key.salt());
  }

  /** What was agreed. */
  public ChildSa child() {
    return child;
  }

  /** The SPI that the peer's packets bear. */
  public int spi() {
    return child.inboundSpi();
  }

  /** Packets and octets that were good, and drops by reason. */
  public SaCounters counters() {
    return counters;
  }

  /** Engine time of the last packet whose ICV was right and number fresh; {@link #NEVER} before. */
  public long lastInboundNanos() {
    return (long) LAST_INBOUND.getOpaque(this);
  }

  /** Whether the peer has been heard on this SA: the evidence that a rekey waits for. */
  public boolean wasUsed() {
    return lastInboundNanos() != NEVER;
  }

  /** The window; for monitors. */
  public ReplayWindow replayWindow() {
    return replay;
  }

  /** True exactly once, after the soft volume limit was passed: ask for a rekey. */
  public boolean takeSoftExpired() {
    return limits.takeSoft();
  }

  /** Whether the hard volume limit was reached and nothing passes any more. */
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
   * Moves the SA to another provider's set-up of the same keys, from the next burst on.
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
   * Wipes the keys. Only after it was removed from the {@link Sad} and every packet thread has
   * passed a quiescent point.
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

  boolean admit(int octets) {
    return limits.admit(octets);
  }

  void heard(long now) {
    // once for a burst, whose packets share the time
    if (lastInbound != now) {
      LAST_INBOUND.setOpaque(this, now);
    }
  }

  void dropped(DropReason reason) {
    counters.dropped(reason);
  }

  @Override
  public String toString() {
    return String.format("in 0x%08x %s %s", spi(), child.mode(), layout.transform());
  }
}
