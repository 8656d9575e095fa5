package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lifetime in time of one SA (RFC 4301 4.4.2.1), in nanoseconds of engine time. Thread-safe.
 */
final class TimeLimits {
  private static final long NOT_BEGUN = Long.MIN_VALUE;
  private static final VarHandle START;

  static {
    try {
      START = MethodHandles.lookup().findVarHandle(TimeLimits.class, "start", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long soft;
  private final long hard;
  private final boolean limited;
  private volatile long start = NOT_BEGUN;

  TimeLimits(TimeLifetime lifetime) {
    soft = lifetime.softNanos() == 0 ? Long.MAX_VALUE : lifetime.softNanos();
    hard = lifetime.hardNanos() == 0 ? Long.MAX_VALUE : lifetime.hardNanos();
    limited = Math.min(soft, hard) < Long.MAX_VALUE;
  }

  boolean isLimited() {
    return limited;
  }

  /** The first call counts. */
  void begin(long now) {
    if (limited && start == NOT_BEGUN) {
      START.compareAndSet(this, NOT_BEGUN, now);
    }
  }

  /** A packet comes; the clock begins with the first. False when the hard limit is over. */
  boolean admit(long now) {
    if (!limited) {
      return true;
    }
    begin(now);
    return !isHardOver(now);
  }

  boolean isSoftOver(long now) {
    return isOver(now, Math.min(soft, hard));
  }

  boolean isHardOver(long now) {
    return isOver(now, hard);
  }

  private boolean isOver(long now, long limit) {
    long began = start;
    return limit != Long.MAX_VALUE && began != NOT_BEGUN && now - began >= limit;
  }
}
