package org.ipsec4j.esp;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.ipsec4j.api.policy.Lifetime;

/**
 * The volume lifetime of one SA (RFC 4301 4.4.2.1): counts what is let pass, raises the soft flag
 * once, and closes for good at the hard limit. Thread-safe.
 */
final class VolumeLimits {
  private static final int QUIET = 0;
  private static final int RAISED = 1;
  private static final int TAKEN = 2;

  private final long softPackets;
  private final long hardPackets;
  private final long softBytes;
  private final long hardBytes;
  private final boolean limited;
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger soft = new AtomicInteger(QUIET);
  private volatile boolean expired;

  VolumeLimits(Lifetime lifetime) {
    softPackets = orUnlimited(lifetime.softPackets());
    hardPackets = orUnlimited(lifetime.hardPackets());
    softBytes = orUnlimited(lifetime.softBytes());
    hardBytes = orUnlimited(lifetime.hardBytes());
    limited =
        Math.min(Math.min(softPackets, hardPackets), Math.min(softBytes, hardBytes))
            < Long.MAX_VALUE;
  }

  private static long orUnlimited(long limit) {
    return limit <= 0 ? Long.MAX_VALUE : limit;
  }

  /** Counts one packet; false when the hard limit forbids it, and every packet after it. */
  boolean admit(int octets) {
    if (!limited) {
      return true;
    }
    if (expired) {
      return false;
    }
    long packetsNow = packets.incrementAndGet();
    long bytesNow = bytes.addAndGet(octets);
    boolean passes = packetsNow <= hardPackets && bytesNow <= hardBytes;
    if (!passes) {
      expired = true;
    }
    if (!passes || packetsNow >= softPackets || bytesNow >= softBytes) {
      raiseSoft();
    }
    return passes;
  }

  /** Closes for good, for a reason other than volume. */
  void expire() {
    expired = true;
    raiseSoft();
  }

  boolean expired() {
    return expired;
  }

  void raiseSoft() {
    if (soft.get() == QUIET) {
      soft.compareAndSet(QUIET, RAISED);
    }
  }

  /** True exactly once after the flag was raised. */
  boolean takeSoft() {
    return soft.get() == RAISED && soft.compareAndSet(RAISED, TAKEN);
  }
}
