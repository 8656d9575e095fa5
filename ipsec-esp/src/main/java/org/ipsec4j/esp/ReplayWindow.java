package org.ipsec4j.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.ipsec4j.api.packet.DropReason;

/**
 * The anti-replay window of one inbound SA (RFC 4303 3.4.3, Appendix A2) as a ring of bits in the
 * manner of RFC 6479: moving it clears whole words and shifts nothing.
 *
 * <p>Use is ask, verify, commit: {@link #recover} the number, {@link #check} it before the
 * cryptography (cheap and advisory), and {@link #commit} it once the ICV was right (atomic, tests
 * again). Thread-safe.
 *
 * <p>A window that is not enforced refuses no number that may exist. It goes on remembering the
 * highest, from which the upper half of extended numbers is recovered.
 */
public final class ReplayWindow {
  /** Narrowest window in packets. */
  public static final int MIN_WIDTH = 64;

  /** Widest window in packets. */
  public static final int MAX_WIDTH = 4096;

  /** Width when nothing else is said. */
  public static final int DEFAULT_WIDTH = 128;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle TOP;
  private static final VarHandle LOCKED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TOP = lookup.findVarHandle(ReplayWindow.class, "top", long.class);
      LOCKED = lookup.findVarHandle(ReplayWindow.class, "locked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** No number that may exist. */
  private static final long REFUSED = -1;

  private static final int SPINS = 64;

  private final int width;
  private final boolean extended;
  private final boolean enforced;
  private final long[] ring;

  /** Highest number committed; 0 before the first. Written under the lock only. */
  private volatile long top;

  @SuppressWarnings("UnusedVariable") // through its VarHandle
  private volatile boolean locked;

  /**
   * @param width packets, {@link #MIN_WIDTH} to {@link #MAX_WIDTH}
   * @param extended whether numbers have 64 bits, of which packets show the lower 32
   * @throws IllegalArgumentException for any other width
   */
  public ReplayWindow(int width, boolean extended) {
    this(width, extended, true);
  }

  /**
   * @param width packets, {@link #MIN_WIDTH} to {@link #MAX_WIDTH}
   * @param extended whether numbers have 64 bits, of which packets show the lower 32
   * @param enforced whether numbers that came before are refused; see {@link ReplayProtection#OFF}
   * @throws IllegalArgumentException for any other width
   */
  public ReplayWindow(int width, boolean extended, boolean enforced) {
    if (width < MIN_WIDTH || width > MAX_WIDTH) {
      throw new IllegalArgumentException(
          "replay window " + width + " is not in " + MIN_WIDTH + ".." + MAX_WIDTH);
    }
    this.width = width;
    this.extended = extended;
    this.enforced = enforced;
    // one word more than the width fills, as the window's edges seldom fall on a word's
    int words = Integer.highestOneBit((width + 63) / 64) << 1;
    this.ring = new long[words];
  }

  /** Packets. */
  public int width() {
    return width;
  }

  /** Whether numbers that came before are refused. */
  public boolean isEnforced() {
    return enforced;
  }

  /** Highest number committed so far, 0 when none was. */
  public long top() {
    return top;
  }

  /**
   * The whole number of a packet that shows {@code low} (RFC 4303 A2.2): the one that lies in the
   * window or at most 2^32 - width beyond it. Without extended numbers it is {@code low} itself.
   *
   * @return the number; negative when it would lie before the first
   */
  public long recover(int low) {
    long shown = low & 0xffffffffL;
    if (!extended) {
      return shown;
    }
    long highest = top;
    long high = highest >>> 32;
    long highestLow = highest & 0xffffffffL;
    long bottomLow = highestLow - width + 1;
    if (bottomLow >= 0) {
      return (shown >= bottomLow ? high : high + 1) << 32 | shown;
    }
    // the window spans two subspaces: what lies at the upper end belongs to the one before
    return (shown >= bottomLow + (1L << 32) ? high - 1 : high) << 32 | shown;
  }

  /**
   * Whether the number may still come. Advisory: says nothing about what another thread commits
   * meanwhile.
   *
   * @param number as {@link #recover} gave it
   * @return {@code NONE}, or why not: {@code SEQUENCE_ZERO}, {@code REPLAY_OLD}, {@code REPLAY}
   */
  public DropReason check(long number) {
    return judge(number, top);
  }

  private DropReason judge(long number, long highest) {
    if (!enforced) {
      return number < 0 ? DropReason.REPLAY_OLD : DropReason.NONE;
    }
    if (number == 0) {
      return DropReason.SEQUENCE_ZERO;
    }
    if (number > highest) {
      return DropReason.NONE;
    }
    if (number < 0 || highest - number >= width) {
      return DropReason.REPLAY_OLD;
    }
    long word = (long) WORDS.getOpaque(ring, slot(number >>> 6));
    return (word >>> number & 1) == 0 ? DropReason.NONE : DropReason.REPLAY;
  }

  /**
   * Takes the number of a packet whose ICV was right. Atomic.
   *
   * @return false when it came first by another packet, or the window has moved past it: the packet
   *     is a replay
   */
  public boolean commit(long number) {
    lock();
    try {
      long highest = take(number, top);
      if (highest != REFUSED) {
        TOP.setRelease(this, highest);
      }
      return highest != REFUSED;
    } finally {
      LOCKED.setRelease(this, false);
    }
  }

  /**
   * The same for several packets, in their order, under one lock.
   *
   * @param numbers of the packets
   * @param fresh gets what {@link #commit} would have said of each
   * @param count how many
   * @return how many were fresh
   */
  int commit(long[] numbers, boolean[] fresh, int count) {
    lock();
    try {
      long highest = top;
      int taken = 0;
      for (int i = 0; i < count; i++) {
        long after = take(numbers[i], highest);
        fresh[i] = after != REFUSED;
        if (after != REFUSED) {
          highest = after;
          taken++;
        }
      }
      TOP.setRelease(this, highest);
      return taken;
    } finally {
      LOCKED.setRelease(this, false);
    }
  }

  /**
   * Held for a few nanoseconds for each packet, so that waiting costs less than a monitor does
   * where nobody waits, which is nearly always.
   */
  @SuppressWarnings("ThreadPriorityCheck") // correct without, and a kindness to the holder
  private void lock() {
    for (int spins = 1; !LOCKED.compareAndSet(this, false, true); spins++) {
      if (spins % SPINS == 0) {
        // its holder may wait for a processor
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** Under the lock: marks a number; the highest then, or {@link #REFUSED}. */
  private long take(long number, long highest) {
    if (judge(number, highest) != DropReason.NONE) {
      return REFUSED;
    }
    if (enforced) {
      if (number >>> 6 > highest >>> 6) {
        clearBetween(highest >>> 6, number >>> 6);
      }
      int at = slot(number >>> 6);
      WORDS.setOpaque(ring, at, ring[at] | 1L << number);
    }
    return Math.max(highest, number);
  }

  /** See {@link SecurityAssociation#touch}. */
  int touch() {
    return (int) ring[0];
  }

  /** Where a word of the ring is. */
  private int slot(long word) {
    return (int) word & (ring.length - 1);
  }

  /** Clears the words behind {@code from} up to {@code to}, at most the whole ring. */
  private void clearBetween(long from, long to) {
    long count = Math.min(to - from, ring.length);
    for (long i = 1; i <= count; i++) {
      WORDS.setOpaque(ring, slot(from + i), 0L);
    }
  }
}
