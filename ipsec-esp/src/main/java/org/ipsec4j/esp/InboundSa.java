package org.ipsec4j.esp;

import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.sa.ChildSa;

/**
 * The receiving half of a Child SA: what the packet path knows of it. Thread-safe; any number of
 * packet threads open packets with it at once.
 */
public final class InboundSa extends SecurityAssociation {
  private final ReplayWindow replay;

  private InboundSa(ChildSa child, PacketKey key, SaOptions options) {
    super(
        child, key, options, new SelectorMatcher(child.remoteSelectors(), child.localSelectors()));
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

  /** The SPI that the peer's packets bear. */
  @Override
  public int spi() {
    return child().inboundSpi();
  }

  /** Engine time of the last packet whose ICV was right and number fresh; {@link #NEVER} before. */
  public long lastInboundNanos() {
    return lastUsed();
  }

  /** Whether the peer has been heard on this SA: the evidence that a rekey waits for. */
  public boolean wasUsed() {
    return lastUsed() != NEVER;
  }

  /** The window; for monitors. */
  public ReplayWindow replayWindow() {
    return replay;
  }

  @Override
  public String toString() {
    String replayState = replay.isEnforced() ? "" : " without replay protection";
    return String.format(
        "in 0x%08x %s %s%s", spi(), child().mode(), child().transform(), replayState);
  }
}
