package org.ipsec4j.esp.tfs;

/**
 * How an AGGFRAG receiver orders payloads. Immutable.
 *
 * @param reorderWindow payloads that a missing one may come late: a payload is lost when one comes
 *     whose number is more than this beyond it. 0 to 4096; 0 takes every gap for a loss at once
 * @param lossTimeoutNanos longest time that later payloads wait for a missing one; proportionate to
 *     the tunnel's rate (RFC 9347 2.2.3)
 * @param maxPayload longest payload that is taken, 64 to 65,535 octets; the receiver holds
 *     (reorderWindow + 2) times as much memory
 */
public record ReceiverSettings(int reorderWindow, long lossTimeoutNanos, int maxPayload) {
  /** A window of 3 (RFC 9347 2.2.3), a tenth of a second, jumbo frames. */
  public static final ReceiverSettings DEFAULT = new ReceiverSettings(3, 100_000_000L, 9216);

  /** Widest window. */
  public static final int MAX_WINDOW = 4096;

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public ReceiverSettings {
    if (reorderWindow < 0 || reorderWindow > MAX_WINDOW) {
      throw new IllegalArgumentException("reorder window " + reorderWindow);
    }
    if (lossTimeoutNanos < 0) {
      throw new IllegalArgumentException("loss timeout " + lossTimeoutNanos + " ns");
    }
    if (maxPayload < 64 || maxPayload > 65535) {
      throw new IllegalArgumentException("longest payload " + maxPayload);
    }
  }
}
