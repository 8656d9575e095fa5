package org.ipsec4j.ike.timer;

import java.time.Duration;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.policy.IkeProfile;
import org.jspecify.annotations.Nullable;

/**
 * How long a requester waits for its answer after each transmission (RFC 7296 2.1, 2.4): the wait
 * grows by a factor, up to one hour. Immutable.
 *
 * @param initial wait after the first transmission
 * @param factorPercent growth, 100 or more
 * @param tries transmissions in all, 1 or more
 * @param jitterPercent random part by which each wait is longer, 0 to 100
 */
public record RetransmissionSchedule(
    Duration initial, int factorPercent, int tries, int jitterPercent) {
  private static final long LONGEST = Duration.ofHours(1).toNanos();

  /**
   * @throws IllegalArgumentException when a number is out of range
   */
  public RetransmissionSchedule {
    if (initial.isNegative() || initial.isZero() || initial.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a first wait of " + initial);
    }
    if (factorPercent < 100 || tries < 1 || jitterPercent < 0 || jitterPercent > 100) {
      throw new IllegalArgumentException("factor, tries or jitter is out of range");
    }
  }

  /** The schedule of a profile, without jitter. */
  public static RetransmissionSchedule of(IkeProfile profile) {
    return new RetransmissionSchedule(
        profile.retransmitInitial(),
        profile.retransmitFactorPercent(),
        profile.retransmitTries(),
        0);
  }

  /**
   * How long to wait for the answer to a transmission.
   *
   * @param transmission 1 for the first
   * @param random for the jitter; null for none
   * @return nanoseconds
   */
  public long waitAfter(int transmission, @Nullable RandomSource random) {
    double wait = initial.toNanos() * Math.pow(factorPercent / 100.0, transmission - 1.0);
    long nanos = (long) Math.min(wait, (double) LONGEST);
    if (random == null || jitterPercent == 0) {
      return nanos;
    }
    long most = nanos / 100 * jitterPercent;
    return nanos + Math.floorMod(random.nextLong(), most + 1);
  }

  /** How long the peer is waited for in all, without jitter, in nanoseconds. */
  public long total() {
    long total = 0;
    for (int transmission = 1; transmission <= tries; transmission++) {
      total += waitAfter(transmission, null);
    }
    return total;
  }
}
