package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.policy.Lifetime;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of one SA in packets and octets (RFC 4301 4.4.2.1), beside that in time: counts what
 * is let pass, tells when the soft limit is met, and closes for good at the hard limit. Made for
 * SAs that have a limit only. Thread-safe.
 */
final class VolumeLimits {
  /** What becomes of a packet. */
  enum Verdict {
    /** It passes. */
    PASSES,
    /** It passes, and a soft limit is met. */
    PASSES_SOFT,
    /** A hard limit forbids it, and every packet after it. */
    REFUSED
  }

  private static final VarHandle PACKETS;
  private static final VarHandle BYTES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PACKETS = lookup.findVarHandle(VolumeLimits.class, "packets", long.class);
      BYTES = lookup.findVarHandle(VolumeLimits.class, "bytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Lifetime lifetime;
  private final TimeLimits time;

  @SuppressWarnings("UnusedVariable") // through its VarHandle
  private long packets;

  @SuppressWarnings("UnusedVariable") // through its VarHandle
  private long bytes;

  private volatile boolean expired;

  private VolumeLimits(Lifetime lifetime, TimeLimits time) {
    this.lifetime = lifetime;
    this.time = time;
  }

  /** Those of one SA; null when nothing is limited. */
  static @Nullable VolumeLimits of(Lifetime lifetime, TimeLifetime timeLifetime) {
    TimeLimits time = new TimeLimits(timeLifetime);
    return time.isLimited() || isLimited(lifetime) ? new VolumeLimits(lifetime, time) : null;
  }

  /** The limits in time that go with them. */
  TimeLimits time() {
    return time;
  }

  private static boolean isLimited(Lifetime lifetime) {
    return lifetime.softPackets() > 0
        || lifetime.hardPackets() > 0
        || lifetime.softBytes() > 0
        || lifetime.hardBytes() > 0;
  }

  private static long orUnlimited(long limit) {
    return limit <= 0 ? Long.MAX_VALUE : limit;
  }

  /** Counts one packet. */
  Verdict admit(int octets) {
    if (expired) {
      return Verdict.REFUSED;
    }
    if (!isLimited(lifetime)) {
      return Verdict.PASSES;
    }
    long packetsNow = (long) PACKETS.getAndAdd(this, 1L) + 1;
    long bytesNow = (long) BYTES.getAndAdd(this, (long) octets) + octets;
    if (packetsNow > orUnlimited(lifetime.hardPackets())
        || bytesNow > orUnlimited(lifetime.hardBytes())) {
      expired = true;
      return Verdict.REFUSED;
    }
    boolean soft =
        packetsNow >= orUnlimited(lifetime.softPackets())
            || bytesNow >= orUnlimited(lifetime.softBytes());
    return soft ? Verdict.PASSES_SOFT : Verdict.PASSES;
  }

  /** Closes for good, for a reason other than volume. */
  void expire() {
    expired = true;
  }

  boolean expired() {
    return expired;
  }
}
