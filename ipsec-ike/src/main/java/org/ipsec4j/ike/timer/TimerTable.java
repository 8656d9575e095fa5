package org.ipsec4j.ike.timer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One deadline per timer of an enum. Times are nanoseconds since the engine was made. Used by one
 * thread.
 *
 * @param <K> the timers
 */
public final class TimerTable<K extends Enum<K>> {
  /** The deadline of a timer that is not set. */
  public static final long NEVER = Long.MAX_VALUE;

  private final K[] timers;
  private final long[] deadlines;

  /** No timer is set. */
  public TimerTable(Class<K> timers) {
    this.timers = timers.getEnumConstants();
    this.deadlines = new long[this.timers.length];
    Arrays.fill(deadlines, NEVER);
  }

  /** Sets a timer, whether it was set or not; {@link #NEVER} cancels it. */
  public void set(K timer, long deadline) {
    deadlines[timer.ordinal()] = deadline;
  }

  /** Sets a timer to {@code now + delay}; a sum beyond the end of time is {@link #NEVER}. */
  public void setAfter(K timer, long now, long delay) {
    set(timer, delay > NEVER - Math.max(now, 0) ? NEVER : now + delay);
  }

  /** Cancels a timer; nothing happens when it is not set. */
  public void cancel(K timer) {
    set(timer, NEVER);
  }

  /** Cancels all. */
  public void cancelAll() {
    Arrays.fill(deadlines, NEVER);
  }

  /** Whether a timer is set. */
  public boolean isSet(K timer) {
    return deadlines[timer.ordinal()] != NEVER;
  }

  /** When a timer is due, or {@link #NEVER}. */
  public long deadline(K timer) {
    return deadlines[timer.ordinal()];
  }

  /** When the first timer is due, or {@link #NEVER}. */
  public long nextTimeout() {
    long next = NEVER;
    for (long deadline : deadlines) {
      next = Math.min(next, deadline);
    }
    return next;
  }

  /**
   * Takes the earliest timer that is due; of timers due at the same time the first of the enum.
   * Call it until it gives null.
   *
   * @return the timer, which is no longer set, or null when none is due
   */
  public @Nullable K expired(long now) {
    int earliest = -1;
    for (int i = 0; i < deadlines.length; i++) {
      if (deadlines[i] != NEVER
          && deadlines[i] <= now
          && (earliest < 0 || deadlines[i] < deadlines[earliest])) {
        earliest = i;
      }
    }
    if (earliest < 0) {
      return null;
    }
    deadlines[earliest] = NEVER;
    return timers[earliest];
  }
}
