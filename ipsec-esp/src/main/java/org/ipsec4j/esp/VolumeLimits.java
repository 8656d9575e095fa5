package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.policy.Lifetime;

/**
 * The volume lifetime of one SA (RFC 4301 4.4.2.1): counts what is let pass, raises the soft flag
 * once, and closes for good at the hard limit. Thread-safe.
 */
final class VolumeLimits {
  private static final int QUIET = 0;
  private static final int RAISED = 1;
  private static final int TAKEN = 2;

  private static final VarHandle PACKETS;
  private static final VarHandle BYTES;
  private static final VarHandle SOFT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PACKETS = lookup.findVarHandle(VolumeLimits.class, "packets", long.class);
      BYTES = lookup.findVarHandle(VolumeLimits.class, "bytes", long.class);
      SOFT = lookup.findVarHandle(VolumeLimits.class, "soft", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long softPackets;
  private final long hardPackets;
  private final long softBytes;
  private final long hardBytes;
  private final boolean limited;
  private volatile long packets;
  private volatile long bytes;
  private volatile int soft = QUIET;
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
    long packetsNow = (long) PACKETS.getAndAdd(this, 1L) + 1;
    long bytesNow = (long) BYTES.getAndAdd(this, (long) octets) + octets;
    boolean passes = packetsNow <= hardPackets && bytesNow <= hardBytes;
    if (!passes) {
      expired = true;
    }
    if (!passes || packetsNow >= softPackets || bytesNow >= softBytes) {
      raiseSoft();
    }
    return passes;
  }

  boolean expired() {
    return expired;
  }

  void raiseSoft() {
    if (soft == QUIET) {
      SOFT.compareAndSet(this, QUIET, RAISED);
    }
  }

  /** True exactly once after the flag was raised. */
  boolean takeSoft() {
    return soft == RAISED && SOFT.compareAndSet(this, RAISED, TAKEN);
  }
}
