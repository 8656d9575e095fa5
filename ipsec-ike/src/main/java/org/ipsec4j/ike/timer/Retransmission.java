package org.ipsec4j.ike.timer;

import org.ipsec4j.api.crypto.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * The transmissions of one request. Ask {@link #mayTransmit()}, send, then set the timer to what
 * {@link #transmitted} gives. Used by one thread.
 */
public final class Retransmission {
  private final RetransmissionSchedule schedule;
  private final @Nullable RandomSource random;
  private int transmissions;

  /**
   * @param random for the jitter; null for none
   */
  public Retransmission(RetransmissionSchedule schedule, @Nullable RandomSource random) {
    this.schedule = schedule;
    this.random = random;
  }

  /** Whether a transmission is left; when not, and the last wait is over, the peer is given up. */
  public boolean mayTransmit() {
    return transmissions < schedule.tries();
  }

  /**
   * Counts a transmission.
   *
   * @param now when it was sent
   * @return when the wait for its answer is over
   */
  public long transmitted(long now) {
    transmissions++;
    return now + schedule.waitAfter(transmissions, random);
  }

  /** Transmissions so far. */
  public int transmissions() {
    return transmissions;
  }

  /** Transmissions behind the first. */
  public int retransmissions() {
    return Math.max(0, transmissions - 1);
  }
}
