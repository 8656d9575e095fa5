package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;

/**
 * The receiving half of a Child SA: what the packet path knows of it. Thread-safe; any number of
 * packet threads open packets with it at once.
 */
public final class InboundSa extends SecurityAssociation {
  /** IP payload compression (RFC 3173). */
  private static final int IPCOMP = 108;

  private static final int NEXT_V4 = 4;
  private static final int NEXT_V6 = 41;

  /** Packets in a row with a wrong ICV after which the upper half of numbers is doubted. */
  static final int REFUSALS_BEFORE_DOUBT = 64;

  /** After that, one packet of so many is tried again. */
  private static final int TRIED_EVERY = 8;

  /** How many upper halves ahead are tried, one after the other. */
  private static final int HIGH_HALVES = 4;

  private static final VarHandle REFUSALS;
  private static final VarHandle ATTEMPTS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REFUSALS = lookup.findVarHandle(InboundSa.class, "refusals", long.class);
      ATTEMPTS = lookup.findVarHandle(InboundSa.class, "attempts", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ReplayWindow replay;
  private final boolean placed;
  private final boolean plain;

  /** Packets in a row with a wrong ICV (RFC 4303 A3.1). */
  @SuppressWarnings("UnusedVariable") // through its VarHandle
  private long refusals;

  /** Refusals at which the next attempt is due; one burst may bring many at once. */
  private volatile long nextTry = REFUSALS_BEFORE_DOUBT;

  /** Upper halves that were tried. */
  @SuppressWarnings("UnusedVariable") // through its VarHandle
  private int attempts;

  private InboundSa(ChildSa child, PacketKey key, SaOptions options) {
    super(
        child,
        child.inboundSpi(),
        key,
        options,
        SelectorMatcher.of(child.remoteSelectors(), child.localSelectors()));
    this.placed = options.place() != null;
    this.plain =
        isEsp()
            && isTunnel()
            && !isLimited()
            && !placed
            && !options.forwards()
            && !options.outerHeader().dscpInward();
    this.replay =
        new ReplayWindow(
            child.replayWindow(),
            child.transform().extendedSequenceNumbers(),
            options.replay() == ReplayProtection.WINDOW);
  }

  /**
   * The receiving half, with {@link SaOptions#DEFAULT}.
   *
   * @param child as agreed; its key material is not touched, the caller destroys it
   * @param key set up from {@link ChildSa#inboundKeys()}
   * @throws IllegalArgumentException when the replay window is out of range, or the key is for
   *     another transform
   */
  public static InboundSa of(ChildSa child, PacketKey key) {
    return of(child, key, SaOptions.DEFAULT);
  }

  /** The receiving half, with choices. */
  public static InboundSa of(ChildSa child, PacketKey key, SaOptions options) {
    return new InboundSa(child, key, options);
  }

  /** Engine time of the last packet whose ICV was right and number fresh; {@link #NEVER} before. */
  public long lastInboundNanos() {
    return lastUsed();
  }

  /** Whether the peer has been heard on this SA: the evidence that a rekey waits for. */
  public boolean wasUsed() {
    return lastUsed() != NEVER;
  }

  /**
   * Whether the peer may send a packet that was just opened. What lies around others of a bundle in
   * transport mode cannot be asked yet; those inside are asked in its place, and {@link
   * IpsecInbound} sees to it that they were there.
   */
  DropReason checkArrived(IpHeaderView packet) {
    SaBundle.Place place = placed ? options().place() : null;
    if (place != null) {
      boolean around = place.layer() > 0 && child().mode() == SaMode.TRANSPORT;
      if (around || isCompressed(packet)) {
        return DropReason.NONE;
      }
    }
    return selectors().check(packet);
  }

  /**
   * Whether an opened packet is one for the step that expands: compressed, or in the tunnel of an
   * IPComp association that it was not worth compressing in.
   */
  boolean isCompressed(IpHeaderView packet) {
    SaBundle.Place place = options().place();
    if (place == null || place.layer() > 0 || !place.bundle().compression()) {
      return false;
    }
    return switch (packet.protocol()) {
      case IPCOMP -> true;
      case NEXT_V4, NEXT_V6 -> child().mode() == SaMode.TRANSPORT;
      default -> false;
    };
  }

  @Override
  int touch() {
    return super.touch() + (int) nextTry + (replay == null ? 1 : 0);
  }

  @Override
  int touchNext() {
    return super.touchNext() + replay.touch();
  }

  /** Whether packets may go the way of {@link PlainTunnel}. */
  boolean isPlain() {
    return plain;
  }

  /** Whether its mode is transport mode; BEET mode is another. */
  boolean isTransport() {
    return !isTunnel() && inner() == null;
  }

  /** Whether it has a place in a bundle. */
  boolean isPlaced() {
    return placed;
  }

  /** The window; for monitors. */
  public ReplayWindow replayWindow() {
    return replay;
  }

  /** Whether a copy of the next packet is worth its cost: see {@link Resync}. */
  boolean isOutOfStep() {
    return isExtended()
        && (long) REFUSALS.getOpaque(this) >= REFUSALS_BEFORE_DOUBT
        && (long) REFUSALS.getOpaque(this) >= nextTry;
  }

  /** By how much the upper half shall be raised for the next attempt, 1 or more. */
  int nextHighHalf() {
    nextTry = (long) REFUSALS.getOpaque(this) + TRIED_EVERY;
    return ((int) ATTEMPTS.getAndAdd(this, 1) & (HIGH_HALVES - 1)) + 1;
  }

  /** A packet had a wrong ICV. */
  void wasRefused() {
    REFUSALS.getAndAdd(this, 1L);
  }

  /** A packet had a right ICV. */
  void wasAuthentic() {
    if ((long) REFUSALS.getOpaque(this) != 0) {
      REFUSALS.setOpaque(this, 0L);
      ATTEMPTS.setOpaque(this, 0);
      nextTry = REFUSALS_BEFORE_DOUBT;
    }
  }

  @Override
  public String toString() {
    String replayState = replay.isEnforced() ? "" : " without replay protection";
    return String.format(
        "in 0x%08x %s %s%s", spi(), child().mode(), child().transform(), replayState);
  }
}
