package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.UdpEncapsulation;

/**
 * The sending half of a Child SA: its sequence numbers, keys, way and limits. Thread-safe; any
 * number of packet threads protect packets with it at once.
 */
public final class OutboundSa {
  /** {@link #lastOutboundNanos()} before the first packet. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Highest number without ESN; the next would repeat (RFC 4303 3.3.3). */
  private static final long LAST_SHORT_NUMBER = 0xffffffffL;

  /** From here on a rekey is asked for: a sixteenth of the numbers is left for it. */
  private static final long SOFT_SHORT_NUMBER = 0xf0000000L;

  private static final VarHandle NEXT;
  private static final VarHandle LAST_OUTBOUND;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(OutboundSa.class, "next", long.class);
      LAST_OUTBOUND = lookup.findVarHandle(OutboundSa.class, "lastOutbound", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChildSa child;
  private final EspLayout layout;
  private final OuterHeaderPolicy headerPolicy;
  private final VolumeLimits limits;
  private final SaCounters counters = new SaCounters();
  private final SelectorMatcher selectors;
  private final long lastNumber;
  private volatile PacketKey key;
  private volatile OuterPath path;
  private volatile long next;
  private long lastOutbound = NEVER;

  private OutboundSa(ChildSa child, PacketKey key, OuterHeaderPolicy headerPolicy, long first) {
    this.child = child;
    this.layout = InboundSa.layoutOf(child, key);
    this.headerPolicy = headerPolicy;
    this.limits = new VolumeLimits(child.lifetime());
    this.selectors = new SelectorMatcher(child.localSelectors(), child.remoteSelectors());
    // 2^63 packets are beyond any SA's life, so that 64-bit numbers stay positive
    this.lastNumber =
        child.transform().extendedSequenceNumbers() ? Long.MAX_VALUE - 1 : LAST_SHORT_NUMBER;
    this.key = key;
    this.path = OuterPath.of(child);
    this.next = first;
    if (child.outboundSpi() == 0) {
      throw new IllegalArgumentException("SPI 0 is for local use and never on the wire");
    }
  }

  /**
   * The sending half, with {@link OuterHeaderPolicy#DEFAULT}.
   *
   * @param child as agreed; its key material is not touched, the caller destroys it
   * @param key set up from {@link ChildSa#outboundKeys()}; it must never have sealed a packet, as
   *     numbers begin at 1 and make the nonces
   * @throws IllegalArgumentException when the protocol is not ESP or the key is for another
   *     transform
   */
  public static OutboundSa of(ChildSa child, PacketKey key) {
    return of(child, key, OuterHeaderPolicy.DEFAULT);
  }

  /** The sending half, with choices for the outer header. */
  public static OutboundSa of(ChildSa child, PacketKey key, OuterHeaderPolicy headerPolicy) {
    return new OutboundSa(child, key, headerPolicy, 1);
  }

  /** For tests that begin near the end of the numbers. */
  static OutboundSa startingAt(ChildSa child, PacketKey key, long firstNumber) {
    return new OutboundSa(child, key, OuterHeaderPolicy.DEFAULT, firstNumber);
  }

  /** What was agreed. */
  public ChildSa child() {
    return child;
  }

  /**
   * Whether the SA was agreed for a packet of ours (RFC 4301 5.1). Allocates nothing.
   *
   * @param packet an inner packet on its way out
   */
  public boolean selects(IpHeaderView packet) {
    return selectors.check(packet) == DropReason.NONE;
  }

  /** The SPI that our packets bear. */
  public int spi() {
    return child.outboundSpi();
  }

  /** Packets and octets that were protected, and drops by reason. */
  public SaCounters counters() {
    return counters;
  }

  /** Engine time of the last packet protected; {@link #NEVER} before. */
  public long lastOutboundNanos() {
    return (long) LAST_OUTBOUND.getOpaque(this);
  }

  /** True exactly once, after the soft volume limit or most sequence numbers were used. */
  public boolean takeSoftExpired() {
    return limits.takeSoft();
  }

  /** Whether nothing passes any more: hard volume limit reached, or no sequence number left. */
  public boolean isExpired() {
    return limits.expired() || next > lastNumber;
  }

  /** Sequence numbers used so far. */
  public long numbersUsed() {
    return Math.min(next - 1, lastNumber);
  }

  /** Changes the UDP addresses, atomically: a NAT has given the peer another mapping. */
  public void updateEncapsulation(UdpEncapsulation encapsulation) {
    path = OuterPath.udp(encapsulation);
  }

  /** Changes the outer addresses, atomically. */
  public void updatePath(OuterPath newPath) {
    path = newPath;
  }

  /** The outer addresses in use: where the protected packets go. */
  public OuterPath path() {
    return path;
  }

  /** The keys in use. */
  public PacketKey key() {
    return key;
  }

  /**
   * Moves the SA to another provider's set-up of the same keys, from the next burst on. Sequence
   * numbers go on, so that no nonce repeats.
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

  /** Wipes the keys; only after every packet thread has passed a quiescent point. */
  public void destroy() {
    key.destroy();
    layout.destroy();
  }

  /**
   * Octets that a protected packet is at most longer than the inner one, with the largest outer
   * headers: what a buffer needs as headroom and tailroom together.
   */
  public int maxOverhead() {
    return layout.maxOverhead() + OuterHeader.MAX_LENGTH;
  }

  boolean isTunnel() {
    return child.mode() == SaMode.TUNNEL;
  }

  EspLayout layout() {
    return layout;
  }

  OuterHeaderPolicy headerPolicy() {
    return headerPolicy;
  }

  /**
   * Takes {@code count} numbers for one burst. Numbers that are taken and not sent are burnt.
   *
   * @return the first; it and those behind it count only as far as {@link #lastNumber()}
   */
  long reserve(int count) {
    long seen = next;
    if (seen > lastNumber) {
      return seen;
    }
    long first = (long) NEXT.getAndAdd(this, (long) count);
    if (lastNumber == LAST_SHORT_NUMBER && first + count > SOFT_SHORT_NUMBER) {
      limits.raiseSoft();
    }
    return first;
  }

  long lastNumber() {
    return lastNumber;
  }

  boolean admit(int octets) {
    return limits.admit(octets);
  }

  void sent(long now) {
    // once for a burst, whose packets share the time
    if (lastOutbound != now) {
      LAST_OUTBOUND.setOpaque(this, now);
    }
  }

  void dropped(DropReason reason) {
    counters.dropped(reason);
  }

  @Override
  public String toString() {
    return String.format("out 0x%08x %s %s", spi(), child.mode(), layout.transform());
  }
}
